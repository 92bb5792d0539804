package dialect

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// A key must have 1 to 255 printable characters.
func FuzzIdempotencyKey(f *testing.F) {
	f.Fuzz(func(t *testing.T, header string) {
		key, err := idempotencyKey(http.Header{"Idempotency-Key": {header}})
		if err != nil {
			if task.CodeOf(err) != task.Invalid {
				t.Errorf("%q: %v", header, err)
			}
			return
		}
		if len(key) < 1 || len(key) > 255 {
			t.Errorf("%q is the key %q", header, key)
		}
		for _, c := range []byte(key) {
			if c < ' ' || c > '~' {
				t.Errorf("%q is the key %q", header, key)
			}
		}
	})
}

func TestAKeyIsQuotedOrBare(t *testing.T) {
	for header, want := range map[string]string{
		"abc": "abc", `"abc"`: "abc", "  abc  ": "abc", "a b": "a b", `"a b"`: "a b", `"a\"b\\c"`: `a"b\c`, "8e03978e-40d5-43dd-bc93-6894a57f9324": "8e03978e-40d5-43dd-bc93-6894a57f9324",
		`"abc`: `"abc`, `abc"`: `abc"`, "~!#": "~!#", strings.Repeat("k", KeyLimit): strings.Repeat("k", KeyLimit), `"` + strings.Repeat("k", KeyLimit) + `"`: strings.Repeat("k", KeyLimit),
		"": "", `""`: "", "   ": "", "a\tb": "", "ü": "", "a\x00": "", strings.Repeat("k", KeyLimit+1): "",
	} {
		got, err := idempotencyKey(http.Header{"Idempotency-Key": {header}})
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%.40q: %.40q, %v, want %.40q", header, got, err, want)
		}
	}
	if _, err := idempotencyKey(http.Header{"Idempotency-Key": {"a", "a"}}); task.CodeOf(err) != task.Invalid {
		t.Errorf("two headers: %v", err)
	}
}

// once sends a request with an idempotency key and returns how the task was made, and the fingerprint.
func once(t *testing.T, pattern, key, what string, replayed bool) (how, fingerprint string, header http.Header) {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil)
	r.Pattern = pattern
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	_, err := Once(w, r, strings.NewReader(what),
		func() (task.Task, error) { how = "plain"; return task.Task{}, nil },
		func(k, f string) (task.Task, bool, error) {
			how, fingerprint = "keyed "+k, f
			return task.Task{}, replayed, nil
		})
	if err != nil {
		how = string(task.CodeOf(err))
	}
	return how, fingerprint, w.Header()
}

func TestARequestWithoutAKeyIsMadeEachTime(t *testing.T) {
	if how, _, h := once(t, "POST /a", "", "{}", true); how != "plain" || h.Get("Idempotent-Replayed") != "" {
		t.Errorf("%s, %v", how, h)
	}
	if how, _, _ := once(t, "POST /a", "ü", "{}", false); how != "invalid" {
		t.Errorf("a bad key: %s", how)
	}
}

func TestAFingerprintTellsCallsAndBodiesApart(t *testing.T) {
	seen := map[string]string{}
	for _, c := range [][2]string{{"POST /a", "{}"}, {"POST /a", "{} "}, {"POST /b", "{}"}, {"POST /a", ""}, {"POST /a{}", ""}, {"POST /", "a{}"}} {
		how, print, _ := once(t, c[0], "k", c[1], false)
		if how != "keyed k" || len(print) != 64 || seen[print] != "" {
			t.Errorf("%q: %s, fingerprint %q, which %q has", c, how, print, seen[print])
		}
		seen[print] = c[0] + c[1]
		if _, again, _ := once(t, c[0], "another", c[1], false); again != print {
			t.Errorf("%q: %q and %q for one request", c, print, again)
		}
	}
}

func TestWhatIsSentIsThePathAndTheBody(t *testing.T) {
	seen := map[string]string{}
	for _, path := range []string{"/a/1/b/2", "/a/2/b/2", "/a/1/b/2/3", "/a/1/b/2%00", "/c"} {
		mux := http.NewServeMux()
		sent := ""
		read := func(w http.ResponseWriter, r *http.Request) {
			f, err := ReadFields(w, r, 10)
			if err != nil {
				t.Error(err)
			}
			all, err := io.ReadAll(Sent(r, f))
			if err != nil {
				t.Error(err)
			}
			sent = string(all)
		}
		mux.HandleFunc("POST /a/{one}/b/{rest...}", read)
		mux.HandleFunc("POST /c", read)
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", path, strings.NewReader("{}")))
		if seen[sent] != "" || !strings.HasSuffix(sent, "{}") {
			t.Errorf("%s sends %q, as %q does", path, sent, seen[sent])
		}
		seen[sent] = path
	}
	if seen["{}"] != "/c" {
		t.Errorf("a path without wildcards adds something: %q", seen)
	}
}

func TestAReplayIsMarkedAsOne(t *testing.T) {
	for replayed, want := range map[bool]string{true: "true", false: ""} {
		if _, _, h := once(t, "POST /a", "k", "{}", replayed); h.Get("Idempotent-Replayed") != want {
			t.Errorf("%v: %v", replayed, h)
		}
	}
}
