package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/enginetest/fakevendor"
	"github.com/filmgate/filmgate/task"
)

// The flags of a recording, for go test: docs/engines.md tells how.
var (
	recordKey   = flag.String("record", "", "run one small job at the real vendor, with the key in the environment variable of this name, and write its exchange files anew")
	recordBase  = flag.String("record-base", "", "the API to record; empty = the vendor's own")
	recordModel = flag.String("record-model", "", "the engine's model that makes the job; empty = the first")
)

const (
	recordPatience = 30 * time.Minute
	recorded       = "recorded-" // how the files' names begin
)

// recorder sends an engine's requests to a real vendor, with the real key in the place of Key, and keeps what was said.
type recorder struct {
	next http.RoundTripper
	key  string // the real one; never written
	base string // of the API, in full
	said []exchange
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var sent []byte
	if req.Body != nil {
		var err error
		if sent, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		_ = req.Body.Close()
	}
	signed := req.Clone(req.Context())
	for name, values := range signed.Header {
		for i := range values {
			signed.Header[name][i] = strings.ReplaceAll(values[i], Key, r.key)
		}
	}
	signed.Body = io.NopCloser(bytes.NewReader(sent))
	resp, err := r.next.RoundTrip(signed)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	got = bytes.ReplaceAll(got, []byte(r.key), []byte(Key)) // the engine knows how to hide that one
	resp.Body = io.NopCloser(bytes.NewReader(got))
	r.said = append(r.said, exchange{request: r.request(req, sent), response: r.response(resp, got)})
	return resp, nil
}

// request writes a request as an exchange file has it.
func (r *recorder) request(req *http.Request, body []byte) string {
	var b strings.Builder
	at, ok := strings.CutPrefix(req.URL.String(), r.base)
	if !ok { // a file, at another host
		at = req.URL.RequestURI()
	}
	fmt.Fprintf(&b, "%s %s\n", req.Method, at)
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		value := req.Header.Get(name)
		switch {
		case name == "Authorization" && !strings.Contains(value, Key):
			head, _, _ := strings.Cut(value, ".") // signed anew for each request
			value = head + ".*"
		case strings.HasPrefix(value, "multipart/form-data"):
			_, boundary, _ := strings.Cut(value, "boundary=")
			body = bytes.ReplaceAll(body, []byte(boundary), []byte("BOUNDARY"))
			value = "multipart/form-data; boundary=BOUNDARY"
		case name == "Accept" || name == "Accept-Encoding" || name == "User-Agent" || name == "Content-Length":
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", name, strings.ReplaceAll(value, Key, "{key}"))
	}
	if len(body) > 0 {
		fmt.Fprintf(&b, "\n%s\n", readable(body))
	}
	return strings.TrimSpace(b.String())
}

// response writes an answer as an exchange file has it. A video is as good as its name.
func (r *recorder) response(resp *http.Response, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", resp.StatusCode)
	for _, name := range []string{"Content-Type", "Etag", "Location", "Retry-After", "Openai-Poll-After-Ms"} {
		if value := resp.Header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) && resp.StatusCode < 300 && len(body) > 0 {
		body = []byte("the video")
	}
	if len(body) > 0 {
		fmt.Fprintf(&b, "\n%s\n", readable(body))
	}
	return strings.TrimSpace(b.String())
}

// readable breaks JSON into lines, in its own order.
func readable(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		return b.String()
	}
	return string(body)
}

// record runs one small job at the vendor, pass by pass, and writes the files recorded-*.http into dir: the submit, a poll
// of each state that was seen, and the download.
func record(t *testing.T, v Vendor, r *recorder, dir, model string, pass func(time.Duration)) {
	t.Helper()
	hc := &http.Client{Transport: r}
	open := v.New
	if v.Keyed != nil {
		open = func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return v.Keyed(r.key, base, hc, now)
		}
	}
	e := open(r.base, hc, v.recordClock)
	if c, ok := e.(interface{ Close() }); ok {
		t.Cleanup(c.Close)
	}
	j := smallJob(e, model)
	files := map[string]script{}
	handle, err := e.Submit(t.Context(), j)
	if err != nil {
		t.Fatalf("the vendor took no job: %v", err)
	}
	files["submit"] = script{call: "submit " + short(t, j), exchanges: r.take()}
	var st engine.Status
	for st.State != task.Succeeded {
		if st, err = e.Poll(t.Context(), handle); err != nil || st.State == task.Failed || st.State == task.Cancelled {
			t.Fatalf("the job ended %s (%+v), %v", st.State, st.Failure, err)
		}
		files["poll-"+strings.ToLower(string(st.State))] = script{call: "poll " + handle, exchanges: r.take()}
		if st.State != task.Succeeded {
			pass(max(st.Next, e.Capabilities().PollEvery))
		}
	}
	c, err := e.Open(t.Context(), handle, 0)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	_, err = io.Copy(io.Discard, c.Body)
	_ = c.Body.Close()
	if err != nil {
		t.Fatalf("download: %v", err)
	}
	files["open"] = script{call: "open " + handle, exchanges: r.take()}
	clean := newScrub(r.key, r.base, handle)
	for _, name := range []string{"submit", "poll-throttled", "poll-pending", "poll-running", "poll-succeeded", "open"} {
		if s, ok := files[name]; ok {
			v.write(t, filepath.Join(dir, recorded+name+".http"), clean.script(s))
		}
	}
}

func (r *recorder) take() []exchange {
	said := r.said
	r.said = nil
	return said
}

// write plays the script once, to learn its result, and writes the file.
func (v Vendor) write(t *testing.T, path string, s script) {
	t.Helper()
	s.result = v.result(t, s)
	var b strings.Builder
	fmt.Fprintf(&b, "### call\n%s\n", s.call)
	for _, x := range s.exchanges {
		fmt.Fprintf(&b, "### request\n%s\n### response\n%s\n", x.request, x.response)
	}
	fmt.Fprintf(&b, "### result\n%s\n", s.result)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// smallJob is the shortest video that the model makes, from text where it can.
func smallJob(e engine.Engine, model string) engine.Job {
	models := e.Capabilities().Models
	m := models[max(0, slices.IndexFunc(models, func(m engine.Model) bool { return m.Name == model }))]
	mode := engine.FromText
	if len(m.Modes) > 0 && !slices.Contains(m.Modes, mode) {
		mode = m.Modes[0]
	}
	j := modelJob(m, mode, id(1), "a cat walks")
	for _, p := range []*engine.Picture{j.First, j.Last} {
		if p != nil {
			p.URL = "" // it is on no server: the vendor gets its bytes
		}
	}
	return j
}

// recordAtVendor is the recording that the flags ask for.
func recordAtVendor(t *testing.T, v Vendor) {
	key := os.Getenv(*recordKey)
	if key == "" {
		t.Fatalf("-record: the environment has no %s", *recordKey)
	}
	ctx, stop := context.WithTimeout(t.Context(), recordPatience)
	defer stop()
	r := &recorder{next: http.DefaultTransport, key: key, base: strings.TrimSuffix(*recordBase, "/")}
	if r.base == "" {
		r.base = v.ownBase(t)
	}
	v.recordClock = time.Now
	record(t, v, r, folder(v), *recordModel, func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatal("the job did not end in time")
		}
	})
}

// ownBase finds the address of the vendor's own API: an engine that is told none sends a request to it, here to nobody.
func (v Vendor) ownBase(t *testing.T) string {
	t.Helper()
	first := func(base string) string {
		var at string
		e := v.New(base, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if at == "" {
				at = r.URL.String()
			}
			return nil, fmt.Errorf("nobody is asked")
		})}, time.Now)
		_, _ = e.Submit(t.Context(), smallJob(e, "")) // fails, after it has shown where it goes
		return at
	}
	const probe = "http://probe.invalid"
	return strings.TrimSuffix(first(""), strings.TrimPrefix(first(probe), probe))
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// recording records the fake as if it were the vendor, under a key of its own, and plays what was recorded.
func recording(t *testing.T, v Vendor) {
	if v.Sync {
		t.Skip("its exchange is one long call")
	}
	const key = "key_of_the_real_vendor_0123456789"
	now := time.Now()
	v.recordClock = func() time.Time { return now }
	fake := httptest.NewServer(fakevendor.New(fakevendor.Options{Key: key, Now: v.recordClock, Takes: takes}))
	defer fake.Close()
	dir := t.TempDir()
	r := &recorder{next: loopback(t).Transport, key: key, base: fake.URL + "/" + v.Wire}
	record(t, v, r, dir, "", func(d time.Duration) { now = now.Add(d) })
	names, err := filepath.Glob(filepath.Join(dir, "*.http"))
	if err != nil || len(names) < 4 {
		t.Fatalf("recorded %v, want a submit, polls and a download; %v", names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{key, Key, fake.URL, "X-Signature=0"} {
			if strings.Contains(string(b), secret) {
				t.Errorf("%s holds %q:\n%s", filepath.Base(name), secret, b)
			}
		}
	}
	v.Exchanges = dir
	exchanges(t, v)
}
