package process

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// start starts a shell script.
func start(ctx context.Context, text string) (*Server, error) {
	return Start(ctx, exec.Command("bash", "-c", text), nil) //nolint:noctx // it is ended by signals
}

// started starts a shell script that listens.
func started(t *testing.T, text string) *Server {
	t.Helper()
	s, err := start(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.End(syscall.SIGKILL) })
	return s
}

// waits keeps a script going. A wait may miss the signal that comes just before it.
const waits = `; while :; do sleep 0.01; done`

func TestServerIsStartedAndEnded(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		s := started(t, `trap 'exit 0' TERM; echo a first line; echo "listening on http://127.0.0.1:4711"; echo more`+waits)
		if s.URL != "http://127.0.0.1:4711" {
			t.Errorf("it listens on %q", s.URL)
		}
		if err := s.End(signal); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
		if s.Cmd.ProcessState == nil {
			t.Errorf("%v: it has not ended", signal)
		}
	}
}

func TestServerThatDoesNotListenIsAnError(t *testing.T) {
	late, stop := context.WithCancel(t.Context())
	stop()
	for text, c := range map[string]struct {
		ctx  context.Context
		want string
	}{
		"echo no; exit 3":               {t.Context(), `it printed "no\n"; exit status 3`},
		"echo -n listening on http://x": {t.Context(), `it printed "listening on http://x"`}, // cut off in the line
		"exec >&-" + waits:              {t.Context(), "signal: killed"},
		"echo slow" + waits:             {late, "signal: killed\ncontext canceled"},
	} {
		if _, err := start(c.ctx, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", text, err, c.want)
		}
	}
	if _, err := Start(t.Context(), exec.Command("/nowhere/filmgate"), nil); err == nil || !strings.Contains(err.Error(), "/nowhere/filmgate") {
		t.Errorf("a program that does not exist: %v", err)
	}
}

func TestServerThatDoesNotEndWellIsAnError(t *testing.T) {
	s := started(t, `trap 'exit 4' TERM; echo listening on http://x`+waits)
	if err := s.End(syscall.SIGTERM); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("exit 4: %v", err)
	}
	s = started(t, "echo listening on http://x; exit 5")
	<-s.Ended
	if err := s.End(syscall.SIGTERM); !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), "exit status 5") {
		t.Errorf("ended by itself: %v", err)
	}
}
