package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
)

const key = "key_0123456789abcdef"

// vendor returns a client of a server with the given handler.
func vendor(t *testing.T, answer http.HandlerFunc) *engine.Client {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return &engine.Client{
		HTTP: s.Client(), Base: s.URL, Sign: engine.Bearer(key), Secrets: []string{key},
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
}

// answer returns a handler that answers with a status, headers ("Name: value") and a body.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestAnswersHaveClasses(t *testing.T) {
	const json = "Content-Type: application/json"
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		method string
		want   engine.Error // Class, Reason, RetryAfter, Unconfirmed; Detail must be contained
	}{
		{"a bad request", answer(400, `{"error":"no"}`, json), "POST", engine.Error{Class: engine.Refused, Reason: task.VendorRefused, Detail: `answered 400 application/json "{\"error\":\"no\"}"`}},
		{"a wrong key", answer(401, "", json), "GET", engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}},
		{"no money", answer(402, "", json), "POST", engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}},
		{"no leave", answer(403, "", json), "POST", engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}},
		{"a poll of an unknown task", answer(404, "", json), "GET", engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable}},
		{"a submit to an unknown place", answer(404, "", json), "POST", engine.Error{Class: engine.ModelError, Reason: task.VendorRefused}},
		{"too many, seconds", answer(429, "", "Retry-After: 7"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: 7 * time.Second}},
		{"too many, milliseconds", answer(429, "", "Retry-After: 7", "Retry-After-Ms: 250"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: 250 * time.Millisecond}},
		{"too many, a date", answer(429, "", "Retry-After: Thu, 01 Jan 2026 00:01:00 GMT"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: time.Minute}},
		{"too many, a date gone by", answer(429, "", "Retry-After: Thu, 01 Jan 2015 00:01:00 GMT"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable}},
		{"too many, for a year", answer(429, "", "Retry-After: 31536000"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: 24 * time.Hour}},
		{"load is shed", answer(503, "", "Retry-After: 5"), "POST", engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: 5 * time.Second}},
		{"maintenance", answer(503, ""), "POST", engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable}},
		{"a crash while taking work", answer(500, ""), "POST", engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true}},
		{"a crash while asked", answer(500, ""), "GET", engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable}},
		{"a page", answer(200, "<html>hello", "Content-Type: text/html; charset=utf-8"), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: `not JSON; answered 200 text/html "<html>hello"`}},
		{"a page for a submit", answer(200, "<html>", "Content-Type: text/html"), "POST", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Unconfirmed: true}},
		{"half a JSON", answer(200, `{"id":"a`, json), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "unexpected EOF"}},
		{"a wrong type", answer(200, `{"id":7}`, json), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "cannot unmarshal number"}},
		{"two answers", answer(200, `{}{}`, json), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "more after the JSON"}},
		{"an endless answer", answer(200, `{"id":"`+strings.Repeat("x", 2<<20), json), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "more than 1048576 bytes"}},
		{"a redirect", answer(302, "", "Location: https://elsewhere.example/x?token=abc"), "GET", engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "a redirect to https://elsewhere.example/x"}},
		{"a connection cut", answer(200, `{"id"`, json, "Content-Length: 500"), "POST", engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out struct {
				ID string `json:"id"`
			}
			_, err := vendor(t, c.answer).Do(t.Context(), engine.Call{Method: c.method, Path: "/x", Out: &out})
			var e *engine.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *engine.Error", err)
			}
			if e.Class != c.want.Class || e.Reason != c.want.Reason || e.RetryAfter != c.want.RetryAfter || e.Unconfirmed != c.want.Unconfirmed {
				t.Errorf("%+v, want %+v", *e, c.want)
			}
			if !strings.Contains(e.Detail, c.want.Detail) {
				t.Errorf("detail %s, want %s in it", e.Detail, c.want.Detail)
			}
			if len(e.Detail) > 1000 {
				t.Errorf("a detail of %d bytes", len(e.Detail))
			}
		})
	}
}

func TestAnswersAreDecoded(t *testing.T) {
	c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Poll-After", "9")
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, `{"seen":%q}`, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Extra")+" "+r.Header.Get("Content-Type")+" "+string(body))
	})
	var out struct{ Seen string }
	h, err := c.Do(t.Context(), engine.Call{Method: "POST", Path: "/jobs", Header: http.Header{"X-Extra": {"e"}}, In: map[string]int{"n": 1}, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if want := "POST /jobs Bearer " + key + ` e application/json {"n":1}`; out.Seen != want || h.Get("Poll-After") != "9" {
		t.Errorf("sent %q, headers %v, want %q", out.Seen, h, want)
	}
}

func TestFailComesBeforeTheStatus(t *testing.T) {
	c := vendor(t, answer(429, "broke", "Retry-After: 3"))
	c.Fail = func(_ int, body []byte, _ http.Header) *engine.Error {
		if string(body) == "broke" {
			return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}
		}
		return nil
	}
	_, err := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/"})
	if e := engine.AsError(err); e.Class != engine.AuthError || e.RetryAfter != 3*time.Second || !strings.Contains(e.Detail, "broke") {
		t.Errorf("%+v", e)
	}
}

func TestNoErrorShowsAKey(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "you sent "+r.Header.Get("X-Api-Token")+" and "+key+" in "+r.URL.String())
	}
	c := vendor(t, echo)
	c.Sign = func(r *http.Request) error { r.Header.Set("X-Api-Token", "made-for-this-call"); return nil }
	_, err := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/?k=" + key})
	_, refused := c.Open(t.Context(), "/?k="+key, 0)
	c.Base = "http://127.0.0.1:1/" + key
	_, dialled := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/?k=" + key})
	c.Sign = func(*http.Request) error { return errors.New("can't sign with " + key) }
	_, signed := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/"})
	for name, err := range map[string]error{"answer": err, "download": refused, "dial": dialled, "sign": signed} {
		if err == nil || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "made-for-this-call") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if text := fmt.Sprintf("%+v %#v", struct{ c *engine.Client }{c}, struct{ c *engine.Client }{c}); strings.Contains(text, key) {
		t.Errorf("printed %s", text)
	}
}

func TestKeysAreSentOnlyToTheVendorsHost(t *testing.T) {
	seen := ""
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen += r.Header.Get("Authorization") + r.Header.Get("X-Api-Key")
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = io.WriteString(w, videoBytes)
	}))
	defer other.Close()
	c := vendor(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != key {
			t.Errorf("%s came without the key", r.URL)
		}
		http.Redirect(w, r, other.URL, http.StatusFound)
	})
	c.Sign = func(r *http.Request) error { r.Header.Set("X-Api-Key", key); return nil }
	_, err := c.Do(t.Context(), engine.Call{Method: "GET", Path: other.URL + "/poll"})
	if err != nil {
		t.Error(err)
	}
	for _, link := range []string{other.URL, "/result"} {
		content, err := c.Open(t.Context(), link, 0)
		if err != nil {
			t.Fatal(err)
		}
		_ = content.Body.Close()
	}
	if seen != "" {
		t.Errorf("another host got %s", seen)
	}
}

func TestNetworkErrors(t *testing.T) {
	gone := vendor(t, nil)
	gone.Base = "http://127.0.0.1:1"
	_, err := gone.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
	if e := engine.AsError(err); e.Class != engine.Unreachable || e.Unconfirmed {
		t.Errorf("nobody there: %+v; it was never sent", e)
	}
	var dial *net.OpError
	if !errors.As(err, &dial) {
		t.Errorf("the cause of %v is not kept", err)
	}

	release := make(chan struct{})
	hangs := vendor(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	hangs.Timeout = 20 * time.Millisecond
	_, err = hangs.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
	if e := engine.AsError(err); e.Class != engine.Unreachable || !e.Unconfirmed {
		t.Errorf("no answer in time: %+v; it may have been taken", e)
	}

	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err = hangs.Do(ctx, engine.Call{Method: "GET", Path: "/"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
}

// A vendor takes a submit with an Idempotency-Key on a connection that was kept, and the connection is lost before the answer. net/http must
// not send it again by itself: the answer to that, which says that nobody served it, would hide that there is a job.
func TestASubmitIsRepeatedByNobodyElse(t *testing.T) {
	var submits atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		if submits.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer s.Close()
	c := &engine.Client{HTTP: s.Client(), Base: s.URL}
	if _, err := c.Do(t.Context(), engine.Call{Method: http.MethodGet, Path: "/"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), engine.Call{Method: http.MethodPost, Path: "/", In: "a job", Header: http.Header{"Idempotency-Key": {"a task"}}})
	if e := engine.AsError(err); err == nil || !e.Unconfirmed || e.Class != engine.Unreachable || submits.Load() != 1 {
		t.Errorf("after %d submits: %v, unconfirmed is %v", submits.Load(), err, e.Unconfirmed)
	}
}

func TestUnsentSubmitsAreNotUnconfirmed(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	for name, base := range map[string]string{
		"a private address": "http://10.255.255.1", "a port that is not allowed": "http://films.example:25", "an unknown certificate": secure.URL,
	} {
		c := vendor(t, nil)
		c.Base = base
		if name != "an unknown certificate" {
			c.HTTP = outbound.New(outbound.Options{Timeout: time.Second}).HTTP()
		}
		_, err := c.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
		if e := engine.AsError(err); e.Class != engine.Unreachable || e.Unconfirmed {
			t.Errorf("%s: %+v; it was never sent", name, e)
		}
	}
}
