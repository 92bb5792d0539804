package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func runApply(t *testing.T, open Open) {
	s := openStore(t, open)

	t.Run("version 0 inserts and each change counts one version more", func(t *testing.T) {
		tk := put(t, s, newTask(1))
		if tk.Version <= 0 || get(t, s, tk.ID).Version != tk.Version {
			t.Fatalf("inserted as version %d, read as %d", tk.Version, get(t, s, tk.ID).Version)
		}
		tk.Progress = 0.5
		next := put(t, s, tk)
		if got := get(t, s, tk.ID); next.Version <= tk.Version || got.Version != next.Version || got.Progress != 0.5 {
			t.Errorf("wrote version %d over %d and read %d with progress %v", next.Version, tk.Version, got.Version, got.Progress)
		}
	})
	t.Run("an id that is taken is refused as one that exists", func(t *testing.T) {
		first := put(t, s, newTask(2))
		again := newTask(2)
		again.Account = 9
		if _, err := s.Apply(t.Context(), task.Change{Task: again}); !errors.Is(err, store.ErrExists) {
			t.Errorf("inserting the same id again: %v, want ErrExists", err)
		}
		checkEqual(t, get(t, s, first.ID), first)
	})
	t.Run("a version that was written over is stale", func(t *testing.T) {
		old := put(t, s, newTask(3))
		now := put(t, s, old)
		old.State = task.Failed
		if _, err := s.Apply(t.Context(), task.Change{Task: old}); !errors.Is(err, store.ErrStale) {
			t.Errorf("writing over version %d: %v, want ErrStale", old.Version, err)
		}
		checkEqual(t, get(t, s, now.ID), now)
	})
	t.Run("a change to a task that is not there is stale", func(t *testing.T) {
		ghost := newTask(4)
		ghost.Version = 7
		if _, err := s.Apply(t.Context(), task.Change{Task: ghost}); !errors.Is(err, store.ErrStale) {
			t.Errorf("changing a task that is not there: %v, want ErrStale", err)
		}
	})
	t.Run("of many writers of one version exactly one wins", func(t *testing.T) { runConcurrentWriters(t, s) })
	t.Run("a task that is not there is not found", func(t *testing.T) {
		if _, err := s.Task(t.Context(), id(999)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("reading it: %v, want ErrNotFound", err)
		}
	})
}

func runConcurrentWriters(t *testing.T, s store.Store) {
	tk := put(t, s, newTask(5))
	const writers = 8
	errs := make([]error, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			mine := tk
			mine.ProgressText = fmt.Sprint(i)
			_, errs[i] = s.Apply(t.Context(), task.Change{Task: mine, Events: []task.Event{{At: at(i), Kind: "state", Text: fmt.Sprint(i)}}})
		})
	}
	all.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Errorf("both %d and %d won", winner, i)
		case !errors.Is(err, store.ErrStale):
			t.Errorf("writer %d: %v, want ErrStale", i, err)
		}
	}
	got, history := get(t, s, tk.ID), events(t, s, tk.ID)
	if got.ProgressText != fmt.Sprint(winner) || len(history) != 1 || history[0].Text != fmt.Sprint(winner) {
		t.Errorf("writer %d won; the row is of %q and the history is %+v", winner, got.ProgressText, history)
	}
}

func runAtomicity(t *testing.T, open Open) {
	var fault error
	var rung []task.Wake
	s := open(t, func(_ context.Context, wakes []task.Wake) error {
		rung = append(rung, wakes...)
		return fault
	})
	full := func(tk task.Task) task.Change {
		tk.Artifacts = []task.Artifact{{ID: "artifact of " + tk.ID, Task: tk.ID, Account: 1, Created: at(1)}}
		return task.Change{Task: tk, Events: []task.Event{{At: at(1), Kind: "created"}},
			Wakes:       []task.Wake{{Task: tk.ID, At: at(5), Lane: task.Remote, Low: true}, {Task: tk.ID, Lane: task.Local}},
			Idempotency: &task.IdempotencyRecord{Account: 1, Key: "key of " + tk.ID, Task: tk.ID, Created: at(1)}}
	}
	nothingOf := func(t *testing.T, tk task.Task, history int) {
		t.Helper()
		if _, err := s.Idempotency(t.Context(), 1, "key of "+tk.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the replay of a change that failed: %v, want ErrNotFound", err)
		}
		if got := events(t, s, tk.ID); len(got) != history {
			t.Errorf("the history is %+v, want %d events", got, history)
		}
		if got := artifacts(t, s, task.ArtifactQuery{Task: tk.ID}); len(got) > 0 {
			t.Errorf("the artifacts are %+v, want none", got)
		}
	}

	t.Run("alarms are set as the change has them", func(t *testing.T) {
		c := full(newTask(1))
		apply(t, s, c)
		if !reflect.DeepEqual(rung, c.Wakes) {
			t.Errorf("set %+v, want %+v", rung, c.Wakes)
		}
	})
	t.Run("a change without wakes sets no alarm", func(t *testing.T) {
		fault = errors.New("asked to set no alarm")
		put(t, s, newTask(2))
		fault = nil
	})
	t.Run("an insert whose alarm can't be set leaves nothing", func(t *testing.T) {
		fault = errors.New("no alarm today")
		_, err := s.Apply(t.Context(), full(newTask(3)))
		if !errors.Is(err, fault) {
			t.Errorf("Apply: %v, want the alarm's own error", err)
		}
		fault = nil
		if _, err := s.Task(t.Context(), id(3)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the task: %v, want ErrNotFound", err)
		}
		nothingOf(t, newTask(3), 0)
		apply(t, s, full(newTask(3))) // and leaves the way free
	})
	t.Run("a change whose alarm can't be set leaves the row as it was", func(t *testing.T) {
		before := apply(t, s, task.Change{Task: newTask(4), Events: []task.Event{{At: at(0), Kind: "created"}}})
		fault = errors.New("no alarm today")
		c := full(before)
		c.Task.State = task.Running
		if _, err := s.Apply(t.Context(), c); !errors.Is(err, fault) {
			t.Errorf("Apply: %v, want the alarm's own error", err)
		}
		fault = nil
		checkEqual(t, get(t, s, before.ID), before)
		nothingOf(t, before, 1)
	})
	t.Run("a stale change leaves nothing", func(t *testing.T) {
		old := put(t, s, newTask(5))
		put(t, s, old)
		if _, err := s.Apply(t.Context(), full(old)); !errors.Is(err, store.ErrStale) {
			t.Errorf("Apply: %v, want ErrStale", err)
		}
		nothingOf(t, old, 0)
	})
}

func runRoundTrip(t *testing.T, open Open) {
	s := openStore(t, open)
	t.Run("every field of a task comes back, but its wait", func(t *testing.T) {
		var tk task.Task
		fill(t, reflect.ValueOf(&tk).Elem(), new(int))
		tk.Version = 0
		sent := put(t, s, tk)
		sent.QueueWait = 0
		checkEqual(t, get(t, s, tk.ID), sent)
	})
	t.Run("a task with nothing in it comes back so", func(t *testing.T) {
		tk := put(t, s, task.Task{ID: id(1)})
		checkEqual(t, get(t, s, tk.ID), tk)
	})
	t.Run("what the caller does with its task afterwards changes nothing", func(t *testing.T) {
		tk := newTask(2)
		tk.Attempts = []task.Attempt{{Engine: "animatic", Begun: at(1)}}
		tk = put(t, s, tk)
		tk.Attempts[0].Engine = "another"
		if got := get(t, s, tk.ID).Attempts[0].Engine; got != "animatic" {
			t.Errorf("the stored attempt's engine is now %q", got)
		}
	})
	t.Run("and storing a task changes nothing of the caller's", func(t *testing.T) {
		tk := newTask(3)
		tk.Attempts = []task.Attempt{{Begun: at(1)}}
		put(t, s, tk)
		if !tk.Attempts[0].Begun.Equal(at(1)) {
			t.Errorf("the caller's attempt begins at %v now, was %v", tk.Attempts[0].Begun, at(1))
		}
	})
}
