package media

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/process/processtest"
)

// The child starts a grandchild that ignores SIGTERM; both must have ended when Wait returns.
func TestGroupEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := Command(ctx, "sh", "-c", `(trap "" TERM; while :; do sleep 1; done) & echo $!; wait`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	grandchild, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := cmd.Wait(); err == nil {
		t.Error("Wait returned nil")
	}
	for deadline := time.After(10 * time.Second); processtest.Runs(grandchild); {
		select {
		case <-deadline:
			t.Fatal("the grandchild still runs")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestCommandRunsToItsEnd(t *testing.T) {
	out, err := Command(context.Background(), "echo", "done").Output()
	if err != nil || string(out) != "done\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestChildIsLimited(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		name, script string
		time         time.Duration
		kind         error
	}{
		{"hangs", "sleep 1000", 20 * time.Millisecond, ErrTooSlow},
		{"hangs with a child that has its pipes", "sleep 1000 & sleep 1000", 20 * time.Millisecond, ErrTooSlow},
		{"prints without end", "while :; do echo y; done", time.Minute, ErrTooMuch},
		{"writes without end", "while :; do printf '%100000s' x; done > " + file, time.Minute, ErrTooMuch},
		{"wrote too much and ended", "printf '%2000000s' x > " + file, time.Minute, ErrTooMuch},
		{"prints a long standard error", "i=0; while [ $i -lt 20000 ]; do echo yyyyyyyyyyyyyyyyyyyy; i=$((i+1)); done >&2", time.Minute, nil},
		{"writes less than its limit", "printf '%1000000s' x > " + file, time.Minute, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_ = os.Remove(file)
			child := Child{Name: "sh", Args: []string{"-c", c.script}, Time: c.time, Writes: file, Bytes: 1 << 20}
			if _, stderr, err := child.Run(t.Context()); !errors.Is(err, c.kind) || (c.kind == nil) != (err == nil) || len(stderr) > maxStderr {
				t.Errorf("%d words, %v; want %v", len(stderr), err, c.kind)
			}
		})
	}
}

func TestChildEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := (Child{Name: "sleep", Args: []string{"1000"}, Time: time.Hour}).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestChildOutputIsReturned(t *testing.T) {
	out, stderr, err := Child{Name: "sh", Args: []string{"-c", "echo printed; echo said >&2; exit 3"}, Time: time.Minute, Bytes: 100}.Run(t.Context())
	if string(out) != "printed\n" || stderr != "said" || err == nil || err.Error() != "exit status 3" {
		t.Errorf("%q, %q, %v", out, stderr, err)
	}
}
