package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// openRetention returns a store that discards wakes, with its port for retention.
func openRetention(t *testing.T, open Open) (store.Store, store.Retention) {
	t.Helper()
	s := openStore(t, open)
	r, ok := s.(store.Retention)
	if !ok {
		t.Fatalf("%T is no store.Retention", s)
	}
	return s, r
}

func runRetention(t *testing.T, open Open) {
	t.Run("events", func(t *testing.T) { runOldEvents(t, open) })
	t.Run("idempotency keys", func(t *testing.T) { runOldKeys(t, open) })
	t.Run("tasks", func(t *testing.T) { runDeleteTask(t, open) })
	t.Run("datasets of deleted tasks", func(t *testing.T) { runReleasedDatasets(t, open) })
	t.Run("datasets that a new task takes meanwhile", func(t *testing.T) { runReleaseAndUse(t, open) })
}

// putHistory writes the n-th task, in a state, with an event when it was created and one half a minute later.
func putHistory(t *testing.T, s store.Store, n int, state task.State) {
	t.Helper()
	tk := newTask(n)
	tk.State = state
	apply(t, s, task.Change{Task: tk, Events: []task.Event{{At: at(n), Kind: "created"}, {At: at(n + 30), Kind: "state"}}})
}

func runOldEvents(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	for n, state := range []task.State{task.Succeeded, task.Failed, task.Running, task.Cancelled, task.Succeeded} {
		putHistory(t, s, n, state)
	}
	// Each event is deleted by one pass, in steps of as many tasks as one likes.
	pass := func(before time.Time, limit int) (deleted int64, steps int) {
		t.Helper()
		var after task.Cursor
		for {
			n, last, err := r.DeleteEvents(t.Context(), before, after, limit)
			checkError(t, "DeleteEvents", err, nil)
			deleted += n
			if steps++; last == (task.Cursor{}) {
				return deleted, steps
			}
			after = last
		}
	}
	kinds := func(n int) (out string) {
		for _, e := range events(t, s, id(n)) {
			out += e.Kind + " "
		}
		return out
	}
	t.Run("nothing is deleted before its time", func(t *testing.T) {
		if n, _ := pass(at(0), 10); n != 0 {
			t.Errorf("deleted %d", n)
		}
	})
	t.Run("they are counted", func(t *testing.T) {
		for before, want := range map[time.Time]int64{at(0): 0, at(4): 3, at(1000): 8} {
			old, err := r.CountOld(t.Context(), before, time.Time{})
			if err != nil || old != (store.Old{Events: want}) {
				t.Errorf("before %v: %+v (%v), want %d", before, old, err, want)
			}
		}
	})
	t.Run("old ones are deleted in steps, younger ones of the same task stay", func(t *testing.T) {
		if n, steps := pass(at(4), 2); n != 3 || steps != 2 {
			t.Errorf("deleted %d events in %d steps, want 3 in 2", n, steps)
		}
		for n, want := range []string{"state ", "state ", "created state ", "state ", "created state "} {
			if got := kinds(n); got != want {
				t.Errorf("task %d has the events %q, want %q", n, got, want)
			}
		}
	})
	t.Run("a live task keeps its history", func(t *testing.T) {
		if n, _ := pass(at(1000), 1); n != 5 {
			t.Errorf("deleted %d events, want 5", n)
		}
		for n, want := range []string{"", "", "created state ", "", ""} {
			if got := kinds(n); got != want {
				t.Errorf("task %d has the events %q, want %q", n, got, want)
			}
		}
	})
	t.Run("a repeat deletes nothing, and tasks stay", func(t *testing.T) {
		if n, _ := pass(at(1000), 3); n != 0 {
			t.Errorf("deleted %d", n)
		}
		if got := tasks(t, s, task.Query{}); len(got) != 5 {
			t.Errorf("%d tasks are left", len(got))
		}
	})
}

func runDeleteTask(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	tk := taskWithArtifact(1, func(a *task.Artifact) { a.Share = "page" })
	tk.State, tk.Request.ExternalID = task.Succeeded, "order 1"
	history := []task.Event{{At: at(1), Kind: "created"}}
	tk = apply(t, s, task.Change{Task: tk, Events: history})
	other := taskWithArtifact(2, func(*task.Artifact) {})
	other.State = task.Failed
	other = apply(t, s, task.Change{Task: other, Events: history})
	live := put(t, s, newTask(3))
	t.Run("a live one stays", func(t *testing.T) {
		checkError(t, "DeleteTask", r.DeleteTask(t.Context(), live), store.ErrStale)
		checkEqual(t, get(t, s, live.ID), live)
	})
	t.Run("one that has changed since stays", func(t *testing.T) {
		old := tk
		tk.Artifacts[0].Favorite = true
		tk = put(t, s, tk)
		checkError(t, "DeleteTask", r.DeleteTask(t.Context(), old), store.ErrStale)
		checkEqual(t, get(t, s, tk.ID), tk)
	})
	t.Run("it goes with its events and artifacts, and frees what was its own", func(t *testing.T) {
		checkError(t, "DeleteTask", r.DeleteTask(t.Context(), tk), nil)
		_, err := s.Task(t.Context(), tk.ID)
		checkError(t, "Task", err, store.ErrNotFound)
		if got := events(t, s, tk.ID); len(got) > 0 {
			t.Errorf("events are left: %+v", got)
		}
		if got := artifacts(t, s, task.ArtifactQuery{Share: "page"}); len(got) > 0 {
			t.Errorf("artifacts are left: %+v", got)
		}
		again := newTask(4)
		again.Request.ExternalID = "order 1"
		put(t, s, again)
	})
	t.Run("a deleted one is stale", func(t *testing.T) {
		checkError(t, "DeleteTask", r.DeleteTask(t.Context(), tk), store.ErrStale)
	})
	t.Run("the others stay as they are", func(t *testing.T) {
		checkEqual(t, get(t, s, other.ID), other)
		checkEqual(t, events(t, s, other.ID), history)
		checkEqual(t, artifacts(t, s, task.ArtifactQuery{}), other.Artifacts)
	})
}

// taskWithDatasets returns the n-th task, which has failed, with two pictures and a video.
func taskWithDatasets(n int, first, last, video string) task.Task {
	tk := newTask(n)
	tk.State = task.Failed
	tk.Request.First, tk.Request.Last, tk.Request.Video = &task.Image{Dataset: first}, &task.Image{Dataset: last}, &task.InputVideo{Dataset: video}
	return tk
}

func runReleasedDatasets(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	for n := 1; n <= 4; n++ {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: id(n), Account: 1, Key: "k", Created: at(n)}), nil)
	}
	first := put(t, s, taskWithDatasets(1, id(1), id(2), id(3)))
	second := put(t, s, taskWithDatasets(2, id(2), id(2), id(9))) // one twice, and one that is gone
	unused := func(want ...string) {
		t.Helper()
		checkEqual(t, datasets(t, s, task.DatasetQuery{Unused: true}), want)
	}
	unused(id(4))
	checkError(t, "DeleteTask", r.DeleteTask(t.Context(), first), nil)
	unused(id(1), id(3), id(4))
	checkError(t, "one that another task uses", s.DeleteDataset(t.Context(), id(2)), store.ErrStale)
	checkError(t, "one that no task uses any more", s.DeleteDataset(t.Context(), id(1)), nil)
	checkError(t, "DeleteTask", r.DeleteTask(t.Context(), second), nil)
	unused(id(2), id(3), id(4))
}

// However the two fall together, no dataset is unused that a stored task refers to.
func runReleaseAndUse(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	for n := range 20 {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: id(n), Account: 1, Key: "k", Created: at(n)}), nil)
		old := put(t, s, taskWithDatasets(2*n, id(n), id(n), id(n)))
		errs := make([]error, 2)
		var all sync.WaitGroup
		all.Go(func() { errs[0] = r.DeleteTask(t.Context(), old) })
		all.Go(func() {
			_, errs[1] = s.Apply(t.Context(), task.Change{Task: taskWithDatasets(2*n+1, id(n), id(n), id(n))})
		})
		all.Wait()
		for _, err := range errs {
			checkError(t, "at once", err, nil)
		}
		checkError(t, "DeleteDataset", s.DeleteDataset(t.Context(), id(n)), store.ErrStale)
	}
}

func runOldKeys(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	for n := range 5 {
		apply(t, s, task.Change{Task: newTask(n), Idempotency: &task.IdempotencyRecord{Account: 1, Key: id(n), Task: id(n), Created: at(n)}})
	}
	if old, err := r.CountOld(t.Context(), time.Time{}, at(3)); err != nil || old != (store.Old{Idempotency: 3}) {
		t.Errorf("counted %+v (%v), want 3 keys", old, err)
	}
	for step, want := range []int64{2, 1, 0} {
		if n, err := r.DeleteIdempotency(t.Context(), at(3), 2); err != nil || n != want {
			t.Errorf("step %d deleted %d (%v), want %d", step, n, err, want)
		}
	}
	for n := range 5 {
		_, err := s.Idempotency(t.Context(), 1, id(n))
		want := error(nil)
		if n < 3 {
			want = store.ErrNotFound
		}
		checkError(t, id(n), err, want)
	}
}
