package replay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/outbound/replay"
)

// recordTrace returns the file of one recorded request. asked are the request's headers, answered those of the answer.
func recordTrace(t *testing.T, query string, asked, answered http.Header) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range answered {
			w.Header()[name] = values
		}
	}))
	t.Cleanup(s.Close)
	path := filepath.Join(t.TempDir(), "trace")
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		if _, _, err := send(t, rt, "GET", s.URL+"/a?"+query, "", asked); err != nil {
			t.Fatal(err)
		}
	})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSecretNamesAreRedacted(t *testing.T) {
	for name, redacted := range map[string]bool{
		"Authorization": true, "X-Api-Key": true, "Xi-Api-Key": true, "X-Auth-Email": true, "X-Amz-Security-Token": true, "Cookie": true, "X-Client-Secret": true,
		"X-Goog-Signature": true, "Fal-Credential": true, "X-Password": true, "Accept": false, "X-Runway-Version": false, "Content-Type": false, "X-Request-Id": false, "X-Design": false,
	} {
		trace := recordTrace(t, "x=1", http.Header{name: {"hush"}}, nil)
		if got := !strings.Contains(trace, name+": hush"); got != redacted || redacted && !strings.Contains(trace, name+": ***") {
			t.Errorf("%s: redacted is %v, want %v\n%s", name, got, redacted, trace)
		}
	}
	for query, want := range map[string]string{
		"key=hush": "key=***", "access_token=hush&page=2": "access_token=***&page=2", "_jwt=hush": "_jwt=***", "sig=hush&se=2026": "sig=***&se=2026", "SIG=hush": "SIG=***",
		"X-Amz-Signature=hush": "X-Amz-Signature=***", "X%2DAmz%2DSignature=hush": "X%2DAmz%2DSignature=***", "api%5Fkey=hush": "api%5Fkey=***", "design=plain": "design=plain", "signed=plain": "signed=plain", "token": "token",
		"a=1&a=2": "a=1&a=2", "key=hush&key=hush": "key=***&key=***", "q=key%3Dplain": "q=key%3Dplain",
	} {
		if trace := recordTrace(t, query, nil, nil); !strings.Contains(trace, "/a?"+want+"\n") || strings.Contains(trace, "hush") {
			t.Errorf("%s: want %s in\n%s", query, want, trace)
		}
	}
}

func TestURLsInHeadersAreRedacted(t *testing.T) {
	trace := recordTrace(t, "x=1", http.Header{"Referer": {"https://h/a?token=hush"}},
		http.Header{"Content-Location": {"https://user:hush@h/a?X-Amz-Signature=hush&b=1"}, "Set-Cookie": {"a=hush", "b=hush"}, "Etag": {`"e"`}})
	if strings.Contains(trace, "hush") {
		t.Errorf("a secret is recorded:\n%s", trace)
	}
	for _, want := range []string{"Referer: https://h/a?token=***", "Content-Location: https://h/a?X-Amz-Signature=***&b=1", `Etag: "e"`, "Set-Cookie: ***"} {
		if !strings.Contains(trace, want) {
			t.Errorf("%s is missing in\n%s", want, trace)
		}
	}
	if strings.Contains(trace, "Date:") || strings.Contains(trace, "Content-Length:") {
		t.Errorf("headers that differ between runs are recorded:\n%s", trace)
	}
}

func TestHeadersWithManyValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace")
	given := http.Header{"Link": {"<a>; rel=next", "<b>; rel=last"}, "X-Empty": {""}, "X-Colon": {"a: b: c"}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range given {
			w.Header()[name] = values
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	defer s.Close()
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) { _, _, _ = send(t, rt, "GET", s.URL, "", nil) })
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := replayAt(t, path, replay.Scrub{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 418 || res.Status != "418 I'm a teapot" || res.Request != req || res.ContentLength != 0 {
		t.Errorf("%+v", res)
	}
	for name, values := range given {
		if strings.Join(res.Header[name], "|") != strings.Join(values, "|") {
			t.Errorf("%s: %q, want %q", name, res.Header[name], values)
		}
	}
}

func TestConcurrentReplay(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	const n = 20
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		for range n {
			if _, _, err := send(t, rt, "POST", base+"/a", "x", nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	rt := replayAt(t, path, replay.Scrub{})
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range n {
		all.Go(func() {
			_, body, err := send(t, rt, "POST", base+"/a", "x", nil)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[body] {
				t.Errorf("%q came twice, %v", body, err)
			}
			seen[body] = true
		})
	}
	all.Wait()
	if err := rt.Close(); err != nil || len(seen) != n {
		t.Errorf("%d answers, %v", len(seen), err)
	}
}

func TestCancelledReplay(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) { _, _, _ = send(t, rt, "GET", base, "", nil) })
	ctx, stop := context.WithCancel(t.Context())
	stop()
	req, err := http.NewRequestWithContext(ctx, "GET", base, nil)
	if err != nil {
		t.Fatal(err)
	}
	rt := replayAt(t, path, replay.Scrub{})
	if res, err := rt.RoundTrip(req); !errors.Is(err, context.Canceled) {
		_ = res.Body.Close()
		t.Errorf("%v", err)
	}
	if _, _, err := send(t, rt, "GET", base, "", nil); err != nil {
		t.Errorf("the cancelled request used up the answer: %v", err)
	}
}

// brokenTransport is a transport that fails if it has no response, and a body that ends too early.
type brokenTransport struct{ res *http.Response }

func (b brokenTransport) RoundTrip(*http.Request) (*http.Response, error) {
	if b.res == nil {
		return nil, io.ErrClosedPipe
	}
	return b.res, nil
}

func (brokenTransport) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (brokenTransport) Close() error             { return nil }

func TestErrorsAreNotRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace")
	for name, c := range map[string]struct {
		next brokenTransport
		want error
	}{"no network": {brokenTransport{}, io.ErrClosedPipe}, "a truncated answer": {brokenTransport{&http.Response{StatusCode: 200, Body: brokenTransport{}}}, io.ErrUnexpectedEOF}} {
		recordAt(t, path, replay.Scrub{}, func(http.RoundTripper) {})
		rt := replay.Record(path, c.next, replay.Scrub{})
		if _, _, err := send(t, rt, "GET", "http://vendor.test/", "", nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != "filmgate replay v1\n" {
			t.Errorf("%s: the trace is %q, %v", name, b, err)
		}
	}
	if err := replay.Record(filepath.Join(path, "below"), brokenTransport{}, replay.Scrub{}).Close(); err == nil {
		t.Error("a trace below a file was written")
	}
}
