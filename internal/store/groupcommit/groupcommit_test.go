package groupcommit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// recorder commits groups of numbers and records them. The first group waits for release.
type recorder struct {
	began, release chan struct{}
	groups         [][]int
	fail           func(group []*Write[int]) error
}

func newRecorder() (*recorder, *Group[int]) {
	r := &recorder{began: make(chan struct{}, 100), release: make(chan struct{})}
	return r, New(r.commit)
}

func (r *recorder) commit(_ context.Context, take func() []*Write[int]) error {
	writes := take()
	r.began <- struct{}{}
	<-r.release
	var group []int
	for _, w := range writes {
		group = append(group, w.Item)
	}
	slices.Sort(group)
	r.groups = append(r.groups, group)
	if r.fail != nil {
		return r.fail(writes)
	}
	return nil
}

// writeAll writes the numbers 0 to n-1: 0 in a group of its own, the others when all of them wait. It returns their errors.
func writeAll(t *testing.T, r *recorder, g *Group[int], n int) []error {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	all.Go(func() { errs[0] = g.Do(t.Context(), 0) })
	<-r.began
	for i := 1; i < n; i++ {
		all.Go(func() { errs[i] = g.Do(t.Context(), i) })
	}
	for g.Waiting() < n-1 {
	}
	close(r.release)
	all.Wait()
	return errs
}

func TestWritesThatWaitAreOneGroup(t *testing.T) {
	r, g := newRecorder()
	if err := errors.Join(writeAll(t, r, g, 5)...); err != nil {
		t.Error(err)
	}
	if want := [][]int{{0}, {1, 2, 3, 4}}; !slices.EqualFunc(r.groups, want, slices.Equal) {
		t.Errorf("the groups are %v, want %v", r.groups, want)
	}
}

func TestGroupsAreBounded(t *testing.T) {
	r, g := newRecorder()
	if err := errors.Join(writeAll(t, r, g, Size+2)...); err != nil {
		t.Error(err)
	}
	if len(r.groups) != 3 || len(r.groups[1]) != Size || len(r.groups[2]) != 1 {
		t.Errorf("%d groups; their sizes after the first are %d and %d", len(r.groups), len(r.groups[1]), len(r.groups[len(r.groups)-1]))
	}
}

func TestErrorOfTheGroupIsThatOfItsWrites(t *testing.T) {
	r, g := newRecorder()
	own, group := errors.New("refused"), errors.New("the transaction was lost")
	r.fail = func(writes []*Write[int]) error {
		for _, w := range writes {
			if w.Item == 2 {
				w.Run(func() error { return own })
			}
		}
		if len(writes) > 1 {
			return group
		}
		return nil
	}
	for i, err := range writeAll(t, r, g, 4) {
		if want := []error{nil, group, own, group}[i]; !errors.Is(err, want) {
			t.Errorf("write %d: %v, want %v", i, err, want)
		}
	}
}

func TestPanicOfAWriteIsItsCallers(t *testing.T) {
	r, g := newRecorder()
	r.fail = func(writes []*Write[int]) error {
		writes[0].Run(func() error { panic("a mistake") })
		return nil
	}
	close(r.release)
	func() {
		defer func() {
			if p := recover(); p != "a mistake" {
				t.Errorf("recovered %v", p)
			}
		}()
		t.Errorf("Do returned %v", g.Do(t.Context(), 1))
	}()
	r.fail = nil
	if err := g.Do(t.Context(), 2); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestPanicOfACommitFailsItsWrites(t *testing.T) {
	r, g := newRecorder()
	r.fail = func([]*Write[int]) error { panic("a mistake") }
	close(r.release)
	if err := g.Do(t.Context(), 1); err == nil {
		t.Error("the write succeeded")
	}
	r.fail = nil
	if err := g.Do(t.Context(), 2); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestCommitThatTakesNothingFailsWhatWaits(t *testing.T) {
	away := errors.New("the database is away")
	g := New(func(context.Context, func() []*Write[int]) error { return away })
	for n := range 2 {
		if err := g.Do(t.Context(), n); !errors.Is(err, away) {
			t.Errorf("write %d: %v", n, err)
		}
	}
}

func TestWriteWhoseCallerGivesUpIsNotTaken(t *testing.T) {
	r, g := newRecorder()
	var all sync.WaitGroup
	all.Go(func() { _ = g.Do(t.Context(), 0) })
	<-r.began
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- g.Do(ctx, 1) }()
	for g.Waiting() == 0 {
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := g.Do(ctx, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("after it gave up: %v", err)
	}
	close(r.release)
	all.Wait()
	if len(r.groups) != 1 {
		t.Errorf("the groups are %v", r.groups)
	}
}

// All callers of a group may give up before it takes their writes. A write that comes after that is the next group's.
func TestWriteThatComesAfterAnEmptyGroupIsMade(t *testing.T) {
	began, release, late := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var made []int
	var g *Group[int]
	calls := 0
	g = New(func(_ context.Context, take func() []*Write[int]) error {
		if calls++; calls > 1 {
			for _, w := range take() {
				made = append(made, w.Item)
			}
			return nil
		}
		close(began)
		<-release
		if n := len(take()); n > 0 {
			t.Errorf("took %d", n)
		}
		go func() { late <- g.Do(t.Context(), 2) }()
		for g.Waiting() == 0 {
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- g.Do(ctx, 1) }()
	<-began
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(release)
	if err := <-late; err != nil || !slices.Equal(made, []int{2}) {
		t.Errorf("%v; made are %v", err, made)
	}
}

func TestWritesOfDoFirstAreInTheNextGroup(t *testing.T) {
	r, g := newRecorder()
	var all sync.WaitGroup
	put := func(do func(context.Context, int) error, n int) {
		waiting := g.Waiting()
		all.Go(func() {
			if err := do(t.Context(), n); err != nil {
				t.Error(err)
			}
		})
		for g.Waiting() == waiting {
		}
	}
	all.Go(func() { _ = g.Do(t.Context(), 0) })
	<-r.began
	for n := range Size {
		put(g.Do, n+1)
	}
	put(g.DoFirst, -1)
	put(g.DoFirst, -2)
	put(g.Do, Size+1)
	close(r.release)
	all.Wait()
	if len(r.groups) != 3 || !slices.Equal(r.groups[1][:3], []int{-2, -1, 1}) || !slices.Equal(r.groups[2], []int{Size - 1, Size, Size + 1}) {
		t.Errorf("the groups are %v", r.groups)
	}
}

func TestCallerOfDoFirstMayGiveUp(t *testing.T) {
	r, g := newRecorder()
	var all sync.WaitGroup
	all.Go(func() { _ = g.Do(t.Context(), 0) })
	<-r.began
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- g.DoFirst(ctx, 1) }()
	for g.Waiting() == 0 {
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, do := range []func(context.Context, int) error{g.Do, g.DoFirst} {
		waiting := g.Waiting()
		all.Go(func() { _ = do(t.Context(), 2) })
		for g.Waiting() == waiting {
		}
	}
	close(r.release)
	all.Wait()
	if len(r.groups) != 2 || len(r.groups[1]) != 2 {
		t.Errorf("the groups are %v", r.groups)
	}
}
