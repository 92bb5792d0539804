package dialecttest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/exchange"
)

// RequestID is the X-Request-Id of every exchange, as the server would set it.
const RequestID = "CmC9rGbtVzEAAAAAADQY-A"

// Mux mounts routes the way the server does.
func Mux(routes []dialect.Route) http.Handler {
	mux := http.NewServeMux()
	for _, r := range dialect.Combine(routes) {
		mux.Handle(r.Pattern, r.Handler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", RequestID)
		mux.ServeHTTP(w, r)
	})
}

// Run sends every exchange of the given files to the handler that fresh makes for each file, and compares status, the
// headers named, and body.
//
// An expected header "-" must be absent. If an exchange has no answer body, the answer must have none. JSON is compared as
// SameJSON does.
func Run(t *testing.T, pattern string, fresh func() http.Handler) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no exchange files at %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			handler := fresh()
			for _, x := range Exchanges(t, file) {
				t.Run(x.Name, func(t *testing.T) { check(t, x, handler) })
			}
		})
	}
}

func check(t *testing.T, x exchange.Exchange, h http.Handler) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, Request(x))
	if w.Code != x.Status {
		t.Errorf("status %d, want %d\n%s", w.Code, x.Status, w.Body)
	}
	for name := range x.WantHeader {
		want, got := x.WantHeader.Get(name), w.Header().Get(name)
		if want == "-" {
			want = ""
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	switch {
	case len(x.Want) == 0 && w.Body.Len() > 0:
		t.Errorf("body %s, want none", w.Body)
	case len(x.Want) > 0 && x.Want[0] != '{' && x.Want[0] != '[':
		if got := strings.TrimSpace(w.Body.String()); got != string(x.Want) {
			t.Errorf("body %q, want %q", got, x.Want)
		}
	case len(x.Want) > 0:
		SameJSON(t, w.Body.Bytes(), x.Want)
	}
}

// SameJSON fails the test unless got and want have the same keys in the same order, and the same types, values and forms of
// numbers. Only white space may differ.
func SameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := indent(t, "got", got), indent(t, "want", want)
	if g == w {
		return
	}
	gl, wl := strings.Split(g, "\n"), strings.Split(w, "\n")
	for i := range min(len(gl), len(wl)) {
		if gl[i] != wl[i] {
			t.Errorf("JSON differs at line %d:\n got  %s\n want %s\nwhole:\n%s", i+1, gl[i], wl[i], g)
			return
		}
	}
	t.Errorf("JSON differs in length: got %d lines, want %d\nwhole:\n%s", len(gl), len(wl), g)
}

func indent(t *testing.T, what string, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(b), "", "  "); err != nil {
		t.Fatalf("%s is no JSON: %v\n%s", what, err, b)
	}
	return out.String()
}

// Exchanges reads an exchange file.
func Exchanges(t *testing.T, file string) []exchange.Exchange {
	t.Helper()
	all, err := exchange.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Request returns the request of x. It can be sent once.
func Request(x exchange.Exchange) *http.Request {
	r := httptest.NewRequest(x.Method, "http://films.example"+x.Target, bytes.NewReader(x.Body))
	r.Header = http.Header(x.Header).Clone()
	return r
}
