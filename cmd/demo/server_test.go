package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// script writes a shell script to run in place of the program, and returns its path.
func script(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "filmgate")
	if err := os.WriteFile(name, []byte("#!/bin/bash\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestServerIsStartedOnLoopbackAndStopped(t *testing.T) {
	t.Setenv("FILMGATE_DATABASE_URL", "from another program")
	mark := filepath.Join(t.TempDir(), "mark")
	program := script(t, `trap 'echo stopped > `+mark+`; exit 0' TERM
env | grep FILMGATE_ | sort > `+mark+`.env
echo a first line
echo "listening on http://127.0.0.1:4711"
while :; do sleep 0.01; done`)
	var out strings.Builder
	s, err := demo{out: &out, program: program, key: "k"}.start(t.Context(), "/data")
	if err != nil {
		t.Fatal(err)
	}
	if s.URL != "http://127.0.0.1:4711" || out.String() != "listening on http://127.0.0.1:4711\n" {
		t.Errorf("url %q, wrote %q", s.URL, &out)
	}
	if err := s.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("it was not stopped by SIGTERM: %v", err)
	}
	env, err := os.ReadFile(mark + ".env")
	want := []string{"FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8", "FILMGATE_API_KEY=k", "FILMGATE_DATA=/data", "FILMGATE_LOG=warn"}
	if got := strings.Fields(string(env)); err != nil || !slices.Equal(got, want) {
		t.Errorf("settings %q, error %v", got, err)
	}
}

func TestServerThatFailsToStartOrStopIsAnError(t *testing.T) {
	_, err := demo{program: "nowhere/filmgate"}.start(t.Context(), "")
	expectError(t, err, "start the server")
	_, err = demo{program: script(t, "echo no; exit 3")}.start(t.Context(), "")
	expectError(t, err, "ended before it listened: it printed \"no\\n\"; exit status 3")
	var out strings.Builder
	s, err := demo{out: &out, program: script(t, "trap 'exit 4' TERM\necho listening on http://x\nwhile :; do sleep 0.01; done")}.start(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	expectError(t, s.End(syscall.SIGTERM), "exit status 4")
}

// The server refuses the request, which ends the demo.
func TestDemoSendsThePublishedRequest(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var body, picture string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(sent)
		body = string(sent)
		_, rest, _ := strings.Cut(body, `"init_image": "`)
		url, _, _ := strings.Cut(rest, `"`)
		if res, err := http.Get(url); err == nil {
			picture = res.Header.Get("Content-Type")
			res.Body.Close()
		}
		http.Error(w, "not today", http.StatusServiceUnavailable)
	}))
	defer s.Close()
	var out strings.Builder
	program := script(t, fmt.Sprintf("trap 'exit 0' TERM\necho listening on %s\nwhile :; do sleep 0.01; done", s.URL))
	err := demo{out: &out, program: program, folder: filepath.Join("..", "..", "demo"), key: "k"}.run(t.Context())
	expectError(t, err, "503 Service Unavailable: not today")
	for _, want := range []string{`"seconds": 5`, `"text_prompt": "camera pull out"`, `"enhance_prompt": true`, `"init_image": "http://127.0.0.1:`, `"image_as_end_frame": false`} {
		if !strings.Contains(body, want) || !strings.Contains(out.String(), want) {
			t.Errorf("%s was not sent and shown, but %s", want, body)
		}
	}
	if picture != "image/jpeg" {
		t.Errorf("the picture has the media type %q", picture)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "filmgate-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestAnInterruptedDemoStopsTheServer(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then a server does not notice that its client has gone
		interrupt()
		<-r.Context().Done() // an answer could come before the demo notices the interrupt
	}))
	defer s.Close()
	mark := filepath.Join(t.TempDir(), "mark")
	program := script(t, fmt.Sprintf("trap 'echo > %s; exit 0' TERM\necho listening on %s\nwhile :; do sleep 0.01; done", mark, s.URL))
	err := demo{out: &strings.Builder{}, program: program, folder: filepath.Join("..", "..", "demo")}.run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("the server was not stopped: %v", err)
	}
}
