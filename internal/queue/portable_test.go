package queue

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

// takeOver moves all jobs from one queue to another.
func takeOver(t *testing.T, from, to *testQueue) (moved int) {
	t.Helper()
	err := from.Jobs(t.Context(), func(page []Job) error {
		moved += len(page)
		return to.TakeOver(t.Context(), page)
	})
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

func TestJobsThatHaveNotEndedAreTakenOver(t *testing.T) {
	from, to := newTestQueue(t, Options{}), newTestQueue(t, Options{})
	later := time.Now().Add(time.Hour)
	from.schedule(t, remoteTask("remote"), localTask("local"), task.Wake{Task: "low", Lane: task.Remote, Low: true},
		task.Wake{Task: "later", Lane: task.Remote, At: later}, task.Wake{Task: "told", Notify: task.Succeeded})
	if n := takeOver(t, from, to); n != 5 {
		t.Errorf("%d jobs were moved, want 5", n)
	}
	for _, want := range []string{
		`queue = 'remote' AND state = 'available' AND priority = 1 AND args->>'task' = 'remote'`,
		`queue = 'local' AND state = 'available' AND args->>'task' = 'local'`,
		`queue = 'remote' AND priority = 4 AND args->>'task' = 'low'`,
		`queue = 'remote' AND state = 'scheduled' AND args->>'task' = 'later'`,
		`queue = 'notify' AND state = 'available' AND args->>'of' = 'told' AND args->>'state' = 'SUCCEEDED' AND max_attempts = 33`,
	} {
		if n := to.count(t, want); n != 1 {
			t.Errorf("%d jobs with %s", n, want)
		}
	}
	if n := from.count(t, `finalized_at IS NULL`); n != 5 {
		t.Errorf("%d jobs are left in the first queue, want all 5", n)
	}
}

func TestJobsOfEveryPageAreTakenOverInTheirOrder(t *testing.T) {
	from, to := newTestQueue(t, Options{}), newTestQueue(t, Options{})
	var wakes []task.Wake
	for i := range 2*jobsPage + 1 {
		wakes = append(wakes, remoteTask(fmt.Sprintf("%04d", i)))
	}
	from.schedule(t, wakes...)
	if n := takeOver(t, from, to); n != len(wakes) {
		t.Errorf("%d jobs were moved, want %d", n, len(wakes))
	}
	if n := to.count(t, `EXISTS (SELECT 1 FROM river_job later WHERE later.id > river_job.id AND later.args->>'task' < river_job.args->>'task')`); n != 0 {
		t.Errorf("%d jobs come before one that was scheduled before them", n)
	}
}

func TestSnoozedJobsRunAtOnceWhereTheyAreTakenOver(t *testing.T) {
	from, to := newTestQueue(t, Options{MaxRemoteWait: time.Second}), newTestQueue(t, Options{})
	snoozed := from.subscribe(t, river.EventKindJobSnoozed)
	from.start(t, stepFuncs{advance: func(context.Context, string) (Next, error) { return Next{After: time.Hour}, nil }})
	from.schedule(t, remoteTask("t"))
	wait(t, "the wait", snoozed)
	if err := from.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := takeOver(t, from, to); n != 1 {
		t.Errorf("%d jobs were moved: the sweep is not to be among them", n)
	}
	steps, stepped := recordSteps()
	to.start(t, steps)
	if got := wait(t, "the step", stepped); got != "t" {
		t.Errorf("stepped %q", got)
	}
}

func TestDeleteJobsLeavesNone(t *testing.T) {
	q := newTestQueue(t, Options{})
	q.schedule(t, remoteTask("a"), localTask("b"))
	if err := q.DeleteJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := takeOver(t, q, q); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
}
