package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/filmgate/filmgate/internal/outbound/replay"
)

// send sends a request and returns the status and body of the answer.
func send(t *testing.T, rt http.RoundTripper, method, url, body string, header http.Header) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	res, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

// startVendor starts a server that counts its requests and answers with the count, the request and a secret.
func startVendor(t *testing.T) (base string) {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "session=hush")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusAccepted)
		_, _ = fmt.Fprintf(w, "%d: %s %s hush", n.Add(1), r.Method, b)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func recordAt(t *testing.T, path string, scrub replay.Scrub, use func(rt http.RoundTripper)) {
	t.Helper()
	rec := replay.Record(path, http.DefaultTransport, scrub)
	use(rec)
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
}

func replayAt(t *testing.T, path string, scrub replay.Scrub) *replay.Transport {
	t.Helper()
	rt, err := replay.Replay(path, scrub)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestReplay(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		if status, body, err := send(t, rt, "POST", base+"/a", "one", nil); err != nil || status != 202 || body != "1: POST one hush" {
			t.Errorf("while recording: %d %q %v", status, body, err)
		}
	})
	rt := replayAt(t, path, replay.Scrub{})
	status, body, err := send(t, rt, "POST", base+"/a", "one", nil)
	if err != nil || status != 202 || body != "1: POST one hush" {
		t.Errorf("replayed: %d %q %v", status, body, err)
	}
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
}

func TestReplayOrder(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		for _, url := range []string{"/a", "/poll", "/poll", "/b"} {
			if _, _, err := send(t, rt, "GET", base+url, "", nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	rt := replayAt(t, path, replay.Scrub{})
	for _, c := range []struct{ url, want string }{{"/b", "4"}, {"/poll", "2"}, {"/a", "1"}, {"/poll", "3"}} {
		if _, body, err := send(t, rt, "GET", base+c.url, "", nil); err != nil || !strings.HasPrefix(body, c.want) {
			t.Errorf("%s: %q %v, want answer %s", c.url, body, err, c.want)
		}
	}
	if _, _, err := send(t, rt, "GET", base+"/poll", "", nil); !errors.Is(err, replay.ErrNotRecorded) {
		t.Errorf("after the last answer: %v", err)
	}
}

func TestReplayIsStrict(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	part := http.Header{"Range": {"bytes=5-"}}
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		if _, _, err := send(t, rt, "POST", base+"/a?x=1", "body", part); err != nil {
			t.Fatal(err)
		}
	})
	cases := []struct {
		name, method, url, body string
		header                  http.Header
	}{
		{"another method", "PUT", "/a?x=1", "body", part},
		{"another path", "POST", "/b?x=1", "body", part},
		{"another query", "POST", "/a?x=2", "body", part},
		{"another body", "POST", "/a?x=1", "Body", part},
		{"another range", "POST", "/a?x=1", "body", http.Header{"Range": {"bytes=6-"}}},
	}
	rt := replayAt(t, path, replay.Scrub{})
	for _, c := range cases {
		_, _, err := send(t, rt, c.method, base+c.url, c.body, c.header)
		if !errors.Is(err, replay.ErrNotRecorded) || !strings.Contains(err.Error(), c.method+" "+base+c.url) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := rt.Close(); err == nil || !strings.Contains(err.Error(), "not requested: POST "+base+"/a?x=1") {
		t.Errorf("Close with an exchange left over: %v", err)
	}
}

func TestScrub(t *testing.T) {
	base, path := startVendor(t), filepath.Join(t.TempDir(), "trace")
	scrub := replay.Scrub{
		Request: func(r *replay.Request) { r.Body = bytes.ReplaceAll(r.Body, []byte("hush"), []byte("***")) },
		Answer:  func(a *replay.Answer) { a.Body = bytes.ReplaceAll(a.Body, []byte("hush"), []byte("***")) },
	}
	keys := http.Header{"Authorization": {"Bearer hush"}, "X-Api-Key": {"hush"}, "Cookie": {"hush"}, "X-Runway-Version": {"2024-11-06"}}
	recordAt(t, path, scrub, func(rt http.RoundTripper) {
		_, body, err := send(t, rt, "POST", base+"/a?key=hush&page=2&X-Amz-Signature=hush", "say hush", keys)
		if err != nil || body != "1: POST say hush hush" {
			t.Errorf("the caller must see the real answer: %q %v", body, err)
		}
	})
	trace, err := os.ReadFile(path)
	if err != nil || bytes.Contains(trace, []byte("hush")) {
		t.Errorf("the trace holds a secret (%v):\n%s", err, trace)
	}
	for _, want := range []string{"Authorization: ***", "X-Runway-Version: 2024-11-06", "/a?key=***&page=2", "Retry-After: 7", "say ***"} {
		if !bytes.Contains(trace, []byte(want)) {
			t.Errorf("the trace lacks %q:\n%s", want, trace)
		}
	}
	rt := replayAt(t, path, scrub)
	if _, body, err := send(t, rt, "POST", base+"/a?key=other&page=2&X-Amz-Signature=new", "say hush", nil); err != nil || body != "1: POST say *** ***" {
		t.Errorf("with other secrets: %q %v", body, err)
	}
}

func TestBodiesAreReplayedUnchanged(t *testing.T) {
	bodies := []string{"", "text", "text\n", "\n", "\n\n", "two\n\nparts: here\n", "{\"a\": 1}", "=== answer\n200", "a\n=== request\nb", "(base64)\nno", "\r\n", "\x00\xff binary", strings.Repeat("\xfe", 1000), "ünï"}
	path := filepath.Join(t.TempDir(), "trace")
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body) // read all first: net/http may stop reading once the answer begins
		_, _ = w.Write(b)
	}))
	defer echo.Close()
	recordAt(t, path, replay.Scrub{}, func(rt http.RoundTripper) {
		for _, body := range bodies {
			if _, _, err := send(t, rt, "POST", echo.URL, body, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	rt := replayAt(t, path, replay.Scrub{})
	for _, body := range bodies {
		if _, got, err := send(t, rt, "POST", echo.URL, body, nil); err != nil || got != body {
			t.Errorf("%q is replayed as %q, %v", body, got, err)
		}
	}
}

func TestFileWrittenByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace")
	trace := "filmgate replay v1\n\n=== request\nGET https://vendor.test/v1/tasks/1\n=== answer\n429\nRetry-After: 3\n\n{\"error\":\"slow down\"}\n"
	if err := os.WriteFile(path, []byte(trace), 0o600); err != nil {
		t.Fatal(err)
	}
	status, body, err := send(t, replayAt(t, path, replay.Scrub{}), "GET", "https://vendor.test/v1/tasks/1", "", nil)
	if err != nil || status != 429 || body != `{"error":"slow down"}` {
		t.Errorf("%d %q %v", status, body, err)
	}
}

func TestInvalidFiles(t *testing.T) {
	const head = "filmgate replay v1\n\n"
	cases := map[string]string{
		"":                            "the first line is not",
		"another file":                "the first line is not",
		head + "x\n\n=== request\n":   "text before the first",
		head + "=== request\nGET /\n": `exchange 1: it has no "=== answer"`,
		head + "=== request\nGET\n=== answer\n200\n":                          `"GET" is not a method and a URL`,
		head + "=== request\nGET /\n=== answer\nfine\n":                       `"fine" is not a status`,
		head + "=== request\nGET /\n=== answer\n200\nno header\n":             `"no header" is not a header`,
		head + "=== request\nGET /\n=== answer\n200\n\n(base64)\n!!\n":        "the body's base64",
		head + "=== request\nGET /\nbad\n=== answer\n200\n":                   `"bad" is not a header`,
		head + "=== request\nGET /\n=== answer\n200\n\n=== request\nGET /b\n": `exchange 2: it has no`,
	}
	for trace, want := range cases {
		path := filepath.Join(t.TempDir(), "trace")
		if err := os.WriteFile(path, []byte(trace), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := replay.Replay(path, replay.Scrub{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %q", trace, err, want)
		}
	}
	if _, err := replay.Replay(filepath.Join(t.TempDir(), "none"), replay.Scrub{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}
