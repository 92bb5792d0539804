package client

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	pollFirst = 500 * time.Millisecond
	pollMost  = 2 * time.Second
	pollTries = 15 // failed calls in a row before Watch gives up; a restart of the server takes less
)

// Status is how far a task is, from the answer of any dialect.
type Status struct {
	ID       string
	State    string  // "RUNNING"
	Progress float64 // 0..1
	Reason   string  // why it failed: "CODE: text"; "" before
	URL      string  // of the finished video; "" before
	Size     int64   // bytes of the video; 0 = unknown
}

// Ended reports whether the task will not change any more.
func (s Status) Ended() bool {
	return s.State == "SUCCEEDED" || s.State == "FAILED" || s.State == "CANCELLED"
}

// Percent returns the progress as a whole number from 0 to 100.
func (s Status) Percent() int64 { return int64(math.Round(min(max(s.Progress, 0), 1) * 100)) }

// Outcome returns nil for a task that succeeded, else an error that says why there is no video.
func (s Status) Outcome() error {
	switch s.State {
	case "SUCCEEDED":
		return nil
	case "FAILED":
		return fmt.Errorf("task %s failed: %s", s.ID, s.Reason)
	default:
		return fmt.Errorf("task %s was cancelled", s.ID)
	}
}

// Watcher follows a task until it has ended.
type Watcher struct {
	Wait func(context.Context, time.Duration) error           // returns early, with the context's error, if that ends
	Poll func(ctx context.Context, id string) (Status, error) // reads the status
	Show func(Status)                                         // is called after each poll
	// Follow is told of changes as they happen, as Client.Follow is; nil = they are only polled.
	Follow func(ctx context.Context, id string, last *string, show func(Status)) error
}

// Watch follows a task from the status now on, and returns the last one. It polls the task after each time that following has ended, and
// only polls if the server has no streams. The error is [ErrInterrupted] if ctx ends; the task goes
// on then. It is the poll's error if that is final, or if too many polls have failed in a row.
func (w Watcher) Watch(ctx context.Context, now Status) (Status, error) {
	w.Show(now)
	pause, failures, last := pollFirst, 0, ""
	for !now.Ended() {
		ended := w.follow(ctx, now.ID, &last)
		var err error
		if !ended {
			err = w.Wait(ctx, pause)
		}
		if err == nil {
			var next Status
			if next, err = w.Poll(ctx, now.ID); err == nil {
				now, failures = next, 0
				w.Show(now)
			}
		}
		if ctx.Err() != nil {
			return now, ErrInterrupted
		}
		if err != nil {
			if failures++; !temporary(err) || failures == pollTries {
				return now, fmt.Errorf("task %s may go on, but its status could not be read: %w", now.ID, err)
			}
		}
		pause = min(pause*5/4, pollMost)
	}
	return now, nil
}

// follow shows the changes that the server tells of. It reports whether the task has ended; else it is to be polled.
func (w *Watcher) follow(ctx context.Context, id string, last *string) (ended bool) {
	if w.Follow == nil || ctx.Err() != nil {
		return false
	}
	err := w.Follow(ctx, id, last, func(s Status) {
		if !s.Ended() { // the poll that follows says more of the end
			w.Show(s)
		}
	})
	if errors.Is(err, ErrNoStream) {
		w.Follow = nil
	}
	return err == nil
}
