package storetest

import (
	"reflect"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// datasets returns the ids of the datasets that a query finds.
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
	t.Run("every field is stored", func(t *testing.T) {
		got, err := s.Datasets(t.Context(), task.DatasetQuery{ID: d.ID})
		checkError(t, "Datasets", err, nil)
		checkEqual(t, got, []task.Dataset{d})
	})
	t.Run("a taken id is ErrExists", func(t *testing.T) {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: d.ID, Account: d.Account}), store.ErrExists)
	})
	t.Run("an unknown id finds none", func(t *testing.T) { checkEqual(t, datasets(t, s, task.DatasetQuery{ID: id(9)}), []string{}) })
	runUpload(t, s)
	runUnusedDatasets(t, openStore(t, open))
	t.Run("concurrent uploads stop at the limit", func(t *testing.T) { runUploadLimit(t, openStore(t, open)) })
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
	open := -1 // an upload that was accepted
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
	checkError(t, "another account's upload", s.PutDataset(t.Context(), begin(1000, 2)), nil)
	checkError(t, "a dataset that is not uploaded in parts", s.PutDataset(t.Context(), task.Dataset{ID: id(1001), Account: 1, Key: "k", Created: at(1)}), nil)
	checkError(t, "one upload more", s.PutDataset(t.Context(), begin(1002, 1)), store.ErrLimit)
	checkError(t, "replacing an open upload", s.PutDataset(t.Context(), begin(open, 1)), nil)
	checkError(t, "completing an upload", s.PutDataset(t.Context(), whole), nil)
	checkError(t, "an upload after one was completed", s.PutDataset(t.Context(), begin(1003, 1)), nil)
}

// runUpload checks how a dataset that is uploaded in parts is completed.
func runUpload(t *testing.T, s store.Store) {
	part := task.Dataset{ID: id(1), Account: 1, Upload: &task.Upload{Filename: "a.png", Parts: 2}, Created: at(5)}
	whole := part
	whole.Key, whole.Upload = "datasets/a.png", &task.Upload{Filename: "a.png", Parts: 2, Sums: []string{"x", "y"}}
	checkError(t, "PutDataset", s.PutDataset(t.Context(), part), nil)
	t.Run("another account can't complete an upload", func(t *testing.T) {
		theirs := whole
		theirs.Account = 2
		checkError(t, "PutDataset", s.PutDataset(t.Context(), theirs), store.ErrExists)
	})
	t.Run("an upload is completed only once", func(t *testing.T) {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), whole), nil)
		again := whole
		again.Key = "datasets/b.png"
		checkError(t, "PutDataset", s.PutDataset(t.Context(), again), store.ErrExists)
		got, err := s.Datasets(t.Context(), task.DatasetQuery{ID: whole.ID})
		checkError(t, "Datasets", err, nil)
		checkEqual(t, got, []task.Dataset{whole})
	})
}

// runUnusedDatasets checks the queries for datasets, and that only unused ones can be deleted.
func runUnusedDatasets(t *testing.T, s store.Store) {
	account := func(n int) int64 {
		if n == 5 {
			return 5
		}
		return 1
	}
	for n, key := range map[int]string{1: "k", 2: "k", 3: "k", 4: "", 5: "", 6: "k", 7: "k", 8: "k", 9: "k"} {
		checkError(t, "PutDataset", s.PutDataset(t.Context(), task.Dataset{ID: id(n), Account: account(n), Key: key, Created: at(n)}), nil)
	}
	tk := newTask(1)
	tk.Request.First, tk.Request.Last = &task.Image{Dataset: id(1)}, &task.Image{Dataset: id(3)}
	tk.Request.Video = &task.InputVideo{Dataset: id(7)}
	tk.Request.ReferenceImages = []task.ReferenceImage{{Image: task.Image{Dataset: id(8)}}}
	tk.Request.ReferenceAudio = []task.InputAudio{{Dataset: id(9)}}
	tk = put(t, s, tk)
	tk.Deleted = true
	put(t, s, tk)
	yes, no := true, false
	for _, c := range []struct {
		name string
		q    task.DatasetQuery
		want []string
	}{
		{"all, oldest first", task.DatasetQuery{}, []string{id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9)}},
		{"with a limit", task.DatasetQuery{Limit: 2}, []string{id(1), id(2)}},
		{"created before a time", task.DatasetQuery{CreatedTo: at(3)}, []string{id(1), id(2)}},
		{"an account's open uploads", task.DatasetQuery{Account: 1, Uploading: &yes}, []string{id(4)}},
		{"an account's", task.DatasetQuery{Account: 5}, []string{id(5)}},
		{"of an account without datasets", task.DatasetQuery{Account: 77}, []string{}},
		{"open uploads", task.DatasetQuery{Uploading: &yes}, []string{id(4), id(5)}},
		{"unused even by deleted tasks", task.DatasetQuery{Unused: true, Uploading: &no}, []string{id(2), id(6)}},
		{"all conditions", task.DatasetQuery{Unused: true, Uploading: &yes, CreatedTo: at(5)}, []string{id(4)}},
	} {
		t.Run(c.name, func(t *testing.T) { checkEqual(t, datasets(t, s, c.q), c.want) })
	}
	t.Run("only unused ones can be deleted", func(t *testing.T) {
		checkError(t, "a picture in use", s.DeleteDataset(t.Context(), id(1)), store.ErrStale)
		checkError(t, "a video in use", s.DeleteDataset(t.Context(), id(7)), store.ErrStale)
		checkError(t, "a reference image in use", s.DeleteDataset(t.Context(), id(8)), store.ErrStale)
		checkError(t, "a recording in use", s.DeleteDataset(t.Context(), id(9)), store.ErrStale)
		checkError(t, "an unused one", s.DeleteDataset(t.Context(), id(2)), nil)
		checkError(t, "a deleted one", s.DeleteDataset(t.Context(), id(2)), store.ErrNotFound)
		checkEqual(t, datasets(t, s, task.DatasetQuery{}), []string{id(1), id(3), id(4), id(5), id(6), id(7), id(8), id(9)})
	})
}
