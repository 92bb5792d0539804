package panics_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"maps"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/panics"
)

func write(m map[string]int) { m["x"] = 1 }

func broken() error { panic("a mistake") }

func TestCatchReturnsPanicWithStack(t *testing.T) {
	for name, c := range map[string]struct {
		f    func() error
		want string
	}{
		"a text":          {broken, "panic: a mistake"},
		"an error":        {func() error { panic(io.EOF) }, "panic: EOF"},
		"a runtime error": {func() error { write(nil); return nil }, "panic: assignment to entry in nil map"},
		"nil":             {func() error { panic(nil) }, "panic: panic called with nil argument"}, //nolint:govet // on purpose
	} {
		t.Run(name, func(t *testing.T) {
			err := panics.Catch(c.f)
			var e *panics.Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) || !bytes.Contains(e.Stack, []byte("panics_test.go")) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestPanicWithAnErrorUnwraps(t *testing.T) {
	if err := panics.Catch(func() error { panic(io.EOF) }); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

func TestCatchReturnsTheError(t *testing.T) {
	for _, want := range []error{nil, io.EOF} {
		if err := panics.Catch(func() error { return want }); err != want { //nolint:errorlint // the very same
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestGroupPanicsAfterAllHaveReturned(t *testing.T) {
	var g panics.Group
	ended, panicked := make(chan struct{}), make(chan struct{})
	g.Go(func() { defer close(panicked); panic("a mistake") })
	g.Go(func() { <-panicked; close(ended) })
	err := panics.Catch(func() error { g.Wait(); return nil })
	var e *panics.Error
	if !errors.As(err, &e) || e.Value != "a mistake" || !bytes.Contains(e.Stack, []byte("TestGroupPanics")) {
		t.Errorf("%v", err)
	}
	select {
	case <-ended:
	default:
		t.Error("Wait did not wait for all")
	}
}

func TestGroupWithoutPanic(t *testing.T) {
	var g panics.Group
	n := make(chan int, 2)
	g.Go(func() { n <- 1 })
	g.Go(func() { n <- 2 })
	g.Wait()
	if len(n) != 2 {
		t.Errorf("%d functions have returned, want 2", len(n))
	}
}

func TestRecorderLogsAndCounts(t *testing.T) {
	var log bytes.Buffer
	r := panics.NewRecorder(slog.New(slog.NewTextHandler(&log, nil)))
	_ = r.Run(t.Context(), "queue", broken)
	_ = r.Run(t.Context(), "queue", broken)
	if err := r.Run(t.Context(), "reload", func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	done := make(chan error, 1)
	r.Go(t.Context(), "render", broken, func(err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("done was called without the panic")
	}
	if got := r.Counts(); !maps.Equal(got, map[string]uint64{"queue": 2, "render": 1}) {
		t.Errorf("%v", got)
	}
	for _, want := range []string{"level=ERROR", "place=queue", `panic="a mistake"`, "panics_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, log.String())
		}
	}
}

func TestNilRecorder(t *testing.T) {
	var none *panics.Recorder
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := none.Run(t.Context(), "queue", broken); err == nil || none.Counts() != nil {
		t.Errorf("%v, %v", err, none.Counts())
	}
}
