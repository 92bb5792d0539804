package watch_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/filmgate/filmgate/internal/watch"
)

// signalled reports whether a watch has a signal, and takes it.
func signalled(w *watch.Watch) bool {
	select {
	case <-w.C:
		return true
	default:
		return false
	}
}

func TestAWatchIsSignalledByChangesOfItsOwn(t *testing.T) {
	h := watch.NewHub()
	task, other, account, stranger := h.Task("a"), h.Task("b"), h.Account(1), h.Account(2)
	h.Tell("a", 1)
	for name, one := range map[string]struct {
		w    *watch.Watch
		want bool
	}{"the task's": {task, true}, "another task's": {other, false}, "the account's": {account, true}, "another account's": {stranger, false}} {
		if signalled(one.w) != one.want {
			t.Errorf("%s watch: signalled %v", name, !one.want)
		}
	}
	h.TellAll()
	for _, w := range []*watch.Watch{task, other, account, stranger} {
		if !signalled(w) {
			t.Error("a watch was not signalled, though anything may have changed")
		}
	}
}

func TestManyChangesAreOneSignal(t *testing.T) {
	h := watch.NewHub()
	w, of := h.Task("a"), h.Account(1)
	for range 100 {
		h.Tell("a", 1) // does not wait for a reader
	}
	h.Tell("b", 1)
	if !signalled(w) || signalled(w) {
		t.Error("100 changes are not one signal")
	}
	if ids := of.Changed(); !slices.Equal(slices.Sorted(slices.Values(ids)), []string{"a", "b"}) {
		t.Errorf("the account's changed tasks are %q", ids)
	}
	if ids := of.Changed(); len(ids) != 0 {
		t.Errorf("once more %q", ids)
	}
}

func TestAWatchThatNobodyReadsStaysSmall(t *testing.T) {
	h := watch.NewHub()
	w := h.Account(1)
	for n := range 5000 {
		h.Tell(strconv.Itoa(n), 1)
	}
	if n := len(w.Changed()); n != 1024 {
		t.Errorf("it remembers %d tasks", n)
	}
}

func TestAClosedWatchIsForgotten(t *testing.T) {
	h := watch.NewHub()
	a, b, c := h.Task("a"), h.Task("a"), h.Account(1)
	a.Close()
	a.Close()
	h.Tell("a", 1)
	if signalled(a) || !signalled(b) || h.Watches() != 2 {
		t.Errorf("%d watches after one was closed", h.Watches())
	}
	b.Close()
	c.Close()
	if h.Watches() != 0 {
		t.Errorf("%d watches after all were closed", h.Watches())
	}
}

func TestReadersShareARead(t *testing.T) {
	s := watch.NewShared[string, int64](8)
	var reads, stored atomic.Int64
	get := func() int64 {
		v, err := s.Get(t.Context(), "a", func(context.Context) (int64, error) { reads.Add(1); return stored.Load(), nil })
		if err != nil {
			t.Error(err)
		}
		return v
	}
	for round := range int64(3) {
		stored.Store(round)
		s.Changed("a", func(v int64) bool { return v >= round && round > 0 })
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if v := get(); v != round {
					t.Errorf("read %d in round %d", v, round)
				}
			})
		}
		all.Wait()
	}
	if reads.Load() != 3 {
		t.Errorf("%d reads of 3 values", reads.Load())
	}
	stored.Store(9)
	if s.Forget(); get() != 9 {
		t.Error("an old value after Forget")
	}
}

func never(string) bool { return false }

func TestAChangeThatWasReadAlreadyIsNotReadAgain(t *testing.T) {
	s := watch.NewShared[string, int](8)
	reads := 0
	get := func() {
		if _, err := s.Get(t.Context(), "a", func(context.Context) (int, error) { reads++; return 7, nil }); err != nil {
			t.Error(err)
		}
	}
	get()
	s.Changed("a", func(v int) bool { return v >= 7 }) // it is heard of after it was read
	get()
	s.Changed("b", func(int) bool { return false })
	get()
	if reads != 1 {
		t.Errorf("%d reads", reads)
	}
}

func TestAValueThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	s := watch.NewShared[string, string](8)
	first, err := s.Get(t.Context(), "a", func(context.Context) (string, error) { s.Changed("a", never); return "old", nil })
	if err != nil || first != "old" {
		t.Fatal(first, err)
	}
	if second, err := s.Get(t.Context(), "a", func(context.Context) (string, error) { return "new", nil }); err != nil || second != "new" {
		t.Errorf("%q, %v", second, err)
	}
}

func TestAnErrorIsNotShared(t *testing.T) {
	s := watch.NewShared[string, int](8)
	away := errors.New("away")
	if _, err := s.Get(t.Context(), "a", func(context.Context) (int, error) { return 0, away }); !errors.Is(err, away) {
		t.Fatal(err)
	}
	if v, err := s.Get(t.Context(), "a", func(context.Context) (int, error) { return 1, nil }); err != nil || v != 1 {
		t.Errorf("%d, %v", v, err)
	}
}

func TestWhoeverGivesUpDoesNotWaitForARead(t *testing.T) {
	s := watch.NewShared[string, int](8)
	_, err := s.Get(t.Context(), "a", func(context.Context) (int, error) {
		gone, leave := context.WithCancel(t.Context())
		leave()
		_, err := s.Get(gone, "a", func(context.Context) (int, error) { return 2, nil })
		return 1, err
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
