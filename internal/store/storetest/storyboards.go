package storetest

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// boards returns the storyboards of a store.
func boards(t *testing.T, s store.Store) store.Storyboards {
	t.Helper()
	b, ok := s.(store.Storyboards)
	if !ok {
		t.Fatal("the store has no storyboards")
	}
	return b
}

// newBoard returns the n-th storyboard, created one second after storyboard n-1.
func newBoard(n int, account int64) task.Storyboard {
	return task.Storyboard{ID: id(n), Account: account, Name: "board", Created: at(n), Updated: at(n)}
}

// listBoards returns the ids of the storyboards that a query finds.
func listBoards(t *testing.T, s store.Storyboards, q task.StoryboardQuery) []string {
	t.Helper()
	found, err := s.Storyboards(t.Context(), q)
	checkError(t, "Storyboards", err, nil)
	out := []string{}
	for _, b := range found {
		out = append(out, b.ID)
	}
	return out
}

func runStoryboards(t *testing.T, open Open) {
	t.Run("every field is stored", func(t *testing.T) {
		s := boards(t, openStore(t, open))
		var b task.Storyboard
		fill(t, reflect.ValueOf(&b).Elem(), new(int))
		b.Version = 0
		var err error
		b.Version, err = s.PutStoryboard(t.Context(), b, nil)
		checkError(t, "PutStoryboard", err, nil)
		got, err := s.Storyboards(t.Context(), task.StoryboardQuery{ID: b.ID})
		checkError(t, "Storyboards", err, nil)
		checkEqual(t, got, []task.Storyboard{b})
	})
	t.Run("versions", func(t *testing.T) { runBoardVersions(t, boards(t, openStore(t, open))) })
	t.Run("lists", func(t *testing.T) { runBoardLists(t, boards(t, openStore(t, open))) })
	t.Run("with idempotency keys", func(t *testing.T) { runBoardOnce(t, boards(t, openStore(t, open))) })
	t.Run("one of many writers of a version succeeds", func(t *testing.T) { runBoardWriters(t, boards(t, openStore(t, open))) })
}

func runBoardVersions(t *testing.T, s store.Storyboards) {
	b := newBoard(1, 7)
	first, err := s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "PutStoryboard", err, nil)
	if first != 1 {
		t.Errorf("the first version is %d", first)
	}
	_, err = s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "inserting it again", err, store.ErrExists)
	b.Version, b.Name = first, "renamed"
	second, err := s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "writing over the version read", err, nil)
	_, err = s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "writing over an older version", err, store.ErrStale)
	b.ID = id(2)
	_, err = s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "writing over one that is not there", err, store.ErrStale)
	got, err := s.Storyboards(t.Context(), task.StoryboardQuery{ID: id(1)})
	checkError(t, "Storyboards", err, nil)
	if len(got) != 1 || got[0].Version != second || got[0].Name != "renamed" {
		t.Errorf("it is %+v, want version %d", got, second)
	}
	checkError(t, "deleting an older version", s.DeleteStoryboard(t.Context(), id(1), first), store.ErrStale)
	checkError(t, "deleting it", s.DeleteStoryboard(t.Context(), id(1), second), nil)
	checkError(t, "deleting it again", s.DeleteStoryboard(t.Context(), id(1), second), store.ErrStale)
	checkEqual(t, listBoards(t, s, task.StoryboardQuery{}), []string{})
}

// A storyboard is written with the idempotency key that stands for it, or not at all.
func runBoardOnce(t *testing.T, s store.Storyboards) {
	rows := s.(store.Store)
	b := newBoard(90, 90)
	once := task.IdempotencyRecord{Account: 90, Key: "k", Fingerprint: "f", Task: b.ID, Created: b.Created, Life: time.Hour}
	if _, err := s.PutStoryboard(t.Context(), b, &once); err != nil {
		t.Fatal(err)
	}
	got, err := rows.Idempotency(t.Context(), 90, "k")
	once.Life = 0
	checkError(t, "Idempotency", err, nil)
	checkEqual(t, got, once)
	other := newBoard(91, 90)
	again := task.IdempotencyRecord{Account: 90, Key: "k", Fingerprint: "g", Task: other.ID, Created: b.Created, Life: time.Hour}
	_, err = s.PutStoryboard(t.Context(), other, &again)
	checkError(t, "PutStoryboard under a used key", err, store.ErrExists)
	if got := listBoards(t, s, task.StoryboardQuery{Account: 90}); len(got) != 1 || got[0] != b.ID {
		t.Errorf("there are %q, want the first", got)
	}
	again.Key = "unused"
	_, err = s.PutStoryboard(t.Context(), b, &again)
	checkError(t, "PutStoryboard of a taken id", err, store.ErrExists)
	_, err = rows.Idempotency(t.Context(), 90, "unused")
	checkError(t, "Idempotency of what was not written", err, store.ErrNotFound)
}

func runBoardLists(t *testing.T, s store.Storyboards) {
	for n, account := range map[int]int64{1: 7, 2: 8, 3: 7, 4: 7} {
		_, err := s.PutStoryboard(t.Context(), newBoard(n, account), nil)
		checkError(t, "PutStoryboard", err, nil)
	}
	for _, c := range []struct {
		name string
		q    task.StoryboardQuery
		want []string
	}{
		{"all, newest first", task.StoryboardQuery{}, []string{id(4), id(3), id(2), id(1)}},
		{"an account's", task.StoryboardQuery{Account: 7}, []string{id(4), id(3), id(1)}},
		{"with a limit", task.StoryboardQuery{Account: 7, Limit: 2}, []string{id(4), id(3)}},
		{"after a cursor", task.StoryboardQuery{Account: 7, After: task.Cursor{Created: at(3), ID: id(3)}}, []string{id(1)}},
		{"one of another account", task.StoryboardQuery{Account: 8, ID: id(1)}, []string{}},
		{"an unknown id", task.StoryboardQuery{ID: "a\x00b"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) { checkEqual(t, listBoards(t, s, c.q), c.want) })
	}
}

func runBoardWriters(t *testing.T, s store.Storyboards) {
	b := newBoard(1, 7)
	var err error
	b.Version, err = s.PutStoryboard(t.Context(), b, nil)
	checkError(t, "PutStoryboard", err, nil)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { _, errs[n] = s.PutStoryboard(t.Context(), b, nil) })
	}
	all.Wait()
	written := 0
	for _, err := range errs {
		if err == nil {
			written++
		} else if !errors.Is(err, store.ErrStale) {
			t.Errorf("a writer of an older version: %v", err)
		}
	}
	if written != 1 {
		t.Errorf("%d writers succeeded", written)
	}
}
