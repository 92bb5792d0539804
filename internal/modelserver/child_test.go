package modelserver

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/process/processtest"
)

// shell returns a Supervisor of a shell script, which works as soon as the file "works" is in its folder.
func shell(t *testing.T, script string, changed func(Status)) (*Supervisor, string) {
	t.Helper()
	dir := t.TempDir()
	return New(Options{
		Program: Program{Path: "sh", Args: []string{"-c", script}, Dir: dir, Env: []string{"GREETING=hello", "GIVEN_TOKEN=t"}},
		Check: func(context.Context) (string, error) {
			b, err := os.ReadFile(filepath.Join(dir, "works"))
			return string(b), err
		},
		Changed: changed, Log: slog.New(slog.DiscardHandler),
	}), dir
}

func TestAllProcessesOfAProgramEnd(t *testing.T) {
	t.Setenv("FILMGATE_DATA", "x")
	t.Setenv("VENDOR_KEY", "secret")
	ctx, stop := context.WithCancel(t.Context())
	var said string
	s, dir := shell(t, `(trap "" TERM; while :; do sleep 1; done) >/dev/null 2>&1 & echo $! > other; echo "$GREETING$FILMGATE_DATA$VENDOR_KEY$GIVEN_TOKEN" > made; mv made works; wait`, func(st Status) {
		if st.State == Healthy {
			said = st.Said
			stop()
		}
	})
	s.Run(ctx)
	if strings.TrimSpace(said) != "hellot" {
		t.Errorf("it has said %q: it gets no secrets but those that it is given", said)
	}
	b, err := os.ReadFile(filepath.Join(dir, "other"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	for late := time.After(10 * time.Second); processtest.Runs(other); {
		select {
		case <-late:
			t.Fatal("a process that the program had started still runs")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestWhatAProgramThatEndsHasPrintedIsInTheFailure(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var failure string
	s, _ := shell(t, `echo "[INFO ] loading"; echo "[ERROR] the file is no model" >&2; exit 3`, func(st Status) {
		if st.State == Waiting {
			failure = st.Failure
			stop()
		}
	})
	s.Run(ctx)
	if !strings.HasPrefix(failure, "it ended by itself ") || !strings.HasSuffix(failure, " after its start (exit status 3); its last lines: [INFO ] loading / [ERROR] the file is no model") {
		t.Errorf("failure %q", failure)
	}
}

func TestAProgramIsNotStartedWithoutItsFileOrItsPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for want, p := range map[string]Program{
		"/nowhere/sd-server can't be started: no such file or directory":                            {Path: "/nowhere/sd-server"},
		"no-such-sd-server can't be started: executable file not found in $PATH":                    {Path: "no-such-sd-server"},
		"sh can't be started: stat /nowhere: no such file or directory":                             {Path: "sh", Dir: "/nowhere"},
		os.TempDir() + " can't be started: permission denied":                                       {Path: os.TempDir()},
		"its address " + l.Addr().String() + " is in use by another program: end that one, or take": {Path: "true", Addr: l.Addr().String()},
	} {
		ctx, stop := context.WithCancel(t.Context())
		failure := ""
		s := New(Options{Program: p, Log: slog.New(slog.DiscardHandler), Changed: func(st Status) {
			if st.State == Waiting {
				failure = st.Failure
				stop()
			}
		}})
		s.Run(ctx)
		if !strings.HasPrefix(failure, want) {
			t.Errorf("%q, want %q", failure, want)
		}
	}
}

func TestTheEnvironmentHasNoSecrets(t *testing.T) {
	got := withoutSecrets([]string{"PATH=/bin", "FILMGATE_ADDR=:1", "AWS_PROFILE=x", "RUNWAY_KEY=k", "db_password=p", "HF_TOKEN=t", "CUDA_VISIBLE_DEVICES=0"})
	if !slices.Equal(got, []string{"PATH=/bin", "CUDA_VISIBLE_DEVICES=0"}) {
		t.Errorf("%v", got)
	}
}
