// Package replay records the exchanges of an HTTP client in a file that people can read, and replays them in tests.
//
// A key is needed once, to record; from then on the test needs neither key nor network. Secrets stay out of the file:
// headers and query parameters whose names sound like one are written as "***", and hooks scrub what else there is.
package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
)

// redacted stands for a secret.
const redacted = "***"

// ErrNotRecorded is returned (wrapped, with the request) for a request that the trace does not hold, or not so often.
var ErrNotRecorded = errors.New("replay: the request was not recorded")

// Request is what was asked.
type Request struct {
	Method string
	URL    string
	Header http.Header // for the reader: only Range must match
	Body   []byte
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Scrub takes secrets, and what differs from run to run, out of an exchange before it is written or compared. Nil
// functions do nothing.
type Scrub struct {
	Request func(*Request)
	Answer  func(*Answer)
}

// Transport is an http.RoundTripper that records or replays. It may be used by many goroutines at once.
type Transport struct {
	path  string
	next  http.RoundTripper // nil while it replays
	scrub Scrub

	mu  sync.Mutex
	all []exchange // recorded so far, or not yet replayed
}

// Record asks the real server through next and keeps what it answers; Close writes the file at path.
func Record(path string, next http.RoundTripper, scrub Scrub) *Transport {
	return &Transport{path: path, next: next, scrub: scrub}
}

// Replay answers from the file at path. Requests match by method, URL, Range and body, in any order; equal requests get
// their answers in the order they were recorded in, each once.
func Replay(path string, scrub Scrub) (*Transport, error) {
	b, err := os.ReadFile(path) //nolint:gosec // a test names its own file
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	all, err := parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("replay: %s: %w", path, err)
	}
	return &Transport{path: path, scrub: scrub, all: all}, nil
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := Request{Method: req.Method, URL: redactURL(req.URL), Header: redactHeader(req.Header)}
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("replay: read the request's body: %w", err)
		}
		asked.Body = b
	}
	sent := asked.Body
	asked.Body = slices.Clone(sent)
	if t.scrub.Request != nil {
		t.scrub.Request(&asked)
	}
	if t.next == nil {
		return t.replay(req, asked)
	}
	req = req.Clone(req.Context())
	if req.Body != nil {
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	return t.record(req, asked)
}

// record asks the server and keeps a scrubbed copy of its answer; the caller gets the answer as it came.
func (t *Transport) record(req *http.Request, asked Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("replay: read the answer's body: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	kept := Answer{Status: res.StatusCode, Header: redactHeader(res.Header), Body: slices.Clone(body)}
	kept.Header.Del("Date")           // it would change with every recording
	kept.Header.Del("Content-Length") // it would be wrong once the body is scrubbed
	if t.scrub.Answer != nil {
		t.scrub.Answer(&kept)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, exchange{asked, kept})
	return res, nil
}

// replay takes the first exchange that was recorded for such a request.
func (t *Transport) replay(req *http.Request, asked Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.IndexFunc(t.all, func(x exchange) bool { return matches(x.request, asked) })
	if at < 0 {
		return nil, fmt.Errorf("%w: %s %s in %s: %s", ErrNotRecorded, asked.Method, asked.URL, t.path, asked.Body)
	}
	a := t.all[at].answer
	t.all = slices.Delete(t.all, at, at+1)
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)),
		StatusCode:    a.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.Header,
		Body:          io.NopCloser(bytes.NewReader(a.Body)),
		ContentLength: int64(len(a.Body)),
		Request:       req,
	}, nil
}

func matches(a, b Request) bool {
	return a.Method == b.Method && a.URL == b.URL && a.Header.Get("Range") == b.Header.Get("Range") && bytes.Equal(a.Body, b.Body)
}

// Close writes what was recorded. After a replay it is an error, which names them, if exchanges were never asked for.
func (t *Transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		if err := os.WriteFile(t.path, format(t.all), 0o600); err != nil {
			return fmt.Errorf("replay: write the trace: %w", err)
		}
		return nil
	}
	var left []string
	for _, x := range t.all {
		left = append(left, x.request.Method+" "+x.request.URL)
	}
	if left != nil {
		return fmt.Errorf("replay: recorded in %s but never asked: %s", t.path, strings.Join(left, ", "))
	}
	return nil
}

// isSecretName tells whether a header or parameter holds a secret, by its name. Azure's signatures are called "sig".
func isSecretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	return name == "sig" || slices.ContainsFunc([]string{"auth", "key", "token", "jwt", "secret", "cookie", "signature", "credential", "password"},
		func(word string) bool { return strings.Contains(name, word) })
}

// redactHeader copies h without its secrets.
func redactHeader(h http.Header) http.Header {
	out := h.Clone()
	if out == nil {
		out = http.Header{}
	}
	for name := range out {
		if isSecretName(name) {
			out[name] = []string{redacted}
		}
	}
	for _, name := range []string{"Location", "Content-Location", "Referer"} {
		if u, err := url.Parse(out.Get(name)); out.Get(name) != "" && err == nil {
			out.Set(name, redactURL(u))
		}
	}
	return out
}

// redactURL is u without the secrets of its query and without a password.
func redactURL(u *url.URL) string {
	out := *u
	out.User = nil
	pairs := strings.Split(out.RawQuery, "&")
	for i, pair := range pairs {
		if name, _, ok := strings.Cut(pair, "="); ok && isSecretName(name) {
			pairs[i] = name + "=" + redacted
		}
	}
	out.RawQuery = strings.Join(pairs, "&")
	return out.String()
}
