// Package replay records the exchanges of an HTTP client in a readable file, and replays them in tests.
//
// A vendor's key is needed only to [Record]; a test that uses [Replay] needs neither key nor network. Headers and query
// parameters whose names sound like secrets are written as "***"; the functions of a [Scrub] remove other secrets.
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

// redacted replaces a secret.
const redacted = "***"

// ErrNotRecorded is returned (wrapped, with the request) for a request that is not in the file, or whose recorded answers were
// all used.
var ErrNotRecorded = errors.New("replay: the request was not recorded")

// Request is a recorded request.
type Request struct {
	Method string
	URL    string
	Header http.Header // for readers of the file; only Range is compared
	Body   []byte
}

// Answer is a recorded response.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Scrub holds functions that remove secrets, and what differs between runs, from an exchange. They are called before it is
// written or compared. Nil functions do nothing.
type Scrub struct {
	Request func(*Request)
	Answer  func(*Answer)
}

// Transport is an http.RoundTripper that records or replays. It may be used from many goroutines at once.
type Transport struct {
	path  string
	next  http.RoundTripper // nil while it replays
	scrub Scrub

	mu  sync.Mutex
	all []exchange // recorded so far, or not yet replayed
}

// Record returns a Transport that sends requests through next and records them with their answers. Close writes the file at
// path.
func Record(path string, next http.RoundTripper, scrub Scrub) *Transport {
	return &Transport{path: path, next: next, scrub: scrub}
}

// Replay returns a Transport that answers from the file at path. Requests may come in any order and match by method, URL,
// Range and body. Equal requests get their answers in the recorded order, each answer once. Replay fails if the file cannot be
// read or is not a valid recording.
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

// RoundTrip implements http.RoundTripper. In a replay it returns ErrNotRecorded for an unknown request.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	request := Request{Method: req.Method, URL: redactURL(req.URL), Header: redactHeader(req.Header)}
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("replay: read the request's body: %w", err)
		}
		request.Body = b
	}
	sent := request.Body
	request.Body = slices.Clone(sent)
	if t.scrub.Request != nil {
		t.scrub.Request(&request)
	}
	if t.next == nil {
		return t.replay(req, request)
	}
	req = req.Clone(req.Context())
	if req.Body != nil {
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	return t.record(req, request)
}

// record sends the request and records a scrubbed copy of the answer. The caller gets the answer unchanged.
func (t *Transport) record(req *http.Request, request Request) (*http.Response, error) {
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
	answer := Answer{Status: res.StatusCode, Header: redactHeader(res.Header), Body: slices.Clone(body)}
	answer.Header.Del("Date")           // differs between recordings
	answer.Header.Del("Content-Length") // wrong if the body is scrubbed
	if t.scrub.Answer != nil {
		t.scrub.Answer(&answer)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, exchange{request, answer})
	return res, nil
}

// replay answers with the first unused exchange of an equal request.
func (t *Transport) replay(req *http.Request, request Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.IndexFunc(t.all, func(x exchange) bool { return matches(x.request, request) })
	if at < 0 {
		return nil, fmt.Errorf("%w: %s %s in %s: %s", ErrNotRecorded, request.Method, request.URL, t.path, request.Body)
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

// Close writes the recorded file. After a replay it returns an error that names the exchanges that were not used, if any.
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
		return fmt.Errorf("replay: recorded in %s but not requested: %s", t.path, strings.Join(left, ", "))
	}
	return nil
}

// isSecretName reports whether a header or query parameter of that name holds a secret. Azure calls its signatures "sig".
func isSecretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	return name == "sig" || slices.ContainsFunc([]string{"auth", "key", "token", "jwt", "secret", "cookie", "signature", "credential", "password"},
		func(word string) bool { return strings.Contains(name, word) })
}

// redactHeader returns a copy of h without secrets.
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

// redactURL returns u without the secrets in its query and without user and password.
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
