package enginetest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// recordedPrefix begins the names of recorded files.
const recordedPrefix = "recorded-"

// recorder sends an engine's requests to a real vendor, with the real key instead of Key, and records the exchanges.
type recorder struct {
	next http.RoundTripper
	key  string // the real key, which is never written; "" = the server needs none
	base string // of the API, the whole URL

	values map[string]string // of the recording's needs

	mu        sync.Mutex
	exchanges []exchange
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
	if r.key == "" {
		signed.Header.Del("Authorization") // the server needs none
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
	if r.key != "" {
		got = bytes.ReplaceAll(got, []byte(r.key), []byte(Key)) // the engine knows how to hide Key
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	x := exchange{request: r.request(req, sent), response: r.response(resp, got)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, x)
	return resp, nil
}

// request writes a request as an exchange file has it.
func (r *recorder) request(req *http.Request, body []byte) string {
	var b strings.Builder
	at, ok := strings.CutPrefix(req.URL.String(), r.base)
	if !ok { // a file on another host
		at = req.URL.RequestURI()
	}
	fmt.Fprintf(&b, "%s %s\n", req.Method, at)
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		value := req.Header.Get(name)
		switch {
		case name == "Authorization" && !strings.Contains(value, Key):
			head, _, _ := strings.Cut(value, ".") // signed again for each request
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
		fmt.Fprintf(&b, "\n%s\n", indent(body))
	}
	return strings.TrimSpace(b.String())
}

// response writes an answer as an exchange file has it. The bytes of a video are replaced by a few words.
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
		fmt.Fprintf(&b, "\n%s\n", indent(body))
	}
	return strings.TrimSpace(b.String())
}

// indent indents JSON, keeping the order of members.
func indent(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		return b.String()
	}
	return string(body)
}

// record runs one small job at the vendor and writes the files recorded-*.http to dir: the submit, a poll of each state that
// was seen, and the download. pass waits between polls.
func (v Vendor) record(t *testing.T, r *recorder, e engine.Engine, j engine.Job, dir string, pass func(time.Duration)) {
	t.Helper()
	if c, ok := e.(interface{ Close() }); ok {
		t.Cleanup(c.Close)
	}
	files := map[string]exchangeFile{}
	sub, err := e.Submit(t.Context(), j)
	if err != nil {
		t.Fatalf("the vendor took no job: %v", err)
	}
	if !v.Sync {
		files["submit"] = exchangeFile{call: "submit " + shortJSON(t, j), exchanges: r.take()}
	}
	var st engine.Status
	for st.State != task.Succeeded {
		if st, err = e.Poll(t.Context(), sub.Handle); err != nil || st.State == task.Failed || st.State == task.Cancelled {
			t.Fatalf("the job ended %s (%+v), %v", st.State, st.Failure, err)
		}
		if !v.Sync {
			files["poll-"+strings.ToLower(string(st.State))] = exchangeFile{call: "poll " + sub.Handle, exchanges: r.take()}
		}
		if st.State != task.Succeeded {
			pass(max(st.Next, e.Capabilities().PollEvery))
		}
	}
	pass(e.Capabilities().PollEvery) // a download right after a poll may do without a poll of its own
	var made []exchange
	if v.Sync { // its handles end with the process
		made = r.take()
		files["finish"] = exchangeFile{call: "finish " + shortJSON(t, j), exchanges: made}
	}
	c, err := e.Open(t.Context(), sub.Handle, 0)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	_, err = io.Copy(io.Discard, c.Body)
	_ = c.Body.Close()
	if err != nil {
		t.Fatalf("download: %v", err)
	}
	files["open"] = exchangeFile{call: "open " + sub.Handle, exchanges: r.take()}
	if v.Sync {
		files["film"] = exchangeFile{call: "film " + shortJSON(t, j), exchanges: append(made, files["open"].exchanges...)}
		delete(files, "open")
	}
	clean := newScrubber(r.key, r.base, sub.Handle, v.replacements(r.values))
	for _, name := range []string{"submit", "poll-throttled", "poll-pending", "poll-running", "poll-succeeded", "open", "finish", "film"} {
		if s, ok := files[name]; ok {
			v.write(t, filepath.Join(dir, recordedPrefix+name+".http"), clean.file(s))
		}
	}
}

func (r *recorder) take() []exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := r.exchanges
	r.exchanges = nil
	return said
}

// write replays the exchanges once, to get the result, and writes the file.
func (v Vendor) write(t *testing.T, path string, s exchangeFile) {
	t.Helper()
	s.result = v.play(t, s)
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

// smallJob returns a job for the model's shortest video, from text if it can; "" is the engine's first model. The task id is
// new, since a vendor that keeps our ids would return an old job for a known one.
func smallJob(t *testing.T, e engine.Engine, model string, named bool) engine.Job {
	t.Helper()
	models := e.Capabilities().Models
	at := slices.IndexFunc(models, func(m engine.Model) bool { return m.Name == model })
	if at < 0 && model != "" && !named {
		t.Fatalf("-record-model: the engine has no model %q; it has %+v", model, modelNames(models))
	}
	m := models[max(0, at)]
	m.Name = cmp.Or(model, m.Name)
	mode := engine.FromText
	if len(m.Modes) > 0 && !slices.Contains(m.Modes, mode) {
		mode = m.Modes[0]
	}
	j := modelJob(m, mode, randomID(), "a cat walks")
	for _, p := range []*engine.Picture{j.First, j.Last} {
		if p != nil {
			p.URL = "" // it is on no server: the vendor gets the bytes
		}
	}
	return j
}

func modelNames(models []engine.Model) []string {
	var out []string
	for _, m := range models {
		out = append(out, m.Name)
	}
	return out
}

// randomID returns a random UUID.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
