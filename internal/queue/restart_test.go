package queue

import (
	"context"
	"testing"
	"time"
)

func TestJobsOfADeadProcessRunAgain(t *testing.T) {
	h := newTestQueue(t, Options{})
	h.schedule(t, remoteTask("t"))
	// A killed process leaves a running job, and a leader with a term that is far from over.
	for _, statement := range []string{
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP`,
		`INSERT INTO river_leader (name, leader_id, elected_at, expires_at)
			VALUES ('default', 'dead', CURRENT_TIMESTAMP, '2999-01-01 00:00:00')`,
	} {
		if _, err := h.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	steps, stepped := recordSteps()
	swept := make(chan struct{}, 10)
	steps.sweep = func(context.Context) error {
		swept <- struct{}{}
		return nil
	}
	h.start(t, steps)
	wait(t, "the step", stepped)
	wait(t, "a sweep, which a new leader schedules", swept)
}

// The clock that made a job was ahead of the one that says what is due: it was set back since, or that of PostgreSQL is another one. The job that
// waits for a sweep would keep all others from being inserted.
func TestJobsOfAClockThatWasAheadRun(t *testing.T) {
	h := newTestQueue(t, Options{})
	steps, stepped := recordSteps()
	swept := make(chan struct{}, 10)
	steps.sweep = func(context.Context) error {
		swept <- struct{}{}
		return nil
	}
	h.start(t, steps)
	wait(t, "a sweep", swept)
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.schedule(t, remoteTask("t"))
	for _, statement := range []string{
		`UPDATE river_job SET state = 'available', finalized_at = NULL WHERE kind = 'sweep'`,
		`UPDATE river_job SET scheduled_at = '2999-01-01 00:00:00'`,
	} {
		if _, err := h.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	h.reopen(t, Options{})
	h.start(t, steps)
	wait(t, "the step", stepped)
	wait(t, "the sweep", swept)
}

func TestStopReturnsJobs(t *testing.T) {
	t.Run("waiting jobs at once", func(t *testing.T) {
		clock := newManualTimer()
		h := newTestQueue(t, Options{After: clock.after, StopGrace: time.Hour})
		steps, stepped, answer := controlSteps()
		h.start(t, steps)
		h.schedule(t, localTask("t"))
		wait(t, "the step", stepped)
		answer <- Next{After: 50 * time.Millisecond}
		wait(t, "the timer", clock.requests)
		checkReturned(t, h)
	})
	t.Run("running jobs after the grace", func(t *testing.T) {
		h := newTestQueue(t, Options{StopGrace: time.Millisecond})
		steps, stepped, _ := controlSteps()
		h.start(t, steps)
		h.schedule(t, localTask("t"))
		wait(t, "the step", stepped)
		checkReturned(t, h)
	})
	t.Run("not jobs that end within the grace", func(t *testing.T) {
		h := newTestQueue(t, Options{StopGrace: time.Hour})
		steps, stepped, answer := controlSteps()
		h.start(t, steps)
		h.schedule(t, localTask("t"))
		wait(t, "the step", stepped)
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(t.Context()) }()
		<-h.stopC
		answer <- Next{Done: true}
		if err := wait(t, "the stop", stopped); err != nil {
			t.Error(err)
		}
		if n := h.count(t, `kind = 'wake' AND state = 'completed'`); n != 1 {
			t.Errorf("%d jobs are completed, want 1", n)
		}
	})
	t.Run("and fails if its context ends first", func(t *testing.T) {
		h := newTestQueue(t, Options{StopGrace: time.Hour})
		steps, stepped, answer := controlSteps()
		h.start(t, steps)
		h.schedule(t, localTask("t"))
		wait(t, "the step", stepped)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.Stop(ctx); err == nil {
			t.Error("Stop returned nil")
		}
		answer <- Next{Done: true}
		if err := h.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// checkReturned stops the queue and checks that its job looks as if it was never fetched, and that the next queue runs it.
func checkReturned(t *testing.T, h *testQueue) {
	t.Helper()
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, `kind = 'wake' AND state = 'available' AND attempt = 0 AND errors IS NULL`); n != 1 {
		t.Errorf("%d jobs were returned, want 1", n)
	}
	h.reopen(t, Options{})
	steps, stepped := recordSteps()
	h.start(t, steps)
	wait(t, "the step in the next process", stepped)
}
