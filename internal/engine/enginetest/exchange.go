package enginetest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// exchange is one request and its answer as text: a first line, headers, an empty line, a body.
type exchange struct{ request, response string }

// exchangeFile is the content of an exchange file: a call of the port, its HTTP exchanges, and its result.
type exchangeFile struct {
	call      string
	exchanges []exchange
	result    string
}

// exchanges checks every file testdata/*.http of the engine's folder. A file's sections begin with "### call", "###
// request", "### response" and "### result". A call is submit, poll, open, cancel, find, check, finish (submit and polls) or film
// (finish and open). In requests and answers {base} is the API's address and {key} is Key. JSON is compared without white
// space; a header's value may end in *. A new case is a new file.
func exchanges(t *testing.T, v Vendor) {
	files, err := filepath.Glob(filepath.Join(exchangeFolder(v), "*.http"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no exchange files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			checkExchange(t, v, parse(t, string(b)))
		})
	}
}

// exchangeFolder returns the folder of the engine's exchange files.
func exchangeFolder(v Vendor) string { return cmp.Or(v.Exchanges, "testdata") }

func parse(t *testing.T, text string) exchangeFile {
	t.Helper()
	var s exchangeFile
	for section := range strings.SplitSeq(text, "### ") {
		kind, rest, _ := strings.Cut(section, "\n")
		rest = strings.TrimSpace(rest)
		switch kind {
		case "":
		case "call":
			s.call = rest
		case "request":
			s.exchanges = append(s.exchanges, exchange{request: rest})
		case "response":
			s.exchanges[len(s.exchanges)-1].response = rest
		case "result":
			s.result = rest
		default:
			t.Fatalf("a section %q", kind)
		}
	}
	return s
}

// checkExchange makes the file's call, and compares the requests and the result. An error, and a failed job, must be explained.
func checkExchange(t *testing.T, v Vendor, s exchangeFile) {
	if got := v.play(t, s); got != s.result {
		t.Errorf("the result is\n%s\nwant\n%s", got, s.result)
	}
}

// play makes the file's call against a server that replays the answers, compares the requests, and returns the result.
func (v Vendor) play(t *testing.T, s exchangeFile) string {
	t.Helper()
	n := 0
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n >= len(s.exchanges) {
			t.Errorf("a request too many: %s %s", r.Method, r.URL)
			return
		}
		x := s.exchanges[n]
		n++
		fill := strings.NewReplacer("{base}", server.URL, "{key}", Key)
		compare(t, r, fill.Replace(x.request))
		head, body, _ := strings.Cut(fill.Replace(x.response), "\n\n")
		status := 200
		for line := range strings.SplitSeq(head, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				w.Header().Set(name, value)
			} else if _, err := fmt.Sscan(line, &status); err != nil {
				t.Errorf("a status %q", line)
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	if strings.HasPrefix(s.call, "submit ") {
		v = v.patient()
	}
	e := v.New(server.URL, loopback(t), func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
	got := strings.ReplaceAll(call(t, e, s.call), server.URL, "{base}")
	if n != len(s.exchanges) {
		t.Errorf("%d requests, want %d", n, len(s.exchanges))
	}
	return got
}

// compare compares a request with its text.
func compare(t *testing.T, r *http.Request, want string) {
	t.Helper()
	head, body, _ := strings.Cut(want, "\n\n")
	lines := bufio.NewScanner(strings.NewReader(head))
	lines.Scan()
	if got := r.Method + " " + r.URL.RequestURI(); got != lines.Text() {
		t.Errorf("%s, want %s", got, lines.Text())
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	// The boundary of a form is random.
	if _, boundary, ok := strings.Cut(r.Header.Get("Content-Type"), "boundary="); ok {
		r.Header.Set("Content-Type", "multipart/form-data; boundary=BOUNDARY")
		sent = bytes.ReplaceAll(sent, []byte(boundary), []byte("BOUNDARY"))
	}
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		start, open := strings.CutSuffix(value, "*")
		if got := r.Header.Get(name); got != value && (!open || !strings.HasPrefix(got, start)) {
			t.Errorf("%s: %s, want %s", name, got, value)
		}
	}
	if got, want := normalize(string(sent)), normalize(body); got != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
}

// normalize removes what does not matter from a body: white space in JSON, and the line ends of a form.
func normalize(body string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(body)) == nil {
		return b.String()
	}
	return strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
}

// call makes the call that a file names, and returns its result as one line.
func call(t *testing.T, e engine.Engine, text string) string {
	t.Helper()
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "submit":
		sub, err := e.Submit(t.Context(), parseJob(t, rest))
		if err != nil {
			wantExplained(t, err, "")
		}
		return outcome("handle "+sub.Handle, err)
	case "poll", "finish":
		handle := rest
		if verb == "finish" {
			handle = finish(t, e, rest)
		}
		st, err := e.Poll(t.Context(), handle)
		line := fmt.Sprintf("%s progress=%.2f next=%s credits=%g", st.State, st.Progress, st.Next, st.Credits)
		if st.Cost != 0 {
			line += fmt.Sprintf(" cost=%g", st.Cost)
		}
		if st.Failure != nil {
			wantSentence(t, engine.ExplainFailure("team", *st.Failure))
			line += fmt.Sprintf(" %s: %s", st.Failure.Reason, st.Failure.Detail)
		}
		return outcome(line, err)
	case "open", "film":
		handle := rest
		if verb == "film" {
			handle = finish(t, e, rest)
		}
		c, err := e.Open(t.Context(), handle, 0)
		if err != nil {
			return outcome("", err)
		}
		defer func() { _ = c.Body.Close() }()
		b, err := io.ReadAll(c.Body)
		return outcome(fmt.Sprintf("%s size=%d %s", c.Type, c.Size, b), err)
	case "cancel":
		return outcome("done", e.Cancel(t.Context(), rest))
	case "check":
		learned, err := e.(engine.Checker).Check(t.Context())
		return outcome(learned, err)
	case "find":
		handle, err := e.(engine.Finder).Find(t.Context(), rest)
		return outcome("handle "+handle, err)
	}
	t.Fatalf("a call %q", verb)
	return ""
}

// parseJob parses the job of a call. Its input video, which may have a URL, has the bytes of the member VideoBytes, and each of its
// references those of ReferenceBytes.
func parseJob(t *testing.T, text string) engine.Job {
	t.Helper()
	var in struct {
		engine.Job
		VideoBytes     []byte
		ReferenceBytes []byte
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	if in.Video != nil {
		setBytes(&in.Video.InputFile, in.VideoBytes)
	}
	for i := range in.ReferenceImages {
		setBytes(&in.ReferenceImages[i].InputFile, in.ReferenceBytes)
	}
	for i := range in.ReferenceAudio {
		setBytes(&in.ReferenceAudio[i].InputFile, in.ReferenceBytes)
	}
	return in.Job
}

// setBytes sets the content of a file.
func setBytes(v *engine.InputFile, b []byte) {
	v.Size = int64(len(b))
	v.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// finish submits a job whose call continues in the background, and waits for its end.
func finish(t *testing.T, e engine.Engine, text string) (handle string) {
	t.Helper()
	j := parseJob(t, text)
	h := Harness{Engine: e, Pass: shortPause}
	handle = submit(t, h, j)
	follow(t, h, handle)
	return handle
}

func outcome(good string, err error) string {
	if err == nil {
		return good
	}
	e := engine.AsError(err)
	line := fmt.Sprintf("error %s %s", e.Class, e.Reason)
	if e.RetryAfter > 0 {
		line += " retry=" + e.RetryAfter.String()
	}
	if e.Unconfirmed {
		line += " unconfirmed"
	}
	return line
}
