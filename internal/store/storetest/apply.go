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

	t.Run("version 0 inserts and each change raises the version", func(t *testing.T) {
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
	t.Run("a taken id is ErrExists", func(t *testing.T) {
		first := put(t, s, newTask(2))
		again := newTask(2)
		again.Account = 9
		if _, err := s.Apply(t.Context(), task.Change{Task: again}); !errors.Is(err, store.ErrExists) {
			t.Errorf("inserting the same id again: %v, want ErrExists", err)
		}
		checkEqual(t, get(t, s, first.ID), first)
	})
	t.Run("an external id is unique among an account's tasks that are not deleted", func(t *testing.T) {
		insert := func(n int, account int64) (task.Task, error) {
			tk := newTask(n)
			tk.Account, tk.Request.ExternalID = account, "order 5"
			version, err := s.Apply(t.Context(), task.Change{Task: tk})
			tk.Version = version
			return tk, err
		}
		first, err := insert(20, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := insert(21, 1); !errors.Is(err, store.ErrExists) {
			t.Errorf("inserting it again: %v, want ErrExists", err)
		}
		if _, err := insert(22, 2); err != nil {
			t.Errorf("inserting it for another account: %v", err)
		}
		first.Deleted = true
		put(t, s, first)
		if _, err := insert(23, 1); err != nil {
			t.Errorf("inserting it after the first was deleted: %v", err)
		}
	})
	t.Run("an old version is stale", func(t *testing.T) {
		old := put(t, s, newTask(3))
		now := put(t, s, old)
		old.State = task.Failed
		if _, err := s.Apply(t.Context(), task.Change{Task: old}); !errors.Is(err, store.ErrStale) {
			t.Errorf("writing over version %d: %v, want ErrStale", old.Version, err)
		}
		checkEqual(t, get(t, s, now.ID), now)
	})
	t.Run("a change to an unknown task is stale", func(t *testing.T) {
		unknown := newTask(4)
		unknown.Version = 7
		if _, err := s.Apply(t.Context(), task.Change{Task: unknown}); !errors.Is(err, store.ErrStale) {
			t.Errorf("changing an unknown task: %v, want ErrStale", err)
		}
	})
	t.Run("one of many concurrent writers wins", func(t *testing.T) { runConcurrentWriters(t, s) })
	t.Run("an unknown task is not found", func(t *testing.T) {
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
			t.Errorf("writers %d and %d both won", winner, i)
		case !errors.Is(err, store.ErrStale):
			t.Errorf("writer %d: %v, want ErrStale", i, err)
		}
	}
	got, history := get(t, s, tk.ID), events(t, s, tk.ID)
	if got.ProgressText != fmt.Sprint(winner) || len(history) != 1 || history[0].Text != fmt.Sprint(winner) {
		t.Errorf("writer %d won; the row was written by %q and the history is %+v", winner, got.ProgressText, history)
	}
}

func runAtomicity(t *testing.T, open Open) {
	var fault error
	var enqueued []task.Wake
	s := open(t, func(_ context.Context, wakes []task.Wake) error {
		enqueued = append(enqueued, wakes...)
		return fault
	})
	fullChange := func(tk task.Task) task.Change {
		tk.Artifacts = []task.Artifact{{ID: "artifact of " + tk.ID, Task: tk.ID, Account: 1, Created: at(1)}}
		return task.Change{Task: tk, Events: []task.Event{{At: at(1), Kind: "created"}},
			Wakes:       []task.Wake{{Task: tk.ID, At: at(5), Lane: task.Remote, Low: true}, {Task: tk.ID, Lane: task.Local}},
			Idempotency: &task.IdempotencyRecord{Account: 1, Key: "key of " + tk.ID, Task: tk.ID, Created: at(1)}}
	}
	checkNothingWritten := func(t *testing.T, tk task.Task, history int) {
		t.Helper()
		if _, err := s.Idempotency(t.Context(), 1, "key of "+tk.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the idempotency key of a failed change: %v, want ErrNotFound", err)
		}
		if got := events(t, s, tk.ID); len(got) != history {
			t.Errorf("the history is %+v, want %d events", got, history)
		}
		if got := artifacts(t, s, task.ArtifactQuery{Task: tk.ID}); len(got) > 0 {
			t.Errorf("the artifacts are %+v, want none", got)
		}
	}

	t.Run("wakes are enqueued", func(t *testing.T) {
		c := fullChange(newTask(1))
		apply(t, s, c)
		if !reflect.DeepEqual(enqueued, c.Wakes) {
			t.Errorf("enqueued %+v, want %+v", enqueued, c.Wakes)
		}
	})
	t.Run("without wakes nothing is enqueued", func(t *testing.T) {
		fault = errors.New("enqueue was called")
		put(t, s, newTask(2))
		fault = nil
	})
	t.Run("an insert whose enqueue fails writes nothing", func(t *testing.T) {
		fault = errors.New("enqueue failed")
		_, err := s.Apply(t.Context(), fullChange(newTask(3)))
		if !errors.Is(err, fault) {
			t.Errorf("Apply: %v, want the error of enqueue", err)
		}
		fault = nil
		if _, err := s.Task(t.Context(), id(3)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the task: %v, want ErrNotFound", err)
		}
		checkNothingWritten(t, newTask(3), 0)
		apply(t, s, fullChange(newTask(3))) // the same insert succeeds later
	})
	t.Run("an update whose enqueue fails writes nothing", func(t *testing.T) {
		before := apply(t, s, task.Change{Task: newTask(4), Events: []task.Event{{At: at(0), Kind: "created"}}})
		fault = errors.New("enqueue failed")
		c := fullChange(before)
		c.Task.State = task.Running
		if _, err := s.Apply(t.Context(), c); !errors.Is(err, fault) {
			t.Errorf("Apply: %v, want the error of enqueue", err)
		}
		fault = nil
		checkEqual(t, get(t, s, before.ID), before)
		checkNothingWritten(t, before, 1)
	})
	t.Run("a stale change writes nothing", func(t *testing.T) {
		old := put(t, s, newTask(5))
		put(t, s, old)
		if _, err := s.Apply(t.Context(), fullChange(old)); !errors.Is(err, store.ErrStale) {
			t.Errorf("Apply: %v, want ErrStale", err)
		}
		checkNothingWritten(t, old, 0)
	})
}

func runRoundTrip(t *testing.T, open Open) {
	s := openStore(t, open)
	t.Run("every field but the queue wait is stored", func(t *testing.T) {
		var tk task.Task
		fill(t, reflect.ValueOf(&tk).Elem(), new(int))
		tk.Version = 0
		sent := put(t, s, tk)
		sent.QueueWait = 0
		checkEqual(t, get(t, s, tk.ID), sent)
	})
	t.Run("an empty task stays empty", func(t *testing.T) {
		tk := put(t, s, task.Task{ID: id(1)})
		checkEqual(t, get(t, s, tk.ID), tk)
	})
	t.Run("later changes to the caller's task are not stored", func(t *testing.T) {
		tk := newTask(2)
		tk.Attempts = []task.Attempt{{Engine: "animatic", Begun: at(1)}}
		tk = put(t, s, tk)
		tk.Attempts[0].Engine = "another"
		if got := get(t, s, tk.ID).Attempts[0].Engine; got != "animatic" {
			t.Errorf("the stored attempt's engine is now %q", got)
		}
	})
	t.Run("storing does not change the caller's task", func(t *testing.T) {
		tk := newTask(3)
		tk.Attempts = []task.Attempt{{Begun: at(1)}}
		put(t, s, tk)
		if !tk.Attempts[0].Begun.Equal(at(1)) {
			t.Errorf("the caller's attempt now begins at %v, want %v", tk.Attempts[0].Begun, at(1))
		}
	})
}
