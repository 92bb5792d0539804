package queue

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
)

func TestFailedStepRunsAgain(t *testing.T) {
	for name, fail := range map[string]func() error{
		"after an error": func() error { return errors.New("step failed") },
		"after a panic":  func() error { panic("step failed") },
	} {
		t.Run(name, func(t *testing.T) {
			attempts := make(chan int, 10)
			h := newTestQueue(t, Options{Backoff: func(attempt int) time.Duration {
				attempts <- attempt
				return time.Millisecond
			}})
			done := h.subscribe(t, river.EventKindJobCompleted)
			var calls atomic.Int32
			h.start(t, stepFuncs{advance: func(context.Context, string) (Next, error) {
				if calls.Add(1) < 3 {
					return Next{}, fail()
				}
				return Next{Done: true}, nil
			}})
			h.schedule(t, remoteTask("the-task"))
			for want := 1; want < 3; want++ {
				if got := wait(t, "the back-off", attempts); got != want {
					t.Errorf("backs off for attempt %d, want %d", got, want)
				}
			}
			for wait(t, "the end", done).Job.Kind != "wake" {
			}
			if log := h.log.String(); !strings.Contains(log, "the-task") || !strings.Contains(log, "step failed") {
				t.Errorf("the log does not say what failed: %s", log)
			}
			if n := h.panics.Counts()["queue"]; (n == 2) != strings.Contains(name, "panic") {
				t.Errorf("%d panics are counted", n)
			}
		})
	}
}

func TestFailedStepRunsAgainWithinItsLimit(t *testing.T) {
	h := newTestQueue(t, Options{Backoff: func(int) time.Duration { return time.Hour }})
	done := h.subscribe(t, river.EventKindJobCompleted)
	var calls atomic.Int32
	h.start(t, stepFuncs{advance: func(context.Context, string) (Next, error) {
		if calls.Add(1) == 1 {
			return Next{After: time.Millisecond}, errors.New("step failed")
		}
		return Next{Done: true}, nil
	}})
	h.schedule(t, remoteTask("the-task"))
	for wait(t, "the end", done).Job.Kind != "wake" {
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("%d steps, want 2", n)
	}
}
