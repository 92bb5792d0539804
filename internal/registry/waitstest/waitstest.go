// Package waitstest is the test suite that every registry.Waits passes.
package waitstest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// Waiter returns an account's n-th task for the engine "a".
func Waiter(account int64, n int) task.Waiter {
	return task.Waiter{ID: fmt.Sprintf("%d/%04d", account, n), Account: account, Weight: 1, Engine: "a", Created: time.UnixMilli(int64(n))}
}

// Run runs the suite. Each of several openings is that of another process that steps the same tasks: all calls are spread over them. open
// returns an empty Waits, once for each test.
func Run(t *testing.T, open func(t *testing.T) []registry.Waits) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *waits){
		"an account's many tasks leave others their turn": leavesOthersTheirTurn,
		"an account has as many turns as its weight":      followsWeights,
		"low priority waits for all others":               letsLowPriorityWait,
		"the oldest task of an account comes first":       takesTheOldestFirst,
		"only whose turn it is may try":                   letsTryInTurn,
		"the turn is counted of who was not woken":        countsTurns,
	} {
		t.Run(name, func(t *testing.T) { test(t, &waits{T: t, of: open(t)}) })
	}
}

// waits spreads calls over the processes.
type waits struct {
	*testing.T
	of    []registry.Waits
	calls int
}

func (w *waits) any() registry.Waits {
	w.calls++
	return w.of[w.calls%len(w.of)]
}

func (w *waits) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *waits) add(all ...task.Waiter) {
	w.Helper()
	for _, one := range all {
		w.must(w.any().Add(w.Context(), one))
	}
}

// take lets up to n tasks try, and returns their ids.
func (w *waits) take(n int) (ids []string) {
	w.Helper()
	for range n {
		id, ok, err := w.any().Next(w.Context(), "a", true)
		w.must(err)
		if !ok {
			break
		}
		ids = append(ids, id)
	}
	return ids
}

func (w *waits) wantTaken(want ...string) {
	w.Helper()
	if got := w.take(len(want)); !slices.Equal(got, want) {
		w.Errorf("taken are %s, want %s", got, want)
	}
}

func leavesOthersTheirTurn(_ *testing.T, w *waits) {
	for n := range 100 {
		w.add(Waiter(1, n))
	}
	w.add(Waiter(2, 5000), Waiter(3, 6000), Waiter(3, 6001)) // the youngest of all
	w.wantTaken("1/0000", "2/5000", "3/6000", "1/0001", "3/6001", "1/0002", "1/0003")
}

func followsWeights(_ *testing.T, w *waits) {
	for n := range 9 {
		heavy := Waiter(2, n)
		heavy.Weight = 3
		w.add(Waiter(1, n), heavy, Waiter(3, n))
	}
	w.wantTaken("1/0000", "2/0000", "2/0001", "2/0002", "3/0000", "1/0001", "2/0003")
	for n := 4; n < 9; n++ {
		w.add(Waiter(2, n)) // its weight is 1 now
	}
	w.wantTaken("2/0004", "3/0001", "1/0002", "2/0005")
}

func letsLowPriorityWait(_ *testing.T, w *waits) {
	low := Waiter(1, 0)
	low.Low = true
	w.add(low, Waiter(2, 10), Waiter(2, 11), Waiter(2, 12))
	w.wantTaken("2/0010", "2/0011", "2/0012", "1/0000")
}

func takesTheOldestFirst(t *testing.T, w *waits) {
	elsewhere := Waiter(1, 0)
	elsewhere.Engine = "b"
	w.add(Waiter(1, 3), Waiter(1, 1), elsewhere, Waiter(1, 2))
	w.wantTaken("1/0001", "1/0002", "1/0003")
	if got := w.take(1); len(got) > 0 {
		t.Errorf("%s was taken of another engine", got)
	}
}

func letsTryInTurn(t *testing.T, w *waits) {
	old, young, other, fresh := Waiter(1, 1), Waiter(1, 2), Waiter(2, 3), Waiter(1, 4)
	mayTry := func(when string, want ...bool) {
		t.Helper()
		for i, one := range []task.Waiter{old, young, other, fresh} {
			got, err := w.any().MayTry(t.Context(), one)
			w.must(err)
			if got != want[i] {
				t.Errorf("%s: task %s may try: %v", when, one.ID, got)
			}
		}
	}
	mayTry("before any waits", true, true, true, true)
	w.add(old, young, other)
	mayTry("while all wait", true, false, false, false)
	w.must(w.any().Serve(t.Context(), Waiter(1, 0))) // so that the turn is the second account's
	mayTry("when an account was served", false, false, true, false)
	elsewhere := fresh
	elsewhere.Engine = "b"
	if got, err := w.any().MayTry(t.Context(), elsewhere); err != nil || !got {
		t.Errorf("a task of another engine may try: %v, %v", got, err)
	}
	w.wantTaken(other.ID)
	mayTry("when the other was woken", true, false, true, false) // the next one in turn need not wait for the woken one
	if woken, last, err := w.any().End(t.Context(), other.ID); !woken || !last || err != nil {
		t.Errorf("the end of one that was given the only capacity: %v, %v, %v", woken, last, err)
	}
	mayTry("when it has tried", true, false, false, false)
	if woken, _, err := w.any().End(t.Context(), old.ID); woken || err != nil {
		t.Errorf("the end of one that was not woken: %v, %v", woken, err)
	}
	_, _, err := w.any().End(t.Context(), young.ID)
	w.must(err)
	mayTry("when no task waits", true, true, true, true)
}

func countsTurns(_ *testing.T, w *waits) {
	w.add(Waiter(1, 1), Waiter(2, 1), Waiter(2, 2), Waiter(3, 1))
	w.must(w.any().Serve(w.Context(), Waiter(2, 0)))
	w.wantTaken("3/0001", "1/0001", "2/0001", "2/0002")
	w.add(Waiter(2, 1)) // it found no capacity
	w.wantTaken("2/0001")
}
