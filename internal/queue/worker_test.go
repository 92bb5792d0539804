package queue

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

// controlSteps returns Steps that send the tasks they are called for, and then return what the test answers.
func controlSteps() (s stepFuncs, stepped chan string, answer chan Next) {
	stepped, answer = make(chan string, 100), make(chan Next, 100)
	return stepFuncs{advance: func(ctx context.Context, id string) (Next, error) {
		stepped <- id
		select {
		case n := <-answer:
			return n, nil
		case <-ctx.Done():
			return Next{}, ctx.Err()
		}
	}}, stepped, answer
}

func TestShortWaitKeepsTheWorker(t *testing.T) {
	for name, c := range map[string]struct {
		wake    task.Wake
		wait    time.Duration
		workers int
	}{
		"of a remote task":                       {remoteTask("t"), 2 * time.Minute, 0},
		"of a remote task with few free workers": {remoteTask("t"), 2 * time.Second, 1},
		"of a local task, even a long one":       {localTask("t"), time.Minute, 0},
		"of a nanosecond":                        {remoteTask("t"), time.Nanosecond, 0},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newManualTimer()
			h := newTestQueue(t, Options{After: clock.after, RemoteWorkers: c.workers})
			steps, stepped, answer := controlSteps()
			h.start(t, steps)
			h.schedule(t, c.wake)
			wait(t, "the first step", stepped)
			answer <- Next{After: c.wait}
			asked := wait(t, "the timer", clock.requests)
			if asked.wait != c.wait {
				t.Errorf("waits for %v, want %v", asked.wait, c.wait)
			}
			if n := h.count(t, `kind = 'wake' AND state = 'running'`); n != 1 {
				t.Errorf("%d jobs are running, want 1", n)
			}
			asked.end <- time.Time{}
			wait(t, "the second step", stepped)
			answer <- Next{Done: true}
		})
	}
}

func TestWaitingTasksWriteNothing(t *testing.T) {
	clock := newManualTimer()
	h := newTestQueue(t, Options{After: clock.after})
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	const tasks = 50
	for i := range tasks {
		h.schedule(t, remoteTask(fmt.Sprint("t", i)))
	}
	var held []timerRequest
	for range tasks {
		wait(t, "a first step", stepped)
		answer <- Next{After: 5 * time.Second}
		held = append(held, wait(t, "a timer", clock.requests))
	}
	before := h.jobWrites(t)
	for _, a := range held {
		a.end <- time.Time{}
		wait(t, "a second step", stepped)
		answer <- Next{After: 5 * time.Second}
		wait(t, "a second timer", clock.requests)
	}
	if n := h.jobWrites(t) - before; n != 0 {
		t.Errorf("%d rows of jobs were changed", n)
	}
}

func TestZeroWaitStepsAtOnce(t *testing.T) {
	h := newTestQueue(t, Options{After: newManualTimer().after})
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	h.schedule(t, remoteTask("t"))
	answer <- Next{}
	answer <- Next{Done: true}
	wait(t, "the first step", stepped)
	wait(t, "the second step", stepped)
}

func TestWakeForSoonWaitsForItsTime(t *testing.T) {
	clock := newManualTimer()
	h := newTestQueue(t, Options{ShortWait: time.Minute, After: clock.after})
	steps, stepped := recordSteps()
	h.start(t, steps)
	h.schedule(t, task.Wake{Task: "t", Lane: task.Remote, At: time.Now().Add(time.Minute)})
	asked := wait(t, "the timer", clock.requests)
	if asked.wait <= 0 || asked.wait > time.Minute {
		t.Errorf("waits for %v, want almost a minute", asked.wait)
	}
	asked.end <- time.Time{}
	wait(t, "the step", stepped)
}

// startWaiting returns a queue in which the remote task t was stepped once and waits for 90 s.
func startWaiting(t *testing.T, o Options) (h *testQueue, c *manualTimer, stepped chan string, answer chan Next) {
	t.Helper()
	c = newManualTimer()
	o.After = c.after
	h = newTestQueue(t, o)
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	h.schedule(t, remoteTask("t"))
	wait(t, "the first step", stepped)
	answer <- Next{After: 90 * time.Second}
	wait(t, "the timer", c.requests)
	return h, c, stepped, answer
}

func TestWakeForSoonStepsAWaitingTask(t *testing.T) {
	h, clock, stepped, answer := startWaiting(t, Options{ShortWait: time.Minute})
	if err := h.Wake(t.Context(), task.Wake{Task: "t", Lane: task.Remote, At: time.Now().Add(30 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	asked := wait(t, "the timer of the wake", clock.requests)
	if asked.wait <= 0 || asked.wait > 30*time.Second || len(stepped) > 0 {
		t.Errorf("it waits for %v, and %d steps came before", asked.wait, len(stepped))
	}
	asked.end <- time.Time{}
	wait(t, "the step", stepped)
	answer <- Next{Done: true}
}

func TestWakeStepsAWaitingTask(t *testing.T) {
	h, _, stepped, answer := startWaiting(t, Options{})
	if err := h.Wake(t.Context(), remoteTask("t")); err != nil {
		t.Fatal(err)
	}
	wait(t, "the second step, before its time", stepped)
	answer <- Next{Done: true}
	if err := h.Wake(t.Context(), task.Wake{Task: "t", Lane: "fast"}); err == nil {
		t.Error("an unknown lane was accepted")
	}
	if err := h.Wake(t.Context()); err != nil {
		t.Errorf("no wakes: %v", err)
	}
}

func TestLongWaitFreesTheWorker(t *testing.T) {
	for name, c := range map[string]struct {
		set     func(string) task.Wake
		after   time.Duration
		workers int // for remote tasks
	}{
		"remote":                       {remoteTask, time.Hour, 10},
		"remote with few free workers": {remoteTask, time.Minute, 1},
		"local":                        {localTask, time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			set := c.set
			h := newTestQueue(t, Options{RemoteWorkers: c.workers, LocalWorkers: 1})
			steps, stepped, answer := controlSteps()
			snoozed := h.subscribe(t, river.EventKindJobSnoozed)
			h.start(t, steps)
			h.schedule(t, set("waits"))
			wait(t, "the step", stepped)
			answer <- Next{After: c.after}
			job := wait(t, "the snooze", snoozed).Job
			if ahead := time.Until(job.ScheduledAt); job.Attempt != 0 || ahead < c.after-30*time.Second || ahead > c.after {
				t.Errorf("it runs in %v after %d attempts, want in %v and none", ahead, job.Attempt, c.after)
			}
			h.schedule(t, set("another"))
			wait(t, "the worker to take another", stepped)
			answer <- Next{Done: true}
		})
	}
}

func TestSnoozedJobRunsAgain(t *testing.T) {
	h := newTestQueue(t, Options{ShortWait: time.Millisecond})
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	h.schedule(t, remoteTask("t"))
	wait(t, "the first step", stepped)
	answer <- Next{After: 5 * time.Millisecond}
	wait(t, "the second step", stepped)
	answer <- Next{Done: true}
}

func TestWakeDuringAStep(t *testing.T) {
	t.Run("steps once more, never twice at a time", func(t *testing.T) {
		h := newTestQueue(t, Options{})
		steps, stepped, answer := controlSteps()
		var at atomic.Int32
		done := h.subscribe(t, river.EventKindJobCompleted)
		h.start(t, stepFuncs{advance: func(ctx context.Context, id string) (Next, error) {
			if at.Add(1) > 1 {
				t.Error("two steps at a time")
			}
			defer at.Add(-1)
			return steps.Advance(ctx, id)
		}})
		h.schedule(t, remoteTask("t"))
		wait(t, "the first step", stepped)
		h.schedule(t, remoteTask("t"), localTask("t"))
		for n := 0; n < 2; { // both complete while the first step still runs
			if wait(t, "the other jobs", done).Job.Kind == "wake" {
				n++
			}
		}
		answer <- Next{Done: true}
		wait(t, "one more step", stepped)
		answer <- Next{Done: true}
	})
	t.Run("ends a wait, also from the other lane", func(t *testing.T) {
		clock := newManualTimer()
		h := newTestQueue(t, Options{LocalWorkers: 1, After: clock.after})
		steps, stepped, answer := controlSteps()
		h.start(t, steps)
		h.schedule(t, localTask("t"))
		wait(t, "the first step", stepped)
		answer <- Next{After: time.Second}
		wait(t, "the timer", clock.requests)
		h.schedule(t, remoteTask("t"))
		wait(t, "the second step", stepped)
		answer <- Next{Done: true}
	})
	t.Run("is not lost if the job would be snoozed", func(t *testing.T) {
		h := newTestQueue(t, Options{})
		steps, stepped, answer := controlSteps()
		done := h.subscribe(t, river.EventKindJobCompleted)
		h.start(t, steps)
		h.schedule(t, remoteTask("t"))
		wait(t, "the first step", stepped)
		h.schedule(t, remoteTask("t"))
		for wait(t, "the other job", done).Job.Kind != "wake" {
		}
		answer <- Next{After: time.Hour}
		wait(t, "one more step", stepped)
		answer <- Next{Done: true}
	})
}

func TestSnoozedJobReplacesOlderOnes(t *testing.T) {
	h := newTestQueue(t, Options{})
	steps, stepped, answer := controlSteps()
	snoozed := h.subscribe(t, river.EventKindJobSnoozed)
	h.start(t, steps)
	h.schedule(t, task.Wake{Task: "t", Lane: task.Remote, At: time.Now().Add(2 * time.Hour)}) // has its own time
	for _, id := range []string{"t", "t", "other", "t"} {
		h.schedule(t, remoteTask(id))
		wait(t, "the step", stepped)
		answer <- Next{After: time.Hour}
		wait(t, "the snooze", snoozed)
	}
	if n := h.count(t, `state = 'scheduled' AND args->>'task' = 't' AND attempted_at IS NOT NULL`); n != 1 {
		t.Errorf("%d snoozed jobs of the task, want only the last", n)
	}
	if n := h.count(t, `state = 'scheduled'`); n != 3 {
		t.Errorf("%d jobs wait in all, want also the one with its own time and the other task's", n)
	}
}

func TestWakeWithItsOwnTimeIsNotScheduled(t *testing.T) {
	h := newTestQueue(t, Options{})
	w := remoteTask("t")
	w.At = time.Now().Add(time.Hour)
	h.schedule(t, w)
	if scheduled, err := h.Scheduled(t.Context(), "t"); err != nil || scheduled {
		t.Errorf("%v, %v", scheduled, err)
	}
}
