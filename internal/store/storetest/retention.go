package storetest

import (
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
