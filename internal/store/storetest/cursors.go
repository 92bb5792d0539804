package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// putManyTasks writes 40 tasks of two accounts in all states and returns them, newest first. Four each are created at the
// same time, in mixed order. Every third has an artifact.
func putManyTasks(t *testing.T, s store.Store) []task.Task {
	t.Helper()
	var all []task.Task
	for i := range 40 {
		n := i * 17 % 40
		tk := newTask(n)
		tk.Created, tk.Updated = at(n/4), at(n%7)
		tk.Account = int64(1 + n%2)
		tk.State = task.States()[n%len(task.States())]
		tk.Request.Model, tk.Request.Dialect = fmt.Sprint("model ", n%3), fmt.Sprint("dialect ", n%2)
		tk.Deleted = n%5 == 0
		if n%3 == 0 {
			tk.Artifacts = []task.Artifact{{ID: id(n), Task: tk.ID, Account: tk.Account, Created: tk.Created, Updated: tk.Updated, Group: fmt.Sprint("group ", n%2), Favorite: n%4 == 0}}
		}
		all = append(all, put(t, s, tk))
	}
	slices.SortFunc(all, func(a, b task.Task) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID)) })
	return all
}

// matches reports whether a query selects a task, as the documentation of task.Query says.
func matches(q task.Query, tk task.Task) bool {
	return (q.Account == 0 || q.Account == tk.Account) && (len(q.States) == 0 || slices.Contains(q.States, tk.State)) &&
		(q.Model == "" || q.Model == tk.Request.Model) && (q.Dialect == "" || q.Dialect == tk.Request.Dialect) &&
		(q.CreatedFrom.IsZero() || !tk.Created.Before(q.CreatedFrom)) && (q.CreatedTo.IsZero() || tk.Created.Before(q.CreatedTo)) &&
		(q.UpdatedTo.IsZero() || tk.Updated.Before(q.UpdatedTo)) && (q.Deleted || !tk.Deleted)
}

func runCursors(t *testing.T, open Open) {
	s := openStore(t, open)
	all := putManyTasks(t, s)
	live := task.LiveStates()
	for _, account := range []int64{0, 1, 3} {
		for _, states := range [][]task.State{nil, {task.Succeeded}, live, {task.Failed, task.Running}} {
			for _, model := range []string{"", "model 1"} {
				for _, dialect := range []string{"", "dialect 1"} {
					for _, span := range [][2]time.Time{{}, {at(3), {}}, {{}, at(7)}, {at(3), at(7)}, {at(7), at(3)}} {
						for _, updated := range []time.Time{{}, at(4)} {
							q := task.Query{Account: account, States: states, Model: model, Dialect: dialect, CreatedFrom: span[0], CreatedTo: span[1],
								UpdatedTo: updated, Deleted: model == ""}
							checkPages(t, s, q, all)
						}
					}
				}
			}
		}
	}
	t.Run("cursors between rows", func(t *testing.T) { checkCursorsBetweenRows(t, s, all) })
	t.Run("pages of one artifact", func(t *testing.T) { checkArtifactPages(t, s, all) })
}

// checkPages checks that the pages of a query list each matching task once and in order, and nothing else.
func checkPages(t *testing.T, s store.Store, q task.Query, all []task.Task) {
	t.Helper()
	wanted := []string{}
	for _, tk := range all {
		if matches(q, tk) {
			wanted = append(wanted, tk.ID)
		}
	}
	if got := listByPage(t, s, q, 3); !slices.Equal(got, wanted) {
		t.Errorf("%+v: %v, want %v", q, got, wanted)
	}
	q.OldestFirst = true
	slices.Reverse(wanted)
	if got := listByPage(t, s, q, 7); !slices.Equal(got, wanted) {
		t.Errorf("%+v: %v, want %v", q, got, wanted)
	}
}

// checkCursorsBetweenRows lists from cursors that are no row's, with and without rows of the same time.
func checkCursorsBetweenRows(t *testing.T, s store.Store, all []task.Task) {
	for _, cursor := range []task.Cursor{
		{Created: at(5), ID: id(22) + "x"}, {Created: at(5)}, {Created: at(5), ID: "zzz"}, {Created: at(5).Add(500 * time.Millisecond), ID: id(0)},
		{Created: at(-9), ID: "zzz"}, {Created: at(99)}, {ID: "zzz"},
	} {
		var newer, older []string
		for _, tk := range all {
			if c := cmp.Or(tk.Created.Truncate(time.Millisecond).Compare(cursor.Created.Truncate(time.Millisecond)), cmp.Compare(tk.ID, cursor.ID)); c < 0 {
				older = append(older, tk.ID)
			} else {
				newer = append(newer, tk.ID)
			}
		}
		slices.Reverse(newer)
		if got := ids(tasks(t, s, task.Query{After: cursor, Deleted: true})); !slices.Equal(got, older) && len(got)+len(older) > 0 {
			t.Errorf("newest first after %+v: %v, want %v", cursor, got, older)
		}
		if got := ids(tasks(t, s, task.Query{After: cursor, Deleted: true, OldestFirst: true})); !slices.Equal(got, newer) && len(got)+len(newer) > 0 {
			t.Errorf("oldest first after %+v: %v, want %v", cursor, got, newer)
		}
	}
}

// checkArtifactPages lists the artifacts of all in pages of one.
func checkArtifactPages(t *testing.T, s store.Store, all []task.Task) {
	yes, no := true, false
	for _, q := range []task.ArtifactQuery{{}, {Account: 1}, {Group: "group 1"}, {Favorite: &yes}, {Favorite: &no, Account: 2}, {Account: 2, Group: "group 1", Favorite: &no}, {Account: 1, Group: "group 1"}} {
		var wanted, got []string
		for _, tk := range all {
			for _, a := range tk.Artifacts {
				if (q.Account == 0 || q.Account == a.Account) && (q.Group == "" || q.Group == a.Group) && (q.Favorite == nil || *q.Favorite == a.Favorite) {
					wanted = append(wanted, a.ID)
				}
			}
		}
		for q.Limit = 1; ; {
			page := artifacts(t, s, q)
			if len(page) == 0 {
				break
			}
			got = append(got, page[0].ID)
			q.After = task.Cursor{Created: page[0].Created, ID: page[0].ID}
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("%+v: %v, want %v", q, got, wanted)
		}
	}
}
