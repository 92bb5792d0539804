package server

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestUnknownPathsAreProblems(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{
		handle("POST /create", func(http.ResponseWriter, *http.Request) {}),
		handle("GET /own/{id}", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "mine", http.StatusNotFound) }),
	}})
	tests := []struct {
		method, path string
		status       int
		allow, want  string
	}{
		{"GET", "/nowhere", 404, "", `{"type":"/problems/not_found","title":"Not found","status":404,"detail":"There is nothing at this path.","request_id":"r"}`},
		{"GET", "/create", 405, "POST", `{"type":"/problems/method_not_allowed","title":"Method not allowed","status":405,"detail":"Allowed here: POST.","request_id":"r"}`},
		{"DELETE", "/own/1", 405, "GET, HEAD", `{"type":"/problems/method_not_allowed","title":"Method not allowed","status":405,"detail":"Allowed here: GET, HEAD.","request_id":"r"}`},
		{"HEAD", "/nowhere", 404, "", ""},
		{"GET", "/own/1", 404, "", "mine\n"},
	}
	for _, tt := range tests {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			resp, body := ask(t, tt.method, url+tt.path, "X-Request-Id", "r")
			if resp.StatusCode != tt.status || resp.Header.Get("Allow") != tt.allow || body != tt.want {
				t.Errorf("%d, Allow %q, %s", resp.StatusCode, resp.Header.Get("Allow"), body)
			}
			if got := resp.Header.Get("Content-Type"); body != "mine\n" && got != "application/problem+json" {
				t.Errorf("Content-Type %q", got)
			}
		})
	}
}

func TestAnswersHaveARequestID(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{handle("GET /echo", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, w.Header().Get("X-Request-Id"))
	})}})
	for given, kept := range map[string]bool{"abc-DEF_1.2": true, strings.Repeat("x", 128): true, "": false, strings.Repeat("x", 129): false,
		"a b": false, `"quoted"`: false, "ä": false} {
		resp, body := ask(t, "GET", url+"/echo", "X-Request-Id", given)
		id := resp.Header.Get("X-Request-Id")
		if id != body || (id == given) != kept || !kept && len(id) != 22 {
			t.Errorf("%q became %q; the handler got %q", given, id, body)
		}
	}
	one, _ := ask(t, "GET", url+"/echo")
	two, _ := ask(t, "GET", url+"/echo")
	if one.Header.Get("X-Request-Id") == two.Header.Get("X-Request-Id") {
		t.Error("two requests have one id")
	}
}

func TestSecurityHeaders(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{handle("GET /framed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	})}})
	resp, _ := ask(t, "GET", url+"/nowhere")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	ask(t, "GET", url+"/framed")
	if resp, _ := ask(t, "GET", url+"/nowhere"); resp.Header.Get("X-Frame-Options") != "DENY" {
		t.Error("a handler changed the headers of another's answer")
	}
}

func TestPanicIsA500AndALogLine(t *testing.T) {
	_, url, book := start(t, Options{Routes: []Route{
		handle("GET /panic", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"x"`)
			panic("secret cause")
		}),
		handle("GET /late", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic("too late")
		}),
		handle("GET /abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
	}})
	resp, body := ask(t, "GET", url+"/panic", "X-Request-Id", "r1")
	if resp.StatusCode != 500 || strings.Contains(body, "secret") || !strings.Contains(body, `"type":"/problems/internal_error"`) || resp.Header.Get("ETag") != "" {
		t.Errorf("%d %v %s", resp.StatusCode, resp.Header, body)
	}
	if log := book.String(); !strings.Contains(log, "secret cause") || !strings.Contains(log, `"request_id":"r1"`) || !strings.Contains(log, "server_test.go") {
		t.Errorf("log: %s", log)
	}
	if _, metrics := ask(t, "GET", url+"/metrics"); !strings.Contains(metrics, `filmgate_panics_total{place="http"} 1`) {
		t.Error("the panic is not counted")
	}
	for _, path := range []string{"/late", "/abort"} {
		resp, err := http.Get(url + path)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: the answer looks complete", path)
		}
	}
	if strings.Contains(book.String(), "abort Handler") {
		t.Error("http.ErrAbortHandler was logged as a panic")
	}
}

func TestLogContainsNoTokens(t *testing.T) {
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }
	polled := handle("GET /poll/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "gone" {
			http.NotFound(w, r)
		}
	})
	polled.QuietLog = true
	_, url, book := start(t, Options{Routes: []Route{handle("GET /file/{name}", ok), handle("GET /share/{token}", ok), polled}})
	ask(t, "GET", url+"/poll/1")
	ask(t, "GET", url+"/poll/gone")
	ask(t, "GET", url+"/file/a.mp4?_jwt=token", "X-Request-Id", "r1")
	ask(t, "GET", url+"/share/a-token", "X-Request-Id", "r2")
	for range 3 {
		<-book.line
	}
	lines := strings.Split(strings.TrimSpace(book.String()), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "/poll/gone") || !strings.Contains(lines[2], `"path":"/share/***"`) {
		t.Fatalf("want only the failed poll, the file and the page: %s", lines)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"request_id": "r1", "method": "GET", "path": "/file/a.mp4", "route": "GET /file/{name}", "status": 200.0, "bytes": 5.0} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if strings.Contains(book.String(), "_jwt") || strings.Contains(book.String(), "a-token") {
		t.Error("a token was logged")
	}
}

func TestMetricsCountByRoute(t *testing.T) {
	more := prometheus.NewCounter(prometheus.CounterOpts{Name: "filmgate_tasks_total", Help: "Handed in."})
	_, url, _ := start(t, Options{Collectors: []prometheus.Collector{more}, Routes: []Route{handle("GET /task/{id}", func(http.ResponseWriter, *http.Request) {})}})
	for i := range 3 {
		ask(t, "GET", fmt.Sprintf("%s/task/%d", url, i))
	}
	ask(t, "GET", url+"/nowhere")
	_, body := ask(t, "GET", url+"/metrics")
	for _, want := range []string{
		`filmgate_http_requests_total{route="GET /task/{id}",status="200"} 3`,
		`filmgate_http_requests_total{route="none",status="404"} 1`,
		`filmgate_http_request_seconds_count{route="GET /task/{id}"} 3`,
		`filmgate_http_requests_running 1`,
		"filmgate_tasks_total 0",
		"go_goroutines",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestConflictingRoutesAreAnError(t *testing.T) {
	nothing := func(http.ResponseWriter, *http.Request) {}
	for _, routes := range [][]Route{
		{handle("GET /a/{x}", nothing), handle("GET /a/{y}", nothing)},
		{handle("GET /healthz", nothing)},
		{handle("no pattern at all", nothing)},
	} {
		if _, err := New(Options{Routes: routes, Log: slog.New(slog.DiscardHandler), Random: rand.Reader}); err == nil {
			t.Errorf("%v was accepted", routes)
		}
	}
	twice := prometheus.NewCounter(prometheus.CounterOpts{Name: "filmgate_http_requests_running", Help: "Taken."})
	if _, err := New(Options{Collectors: []prometheus.Collector{twice}, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("two metrics of one name were accepted")
	}
}

// discard is a ResponseWriter that drops what is written.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkOverhead compares a route with QuietLog with its bare handler.
func BenchmarkOverhead(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 2200)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	mux := http.NewServeMux()
	mux.Handle("GET /task/{id}", h)
	s, err := New(Options{Routes: []Route{{Pattern: "GET /task/{id}", Handler: h, QuietLog: true}}, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Random: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	for name, h := range map[string]http.Handler{"bare": mux, "server": s} {
		b.Run(name, func(b *testing.B) {
			r, err := http.NewRequest("GET", "/task/1", nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
}
