package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web/server"
)

// served starts a handler as serve does. It returns the URL of the line that was printed, a way to stop it as a signal
// would, and what answer returned.
func served(t *testing.T, handler http.Handler, stop func(context.Context) error) (base string, interrupt func(), ended <-chan error) {
	t.Helper()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web, err := server.New(server.Options{
		Routes: []server.Route{{Pattern: "/", Handler: handler}}, Log: slog.New(slog.DiscardHandler), Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	read, write := io.Pipe()
	result := make(chan error, 1)
	go func() {
		result <- program{out: write}.answer(ctx, slog.New(slog.DiscardHandler), listener, web, stop)
	}()
	line := make([]byte, 100)
	n, err := read.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	base, ok := strings.CutPrefix(strings.TrimSuffix(string(line[:n]), "\n"), "listening on ")
	if !ok || !strings.HasPrefix(base, "http://127.0.0.1:") || strings.HasSuffix(base, ":0") {
		t.Fatalf("printed %q", line[:n])
	}
	return base, cancel, result
}

func nothingToStop(context.Context) error { return nil }

func TestServeAnswersOnceItSaysThatItListens(t *testing.T) {
	base, interrupt, ended := served(t, http.NotFoundHandler(), nothingToStop)
	res, err := http.Get(base)
	if err != nil || res.StatusCode != http.StatusNotFound {
		t.Fatalf("%v, error %v", res, err)
	}
	res.Body.Close()
	interrupt()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeFinishesARunningAnswer(t *testing.T) {
	asked, finish := make(chan struct{}), make(chan struct{})
	base, interrupt, ended := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-finish
		_, _ = io.WriteString(w, "whole")
	}), func(context.Context) error {
		close(finish) // the signal has come, and the answer is still under way
		return nil
	})
	body := make(chan string, 1)
	go func() {
		res, err := http.Get(base)
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		body <- string(b)
	}()
	<-asked
	interrupt()
	if got := <-body; got != "whole" {
		t.Errorf("the answer was %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(base); err == nil {
		t.Error("it answers after it ended")
	}
}

func TestServeReportsWorkThatDoesNotStop(t *testing.T) {
	fault := errors.New("a worker is stuck")
	_, interrupt, ended := served(t, http.NotFoundHandler(), func(ctx context.Context) error {
		if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
			t.Error("work has no time to end in")
		}
		return fault
	})
	interrupt()
	if err := <-ended; !errors.Is(err, fault) {
		t.Errorf("error %v", err)
	}
}

func TestServeOnATakenAddressNamesTheSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	run := &session{env: map[string]string{"FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": taken.Addr().String()}}
	run.run(t, "serve").expect(t, exitFailure, "FILMGATE_ADDR (--addr)", "address already in use")
}

func TestLogWritesFromItsLevelOn(t *testing.T) {
	var out strings.Builder
	log := newLog(&out, slog.LevelWarn)
	log.Info("quiet")
	log.Warn("loud", "task", taskID)
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "msg=loud task="+taskID) {
		t.Errorf("wrote %q", got)
	}
}
