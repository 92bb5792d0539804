package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func tasks(t *testing.T, s store.Store, q task.Query) []task.Task {
	t.Helper()
	found, err := s.Tasks(t.Context(), q)
	if err != nil {
		t.Fatalf("Tasks(%+v): %v", q, err)
	}
	return found
}

func ids(tasks []task.Task) []string {
	out := []string{}
	for _, tk := range tasks {
		out = append(out, tk.ID)
	}
	return out
}

// putEightTasks writes tasks 1 to 8. Tasks 4, 5 and 6 were created in the same millisecond.
func putEightTasks(t *testing.T, s store.Store) {
	t.Helper()
	for n, change := range []func(tk *task.Task){
		func(tk *task.Task) { tk.State = task.Succeeded },
		func(tk *task.Task) { tk.State = task.Running },
		func(tk *task.Task) { tk.Account = 2 },
		func(tk *task.Task) { tk.Created = at(4); tk.Request.Model = "ray-2" },
		func(tk *task.Task) { tk.Created = at(4); tk.State = task.Running },
		func(tk *task.Task) { tk.Created = at(4); tk.Request.Dialect = "luma" },
		func(tk *task.Task) {
			tk.Deleted, tk.Request.ExternalID, tk.State, tk.Cancelling = true, "order 8", task.Cancelled, true
		},
		func(tk *task.Task) { tk.Updated, tk.Request.ExternalID = at(100), "order 8" },
	} {
		tk := newTask(n + 1)
		change(&tk)
		put(t, s, tk)
	}
}

func runTasks(t *testing.T, open Open) {
	s := openStore(t, open)
	if got := tasks(t, s, task.Query{}); len(got) != 0 {
		t.Fatalf("an empty store lists %+v", got)
	}
	putEightTasks(t, s)
	for _, c := range []struct {
		name string
		q    task.Query
		want []int
	}{
		{"a zero query selects all but deleted ones", task.Query{}, []int{8, 6, 5, 4, 3, 2, 1}},
		{"including deleted ones", task.Query{Deleted: true}, []int{8, 7, 6, 5, 4, 3, 2, 1}},
		{"of an account", task.Query{Account: 2}, []int{3}},
		{"of an account without tasks", task.Query{Account: 3}, nil},
		{"in a state", task.Query{States: []task.State{task.Running}}, []int{5, 2}},
		{"in one of several states", task.Query{States: []task.State{task.Running, task.Succeeded}}, []int{5, 2, 1}},
		{"an account's live ones", task.Query{Account: 1, States: []task.State{task.Queued, task.Running}}, []int{8, 6, 5, 4, 2}},
		{"with a job to cancel", task.Query{Cancelling: true, Deleted: true}, []int{7}},
		{"of a model", task.Query{Model: "ray-2"}, []int{4}},
		{"of a dialect", task.Query{Dialect: "luma"}, []int{6}},
		{"with an external id", task.Query{ExternalID: "order 8"}, []int{8}},
		{"with an external id, including deleted ones", task.Query{Account: 1, ExternalID: "order 8", Deleted: true}, []int{8, 7}},
		{"created at or after a time", task.Query{CreatedFrom: at(4)}, []int{8, 6, 5, 4}},
		{"created before a time", task.Query{CreatedTo: at(4)}, []int{3, 2, 1}},
		{"last changed before a time", task.Query{UpdatedTo: at(3)}, []int{2, 1}},
		{"all conditions", task.Query{Account: 1, States: []task.State{task.Running}, Model: "gen3a_turbo",
			Dialect: "makevid/runway", CreatedFrom: at(2), CreatedTo: at(4), UpdatedTo: at(50), Deleted: true}, []int{2}},
	} {
		want := []string{}
		for _, n := range c.want {
			want = append(want, id(n))
		}
		t.Run(c.name, func(t *testing.T) { checkList(t, s, c.q, want) })
	}
	t.Run("a limit of 0 is 100", func(t *testing.T) {
		for n := range 101 {
			put(t, s, newTask(1000+n))
		}
		if got := tasks(t, s, task.Query{}); len(got) != 100 || got[0].ID != id(1100) {
			t.Errorf("%d tasks, the first %s; want 100 from %s", len(got), got[0].ID, id(1100))
		}
	})
}

// checkList checks that a query lists want: in one page, in pages of two, and oldest first in pages of one.
func checkList(t *testing.T, s store.Store, q task.Query, want []string) {
	if got := ids(tasks(t, s, q)); !slices.Equal(got, want) {
		t.Fatalf("lists %v, want %v", got, want)
	}
	if got := listByPage(t, s, q, 2); !slices.Equal(got, want) {
		t.Errorf("two at a time: %v, want %v", got, want)
	}
	q.OldestFirst = true
	slices.Reverse(want)
	if got := listByPage(t, s, q, 1); !slices.Equal(got, want) {
		t.Errorf("oldest first, one at a time: %v, want %v", got, want)
	}
}

// listByPage lists all pages of a query, size tasks at a time.
func listByPage(t *testing.T, s store.Store, q task.Query, size int) []string {
	t.Helper()
	q.Limit = size
	out := []string{}
	for {
		page := tasks(t, s, q)
		out = append(out, ids(page)...)
		if len(page) < size {
			return out
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
}

func runEvents(t *testing.T, open Open) {
	s := openStore(t, open)
	if got := events(t, s, id(1)); len(got) != 0 {
		t.Errorf("an unknown task has the history %+v", got)
	}
	history := []task.Event{
		{At: at(9), Kind: "created", To: task.Queued, Text: "asked for"},
		{At: at(9), Kind: "state", From: task.Queued, To: task.Pending},
		{At: at(9), Kind: "retry", Text: "again"},
		{At: time.Time{}, Kind: "state", From: task.Pending, To: task.Running}, // the clock was wrong
		{At: at(10), Kind: "state", From: task.Running, To: task.Succeeded},
	}
	tk := apply(t, s, task.Change{Task: newTask(1), Events: history[:2]})
	put(t, s, newTask(2))
	tk = apply(t, s, task.Change{Task: tk, Events: history[2:3]})
	apply(t, s, task.Change{Task: tk, Events: history[3:]})
	t.Run("a history keeps the order of writing", func(t *testing.T) {
		checkEqual(t, events(t, s, id(1)), history)
	})
	t.Run("each task has its own history", func(t *testing.T) {
		if got := events(t, s, id(2)); len(got) != 0 {
			t.Errorf("a task without events has %+v", got)
		}
	})
}
