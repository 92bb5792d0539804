package chaos

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeProgram returns a program that does what a script says, and the server that runs it.
func fakeProgram(t *testing.T, script string) *server {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // it must be executable
		t.Fatal(err)
	}
	s, err := newServer("1 (all)", program, filepath.Join(t.TempDir(), "log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}

const listens = `echo "listening on http://127.0.0.1:1"; `

func TestServerIsStartedAgainUntilItListens(t *testing.T) {
	s := fakeProgram(t, `[ -e "$0.tried" ] || { : >"$0.tried"; exit 1; }; `+listens+`exec sleep 600`)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.url() != "http://127.0.0.1:1" || s.starts != 1 || s.failed != 1 {
		t.Errorf("at %q after %d starts, %d of which failed", s.url(), s.starts, s.failed)
	}
	s.kill()
	if s.url() != "" || len(s.died) != 0 {
		t.Errorf("after a kill it is at %q, and is said to have died: %v", s.url(), s.died)
	}
}

func TestServerThatEndsByItselfIsNoticed(t *testing.T) {
	s := fakeProgram(t, listens+`exit 3`)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.running.Ended
	if s.kill(); len(s.died) != 1 || !strings.Contains(s.died[0], "exit status 3") {
		t.Errorf("it is said to have died: %v", s.died)
	}
}

func TestServerThatDoesNotStopWellIsNoticed(t *testing.T) {
	s := fakeProgram(t, `trap 'exit 4' TERM; `+listens+`while :; do sleep 0.02; done`) // a wait may miss the signal that comes just before it
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.stop(); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("its end: %v", err)
	}
}
