package storetest

import (
	"reflect"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// datasets lists what a query finds, by id.
func datasets(t *testing.T, s store.Store, q task.DatasetQuery) []string {
	t.Helper()
	found, err := s.Datasets(t.Context(), q)
	checkError(t, "Datasets", err, nil)
	out := []string{}
	for _, d := range found {
		out = append(out, d.ID)
	}
	return out
}

func runDatasets(t *testing.T, open Open) {
	s := openStore(t, open)
	var d task.Dataset
	fill(t, reflect.ValueOf(&d).Elem(), new(int))
	checkError(t, "PutDataset", s.PutDataset(t.Context(), d), nil)
	t.Run("every field comes back", func(t *testing.T) {
		got, err := s.Datasets(t.Context(), task.DatasetQuery{ID: d.ID})
		checkError(t, "Datasets", err, nil)
		checkEqual(t, got, []task.Dataset{d})
	})
	t.Run("an id that is taken is refused", func(t *testing.T) {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: d.ID, Account: d.Account}), store.ErrExists)
	})
	t.Run("one that is not there is not found", func(t *testing.T) { checkEqual(t, datasets(t, s, task.DatasetQuery{ID: id(9)}), []string{}) })
	runUpload(t, s)
	runUnusedDatasets(t, openStore(t, open))
	t.Run("an account has so many uploads open and no more, however many are begun at once", func(t *testing.T) { runUploadLimit(t, openStore(t, open)) })
}

func runUploadLimit(t *testing.T, s store.Store) {
	begin := func(n int, account int64) task.Dataset {
		return task.Dataset{ID: id(n), Account: account, Upload: &task.Upload{Parts: 1}, Created: at(n)}
	}
	const tries = task.MaxUploads + 50
	errs := make([]error, tries)
	var all sync.WaitGroup
	for n := range tries {
		all.Go(func() { errs[n] = s.PutDataset(t.Context(), begin(n, 1)) })
	}
	all.Wait()
	open := -1
	for n, err := range errs {
		if err == nil {
			open = n
		} else {
			checkError(t, "PutDataset", err, store.ErrLimit)
		}
	}
	yes := true
	if got := datasets(t, s, task.DatasetQuery{Account: 1, Uploading: &yes, Limit: 2 * tries}); len(got) != task.MaxUploads || open < 0 {
		t.Fatalf("%d are open, want %d", len(got), task.MaxUploads)
	}
	whole := begin(open, 1)
	whole.Key = "datasets/a.png"
	checkError(t, "another account's", s.PutDataset(t.Context(), begin(1000, 2)), nil)
	checkError(t, "one that came whole", s.PutDataset(t.Context(), task.Dataset{ID: id(1001), Account: 1, Key: "k", Created: at(1)}), nil)
	checkError(t, "one more", s.PutDataset(t.Context(), begin(1002, 1)), store.ErrLimit)
	checkError(t, "one that is open, written over", s.PutDataset(t.Context(), begin(open, 1)), nil)
	checkError(t, "completing one", s.PutDataset(t.Context(), whole), nil)
	checkError(t, "one in its place", s.PutDataset(t.Context(), begin(1003, 1)), nil)
}

// runUpload checks how a dataset that comes in parts becomes whole.
func runUpload(t *testing.T, s store.Store) {
	part := task.Dataset{ID: id(1), Account: 1, Upload: &task.Upload{Filename: "a.png", Parts: 2}, Created: at(5)}
	whole := part
	whole.Key, whole.Upload = "datasets/a.png", &task.Upload{Filename: "a.png", Parts: 2, Sums: []string{"x", "y"}}
	checkError(t, "PutDataset", s.PutDataset(t.Context(), part), nil)
	t.Run("an upload is not completed by another account", func(t *testing.T) {
		theirs := whole
		theirs.Account = 2
		checkError(t, "PutDataset", s.PutDataset(t.Context(), theirs), store.ErrExists)
	})
	t.Run("an upload is completed once", func(t *testing.T) {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), whole), nil)
		again := whole
		again.Key = "datasets/b.png"
		checkError(t, "PutDataset", s.PutDataset(t.Context(), again), store.ErrExists)
		got, err := s.Datasets(t.Context(), task.DatasetQuery{ID: whole.ID})
		checkError(t, "Datasets", err, nil)
		checkEqual(t, got, []task.Dataset{whole})
	})
}

// runUnusedDatasets checks which datasets are found as unused, and that only those go.
func runUnusedDatasets(t *testing.T, s store.Store) {
	account := func(n int) int64 {
		if n == 5 {
			return 5
		}
		return 1
	}
	for n, key := range map[int]string{1: "k", 2: "k", 3: "k", 4: "", 5: "", 6: "k", 7: "k"} {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: id(n), Account: account(n), Key: key, Created: at(n)}), nil)
	}
	made := newTask(1)
	made.Request.First, made.Request.Last = &task.Image{Dataset: id(1)}, &task.Image{Dataset: id(3)}
	made.Request.Video = &task.InputVideo{Dataset: id(7)}
	made = put(t, s, made)
	made.Deleted = true
	put(t, s, made)
	yes, no := true, false
	for _, c := range []struct {
		name string
		q    task.DatasetQuery
		want []string
	}{
		{"all, oldest first", task.DatasetQuery{}, []string{id(1), id(2), id(3), id(4), id(5), id(6), id(7)}},
		{"no more than asked for", task.DatasetQuery{Limit: 2}, []string{id(1), id(2)}},
		{"made before a time", task.DatasetQuery{CreatedTo: at(3)}, []string{id(1), id(2)}},
		{"an account's that are still being uploaded", task.DatasetQuery{Account: 1, Uploading: &yes}, []string{id(4)}},
		{"an account's", task.DatasetQuery{Account: 5}, []string{id(5)}},
		{"an account's that has none", task.DatasetQuery{Account: 77}, []string{}},
		{"still being uploaded", task.DatasetQuery{Uploading: &yes}, []string{id(4), id(5)}},
		{"that no task refers to, not even a deleted one", task.DatasetQuery{Unused: true, Uploading: &no}, []string{id(2), id(6)}},
		{"all conditions together", task.DatasetQuery{Unused: true, Uploading: &yes, CreatedTo: at(5)}, []string{id(4)}},
	} {
		t.Run(c.name, func(t *testing.T) { checkEqual(t, datasets(t, s, c.q), c.want) })
	}
	t.Run("only unused ones can be removed", func(t *testing.T) {
		checkError(t, "one in use", s.DeleteDataset(t.Context(), id(1)), store.ErrStale)
		checkError(t, "a video in use", s.DeleteDataset(t.Context(), id(7)), store.ErrStale)
		checkError(t, "one of no task", s.DeleteDataset(t.Context(), id(2)), nil)
		checkError(t, "one that is gone", s.DeleteDataset(t.Context(), id(2)), store.ErrNotFound)
		checkEqual(t, datasets(t, s, task.DatasetQuery{}), []string{id(1), id(3), id(4), id(5), id(6), id(7)})
	})
}
