package queue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/task"
)

func TestWakeRuns(t *testing.T) {
	for name, w := range map[string]task.Wake{
		"in the local lane":         localTask("t"),
		"in the remote lane":        remoteTask("t"),
		"with low priority":         {Task: "t", Lane: task.Remote, Low: true},
		"with a time in the past":   {Task: "t", Lane: task.Remote, At: time.Now().Add(-time.Hour)},
		"enqueued before the start": remoteTask("t"),
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestQueue(t, Options{})
			steps, stepped := recordSteps()
			done := h.subscribe(t, river.EventKindJobCompleted)
			if strings.HasSuffix(name, "start") {
				h.schedule(t, w)
				h.start(t, steps)
			} else {
				h.start(t, steps)
				h.schedule(t, w)
			}
			if got := wait(t, "the step", stepped); got != "t" {
				t.Errorf("stepped %q", got)
			}
			for wait(t, "its end", done).Job.Kind != "wake" {
			}
			if n := h.count(t, `kind = 'wake' AND state = 'completed'`); n != 1 {
				t.Errorf("%d jobs are completed, want 1", n)
			}
		})
	}
}

func TestEnqueue(t *testing.T) {
	refuse := errors.New("not this time")
	for _, c := range []struct {
		name  string
		wakes []task.Wake
		fail  error // after Enqueue
		jobs  int   // at once
		later int
		wrong string
	}{
		{name: "no wakes"},
		{name: "a rolled back transaction", wakes: []task.Wake{remoteTask("a"), localTask("b")}, fail: refuse},
		{name: "several", wakes: []task.Wake{remoteTask("a"), localTask("b")}, jobs: 2},
		{name: "one for soon is available at once", wakes: []task.Wake{{Task: "a", Lane: task.Local, At: time.Now().Add(time.Minute)}}, jobs: 1},
		{name: "one for later is scheduled", wakes: []task.Wake{{Task: "a", Lane: task.Local, At: time.Now().Add(time.Hour)}}, later: 1},
		{name: "an unknown lane fails all of them", wakes: []task.Wake{remoteTask("a"), {Task: "b", Lane: "fast"}},
			wrong: `queue: wake of task b: there is no lane "fast"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestQueue(t, Options{ShortWait: 10 * time.Minute})
			tx := h.begin(t)
			err := tx.enqueue(t.Context(), c.wakes)
			if (err == nil) != (c.wrong == "") || err != nil && err.Error() != c.wrong {
				t.Errorf("Enqueue: %v, want %q", err, c.wrong)
			}
			if c.fail != nil || err != nil {
				err = tx.rollback()
			} else {
				err = tx.commit()
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := h.count(t, `state = 'available'`); n != c.jobs {
				t.Errorf("%d jobs for now, want %d", n, c.jobs)
			}
			if n := h.count(t, `state = 'scheduled'`); n != c.later {
				t.Errorf("%d jobs for later, want %d", n, c.later)
			}
		})
	}
}

func TestLowPriorityComesLast(t *testing.T) {
	h := newTestQueue(t, Options{LocalWorkers: 1})
	stepped := make(chan string, 10)
	goOn := make(chan struct{})
	h.start(t, stepFuncs{advance: func(_ context.Context, id string) (Next, error) {
		stepped <- id
		<-goOn
		return Next{Done: true}, nil
	}})
	h.schedule(t, localTask("first"))
	wait(t, "the worker to be busy", stepped)
	low := localTask("low")
	low.Low = true
	h.schedule(t, low, localTask("normal 1"))
	h.schedule(t, localTask("normal 2"))
	close(goOn)
	got := []string{wait(t, "the second", stepped), wait(t, "the third", stepped), wait(t, "the fourth", stepped)}
	if want := []string{"normal 1", "normal 2", "low"}; !slices.Equal(got, want) {
		t.Errorf("stepped %v, want %v", got, want)
	}
}

func TestLocalWorkersAreLimited(t *testing.T) {
	h := newTestQueue(t, Options{LocalWorkers: 2})
	began, goOn := make(chan string, 10), make(chan struct{})
	h.start(t, stepFuncs{advance: func(_ context.Context, id string) (Next, error) {
		began <- id
		if !strings.HasPrefix(id, "remote") {
			<-goOn
		}
		return Next{Done: true}, nil
	}})
	h.schedule(t, localTask("1"), localTask("2"), localTask("3"), localTask("4"))
	wait(t, "the first", began)
	wait(t, "the second", began)
	h.schedule(t, remoteTask("remote")) // runs although two local jobs wait for a worker
	if got := wait(t, "the remote one", began); got != "remote" {
		t.Errorf("%q started while both local workers were busy", got)
	}
	if n := h.count(t, `state = 'running' AND queue = 'local'`); n != 2 {
		t.Errorf("%d jobs are running, want 2", n)
	}
	close(goOn)
	wait(t, "the third", began)
	wait(t, "the fourth", began)
}

func TestSweepsRunFromTheStart(t *testing.T) {
	h := newTestQueue(t, Options{SweepEvery: 100 * time.Millisecond})
	swept := make(chan struct{}, 100)
	h.start(t, stepFuncs{sweep: func(context.Context) error {
		swept <- struct{}{}
		return errors.New("a sweep failed")
	}})
	wait(t, "the first sweep", swept)
	wait(t, "the second sweep", swept)
}

func TestStartAndStop(t *testing.T) {
	steps, stepped := recordSteps()
	t.Run("may each be called twice", func(t *testing.T) {
		h := newTestQueue(t, Options{})
		h.start(t, steps)
		h.start(t, steps)
		for range 2 {
			if err := h.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("Stop without Start", func(t *testing.T) {
		if err := newTestQueue(t, Options{}).Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("Start after Stop fails", func(t *testing.T) {
		h := newTestQueue(t, Options{})
		if err := h.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.Start(t.Context(), steps); err == nil {
			t.Error("it started")
		}
	})
	t.Run("the end of Start's context changes nothing", func(t *testing.T) {
		h := newTestQueue(t, Options{})
		ctx, cancel := context.WithCancel(t.Context())
		if err := h.Start(ctx, steps); err != nil {
			t.Fatal(err)
		}
		cancel()
		h.schedule(t, remoteTask("t"))
		wait(t, "the step", stepped)
	})
	t.Run("Start without tables fails", func(t *testing.T) {
		h := &testQueue{}
		h.openEmpty(t)
		h.reopen(t, Options{})
		if err := h.Start(t.Context(), steps); err == nil || !strings.Contains(err.Error(), "river_job") {
			t.Errorf("Start: %v", err)
		}
	})
}

func TestPing(t *testing.T) {
	h := newTestQueue(t, Options{})
	if err := h.Ping(t.Context()); err == nil {
		t.Error("nil before Start")
	}
	steps, _ := recordSteps()
	h.start(t, steps)
	if err := h.Ping(t.Context()); err != nil {
		t.Errorf("a running queue: %v", err)
	}
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Ping(t.Context()); err == nil {
		t.Error("nil after Stop")
	}
}

func TestMigrate(t *testing.T) {
	h := newTestQueue(t, Options{})
	from, to, err := h.Migrate(t.Context())
	if err != nil || from != to || to == 0 {
		t.Errorf("the second time it goes from %d to %d (%v)", from, to, err)
	}
	if _, err := h.db.ExecContext(t.Context(), `INSERT INTO river_migration (line, version) VALUES ('main', $1)`, to+1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("a newer program's tables: %v", err)
	}
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		attempt int
		roll    float64
		want    time.Duration
	}{
		{1, 0, time.Second},
		{1, 0.5, 1500 * time.Millisecond},
		{2, 0.5, 2500 * time.Millisecond},
		{5, 0.999999999, 32 * time.Second},
		{6, 0.999999999, time.Minute},
		{1000, 0.999999999, time.Minute},
		{1000, 0, time.Second},
	} {
		if got := backoff(c.attempt, c.roll); got.Round(time.Millisecond) != c.want {
			t.Errorf("backoff(%d, %v) = %v, want %v", c.attempt, c.roll, got, c.want)
		}
	}
}

func TestScheduled(t *testing.T) {
	h := newTestQueue(t, Options{})
	scheduled := func(id string) bool {
		t.Helper()
		got, err := h.Scheduled(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	h.schedule(t, localTask("waits"))
	if !scheduled("waits") || scheduled("another") {
		t.Errorf("before the start: %v, another: %v", scheduled("waits"), scheduled("another"))
	}
	during := make(chan bool, 1)
	done := h.subscribe(t, river.EventKindJobCompleted)
	h.start(t, stepFuncs{advance: func(ctx context.Context, id string) (Next, error) {
		got, err := h.Scheduled(ctx, id)
		during <- got && err == nil
		return Next{Done: true}, nil
	}})
	if !wait(t, "the step", during) {
		t.Error("false during the step")
	}
	for wait(t, "its end", done).Job.Kind != "wake" {
	}
	if scheduled("waits") {
		t.Error("true after the job completed")
	}
}
