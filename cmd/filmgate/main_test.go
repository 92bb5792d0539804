package main

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// session is one run of the program in a test: its input and its results.
type session struct {
	terminal bool
	env      map[string]string
	wait     func(context.Context, time.Duration) error // nil: no time passes

	code     int
	out, err string
}

// run runs a command line.
func (s *session) run(t *testing.T, args ...string) *session {
	t.Helper()
	return s.runUntil(t.Context(), args...)
}

func (s *session) runUntil(ctx context.Context, args ...string) *session {
	var out, err strings.Builder
	p := program{
		out: &out, err: &err, terminal: s.terminal, http: &http.Client{}, random: rand.Reader,
		getenv: func(name string) string { return s.env[name] },
		wait:   s.wait, hangups: hangups,
		now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) },
	}
	if p.wait == nil {
		p.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	s.code = p.run(ctx, args)
	s.out, s.err = out.String(), err.String()
	return s
}

// expect fails the test unless the run ended with code and its output contains every text.
func (s *session) expect(t *testing.T, code int, texts ...string) {
	t.Helper()
	if s.code != code {
		t.Errorf("exit code %d, want %d", s.code, code)
	}
	for _, text := range texts {
		if !strings.Contains(s.out+s.err, text) {
			t.Errorf("%q is not in what it wrote", text)
		}
	}
	if t.Failed() {
		t.Logf("out:\n%s\nerr:\n%s", s.out, s.err)
	}
}

// script returns a server that answers each call with its next answer. After the last one, it repeats that.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]answer // by "METHOD /path"
	bodies  map[string]string   // the last request's body, by "METHOD /path?query"
	keys    map[string]string   // Authorization, likewise
}

// answer is a status (0 = 200) and a body, in which {url} stands for the server's own address.
type answer struct {
	status int
	body   string
}

// bodies returns answers with status 200.
func bodies(texts ...string) []answer {
	var out []answer
	for _, text := range texts {
		out = append(out, answer{body: text})
	}
	return out
}

func newScript(t *testing.T, answers map[string][]answer) *script {
	s := &script{answers: answers, bodies: map[string]string{}, keys: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// session returns a session that calls this server with a key.
func (s *script) session() *session {
	return &session{env: map[string]string{"FILMGATE_URL": s.URL, "FILMGATE_API_KEY": "sixteen letters!"}}
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body) // what came of it is what the test looks at
	s.bodies[r.Method+" "+r.URL.RequestURI()] = string(body)
	s.keys[r.Method+" "+r.URL.RequestURI()] = r.Header.Get("Authorization")
	call := r.Method + " " + r.URL.Path
	left := s.answers[call]
	if len(left) == 0 {
		http.NotFound(w, r)
		return
	}
	if len(left) > 1 {
		s.answers[call] = left[1:]
	}
	if left[0].status == http.StatusTeapot { // a connection that breaks in mid-answer
		panic(http.ErrAbortHandler)
	}
	if left[0].status != 0 {
		w.WriteHeader(left[0].status)
	}
	_, _ = w.Write([]byte(strings.ReplaceAll(left[0].body, "{url}", s.URL)))
}

func TestWrongUseExitsWith2AndSaysWhere(t *testing.T) {
	tests := map[string][]string{
		`no command "fly"`:              {"fly"},
		`no command "drop"`:             {"key", "drop"},
		"unknown flag: --fast":          {"serve", "--fast"},
		"filmgate serve --help":         {"serve", "--fast"},
		"filmgate task get ID":          {"task", "get"},
		"1 arguments where 0 are taken": {"version", "x"},
		"FILMGATE_WORKERS":              {"serve", "--workers", "0"},
	}
	for want, args := range tests {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			new(session).run(t, args...).expect(t, exitUsage, want)
		})
	}
}

func TestHelpListsEveryCommand(t *testing.T) {
	new(session).run(t).expect(t, 0, "serve", "generate", "models", "key", "task", "doctor", "migrate", "version")
	new(session).run(t, "task").expect(t, 0, "list", "get", "watch", "cancel")
	new(session).run(t, "key").expect(t, 0, "create", "list", "revoke")
	new(session).run(t, "webhook").expect(t, 0, "create", "list", "delete", "test", "deliveries", "replay")
}

func TestWaitEndsWithItsContext(t *testing.T) {
	if err := wait(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("after the time: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := wait(ctx, time.Hour); err == nil {
		t.Error("no error after the context ended")
	}
}
