package node

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/web/server"
)

// served serves a handler as Serve does. It returns the URL, a way to stop it as a signal would, and the channel of what answer
// returns.
func served(t *testing.T, handler http.Handler, stop func(context.Context) error) (base string, interrupt func(), ended <-chan error) {
	t.Helper()
	listener, err := listen.Open(t.Context(), listen.Options{Addr: "127.0.0.1:0"})
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
	n := &Node{Options: Options{Log: slog.New(slog.DiscardHandler)}}
	result := make(chan error, 1)
	go func() { result <- n.answer(ctx, listener, web, stop) }()
	return "http://" + listener.Addr().String(), cancel, result
}

func nothingToStop(context.Context) error { return nil }

func TestAnswerEndsWithItsContext(t *testing.T) {
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

func TestServeAnswersOnceItListensAndReloadsAtASignal(t *testing.T) {
	r := newReloads(t, "models: {a: [animatic]}\n")
	r.Settings.Addr = "127.0.0.1:0"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	at, hangups, ended := make(chan string, 1), make(chan os.Signal), make(chan error, 1)
	go func() { ended <- r.Serve(ctx, hangups, func(url string) { at <- url }) }()
	res, err := http.Get(<-at + "/healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, error %v", res, err)
	}
	res.Body.Close()
	hangups <- syscall.SIGHUP
	hangups <- syscall.SIGHUP // is received when the first reload has ended
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if logged := r.log.String(); !strings.Contains(logged, "settings read again") {
		t.Errorf("no reload in\n%s", logged)
	}
}

func TestEachIsCalledAfterEveryIntervalUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []time.Duration
		began, ended, done := time.Now(), make(chan struct{}), make(chan struct{})
		go func() {
			each(time.Hour, ended, func() { calls = append(calls, time.Since(began)) })
			close(done)
		}()
		<-time.After(150 * time.Minute)
		close(ended)
		<-done
		if !slices.Equal(calls, []time.Duration{time.Hour, 2 * time.Hour}) {
			t.Errorf("called after %v", calls)
		}
	})
}
