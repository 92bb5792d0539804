package storetest

import (
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func artifacts(t *testing.T, s store.Store, q task.ArtifactQuery) []task.Artifact {
	t.Helper()
	found, err := s.Artifacts(t.Context(), q)
	if err != nil {
		t.Fatalf("Artifacts(%+v): %v", q, err)
	}
	return found
}

// taskWithArtifact returns the n-th task with one artifact, which has the same id. change is called on the artifact.
func taskWithArtifact(n int, change func(*task.Artifact)) task.Task {
	tk := newTask(n)
	a := task.Artifact{ID: id(n), Task: tk.ID, Account: 1, Filename: "film.mp4", Group: "g1", Created: at(n), Updated: at(n),
		Files: []task.File{{Role: task.Video, Key: "cdn/film.mp4", Size: 5}}}
	change(&a)
	tk.Account = a.Account
	tk.Artifacts = []task.Artifact{a}
	return tk
}

func runArtifacts(t *testing.T, open Open) {
	t.Run("listing", func(t *testing.T) { runArtifactLists(t, openStore(t, open)) })
	t.Run("changes of the task", func(t *testing.T) { runArtifactUpdates(t, openStore(t, open)) })
}

func runArtifactLists(t *testing.T, s store.Store) {
	for n, change := range []func(*task.Artifact){
		func(*task.Artifact) {},
		func(a *task.Artifact) { a.Favorite = true },
		func(a *task.Artifact) { a.Account = 2 },
		func(a *task.Artifact) { a.Created, a.Group = at(4), "g2" },
		func(a *task.Artifact) { a.Created, a.Share = at(4), "token" },
		func(a *task.Artifact) { a.Deleted, a.Pending = true, task.RemoveFiles },
		func(a *task.Artifact) { a.Account, a.Group, a.Created, a.Pending = 3, "g3", at(0), task.SealFiles },
	} {
		put(t, s, taskWithArtifact(n+1, change))
	}
	yes, no := true, false
	for _, c := range []struct {
		name string
		q    task.ArtifactQuery
		want []int
	}{
		{"a zero query selects all but deleted ones", task.ArtifactQuery{}, []int{5, 4, 3, 2, 1, 7}},
		{"with pending file changes, including deleted ones", task.ArtifactQuery{Pending: true}, []int{6, 7}},
		{"an account's with pending file changes", task.ArtifactQuery{Pending: true, Account: 3}, []int{7}},
		{"with pending file changes, after one", task.ArtifactQuery{Pending: true, After: task.Cursor{Created: at(6), ID: id(6)}}, []int{7}},
		{"of an account", task.ArtifactQuery{Account: 2}, []int{3}},
		{"by id", task.ArtifactQuery{Artifact: id(2)}, []int{2}},
		{"by the id of a deleted one", task.ArtifactQuery{Artifact: id(6)}, nil},
		{"by id, of another account", task.ArtifactQuery{Artifact: id(2), Account: 2}, nil},
		{"by share token", task.ArtifactQuery{Share: "token"}, []int{5}},
		{"by an unknown share token", task.ArtifactQuery{Share: "nothing"}, nil},
		{"in a group", task.ArtifactQuery{Group: "g1"}, []int{5, 3, 2, 1}},
		{"of a task", task.ArtifactQuery{Task: id(4)}, []int{4}},
		{"favorites", task.ArtifactQuery{Favorite: &yes}, []int{2}},
		{"all but favorites", task.ArtifactQuery{Favorite: &no}, []int{5, 4, 3, 1, 7}},
		{"with a limit", task.ArtifactQuery{Limit: 2}, []int{5, 4}},
		{"created before a time, oldest first", task.ArtifactQuery{CreatedTo: at(3), OldestFirst: true}, []int{7, 1, 2}},
		{"oldest first, after one", task.ArtifactQuery{CreatedTo: at(5), OldestFirst: true, After: task.Cursor{Created: at(2), ID: id(2)}, Limit: 2}, []int{3, 4}},
		{"after one of several with the same time", task.ArtifactQuery{After: task.Cursor{Created: at(4), ID: id(5)}}, []int{4, 3, 2, 1, 7}},
		{"after the last one", task.ArtifactQuery{After: task.Cursor{Created: at(0), ID: id(7)}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got, want []string
			for _, a := range artifacts(t, s, c.q) {
				got = append(got, a.ID)
			}
			for _, n := range c.want {
				want = append(want, id(n))
			}
			if !slices.Equal(got, want) {
				t.Errorf("lists %v, want %v", got, want)
			}
		})
	}
}

func runArtifactUpdates(t *testing.T, s store.Store) {
	tk := put(t, s, taskWithArtifact(1, func(*task.Artifact) {}))
	t.Run("every field is listed", func(t *testing.T) {
		checkEqual(t, artifacts(t, s, task.ArtifactQuery{}), tk.Artifacts)
	})
	t.Run("an artifact changes", func(t *testing.T) {
		a := tk.Artifacts[0]
		a.Favorite, a.Group, a.Share, a.Filename, a.Updated = true, "g2", "open", "new.mp4", at(7)
		tk.Artifacts = []task.Artifact{a}
		tk = put(t, s, tk)
		yes := true
		checkEqual(t, artifacts(t, s, task.ArtifactQuery{Favorite: &yes, Group: "g2", Share: "open"}), tk.Artifacts)
		if got := artifacts(t, s, task.ArtifactQuery{Group: "g1"}); len(got) != 0 {
			t.Errorf("its old group still has %+v", got)
		}
	})
	t.Run("an artifact is added", func(t *testing.T) {
		b := tk.Artifacts[0]
		b.ID, b.Share, b.Created = id(2), "", at(2)
		tk.Artifacts = append(tk.Artifacts, b)
		tk = put(t, s, tk)
		if got := artifacts(t, s, task.ArtifactQuery{Task: tk.ID}); len(got) != 2 || got[0].ID != b.ID {
			t.Errorf("the task's artifacts are %+v, want the newer first", got)
		}
	})
	t.Run("an artifact is removed", func(t *testing.T) {
		tk.Artifacts = tk.Artifacts[1:]
		tk = put(t, s, tk)
		if got := artifacts(t, s, task.ArtifactQuery{Artifact: id(1)}); len(got) != 0 {
			t.Errorf("the removed one is still listed: %+v", got)
		}
	})
	t.Run("a deleted task's artifacts stay listed", func(t *testing.T) {
		tk.Deleted = true
		tk = put(t, s, tk)
		if got := artifacts(t, s, task.ArtifactQuery{}); len(got) != 1 {
			t.Errorf("lists %+v, want the one artifact", got)
		}
	})
}
