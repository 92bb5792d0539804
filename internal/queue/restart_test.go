package queue

import (
	"context"
	"testing"
	"time"
)

func TestWhatADeadProcessWasAtRingsAgain(t *testing.T) {
	h := newHouse(t, Options{})
	h.set(t, remote("t"))
	// As it is left when the process is killed: a job that runs, and a leader whose term has long to go.
	for _, statement := range []string{
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec')`,
		`INSERT INTO river_leader (name, leader_id, elected_at, expires_at)
			VALUES ('default', 'dead', datetime('now'), datetime('now', '+1 hour'))`,
	} {
		if _, err := h.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	steps, rung := told()
	swept := make(chan struct{}, 10)
	steps.sweep = func(context.Context) error {
		swept <- struct{}{}
		return nil
	}
	h.start(t, steps)
	wait(t, "the alarm", rung)
	wait(t, "a sweep, which a new leader orders", swept)
}

func TestStopGivesJobsBack(t *testing.T) {
	t.Run("that wait, at once", func(t *testing.T) {
		clock := newClock()
		h := newHouse(t, Options{After: clock.after, StopGrace: time.Hour})
		steps, rung, answer := next()
		h.start(t, steps)
		h.set(t, local("t"))
		wait(t, "the step", rung)
		answer <- Next{After: 50 * time.Millisecond}
		wait(t, "the hold", clock.asked)
		givenBack(t, h)
	})
	t.Run("that take longer than the grace, once it is over", func(t *testing.T) {
		h := newHouse(t, Options{StopGrace: time.Millisecond})
		steps, rung, _ := next()
		h.start(t, steps)
		h.set(t, local("t"))
		wait(t, "the step", rung)
		givenBack(t, h)
	})
	t.Run("but not those that end within it", func(t *testing.T) {
		h := newHouse(t, Options{StopGrace: time.Hour})
		steps, rung, answer := next()
		h.start(t, steps)
		h.set(t, local("t"))
		wait(t, "the step", rung)
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(t.Context()) }()
		<-h.stops
		answer <- Next{Done: true}
		if err := wait(t, "the stop", stopped); err != nil {
			t.Error(err)
		}
		if n := h.count(t, `kind = 'wake' AND state = 'completed'`); n != 1 {
			t.Errorf("%d jobs are completed, want 1", n)
		}
	})
	t.Run("and says so when it takes longer than its caller waits", func(t *testing.T) {
		h := newHouse(t, Options{StopGrace: time.Hour})
		steps, rung, answer := next()
		h.start(t, steps)
		h.set(t, local("t"))
		wait(t, "the step", rung)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.Stop(ctx); err == nil {
			t.Error("it claims to have stopped")
		}
		answer <- Next{Done: true}
		if err := h.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// givenBack stops the queue and checks that its job is as if it had never been fetched, and that the next queue rings it.
func givenBack(t *testing.T, h *house) {
	t.Helper()
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, `kind = 'wake' AND state = 'available' AND attempt = 0 AND errors IS NULL`); n != 1 {
		t.Errorf("%d jobs are given back, want 1", n)
	}
	h.open(t, Options{})
	steps, rung := told()
	h.start(t, steps)
	wait(t, "the next process to ring it", rung)
}
