package registry_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// waitingTask returns an account's n-th task for the engine "a".
func waitingTask(account int64, n int) task.Task {
	return task.Task{ID: fmt.Sprintf("%d/%04d", account, n), Account: account, Engine: "a", Created: time.UnixMilli(int64(n)), WaitingSince: time.UnixMilli(1)}
}

// take takes n tasks, each of which tries the engine, and returns their ids.
func take(t *testing.T, l *registry.Live, n int) (ids []string) {
	t.Helper()
	for range n {
		id, ok := l.TakeNextWaiting("a", true)
		if !ok {
			t.Fatalf("no task waits after %q", ids)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestAnAccountsThousandTasksLeaveOthersTheirTurn(t *testing.T) {
	l := registry.NewLive(engines("a"))
	for n := range 1000 {
		l.AddWaiting(waitingTask(1, n))
	}
	l.AddWaiting(waitingTask(2, 5000)) // the youngest of all
	l.AddWaiting(waitingTask(3, 6000))
	l.AddWaiting(waitingTask(3, 6001))
	want := "[1/0000 2/5000 3/6000 1/0001 3/6001 1/0002 1/0003]"
	if got := fmt.Sprint(take(t, l, 7)); got != want {
		t.Errorf("taken are %s, want %s", got, want)
	}
}

func TestAnAccountHasAsManyTurnsAsItsWeight(t *testing.T) {
	r := engines("a")
	r.Weights = map[int64]int{2: 3}
	l := registry.NewLive(r)
	for n := range 20 {
		for account := range int64(3) {
			l.AddWaiting(waitingTask(account+1, n))
		}
	}
	if got, want := fmt.Sprint(take(t, l, 7)), "[1/0000 2/0000 2/0001 2/0002 3/0000 1/0001 2/0003]"; got != want {
		t.Errorf("taken are %s, want %s", got, want)
	}
	l.Replace(engines("a"))
	if got, want := fmt.Sprint(take(t, l, 4)), "[2/0004 3/0001 1/0002 2/0005]"; got != want {
		t.Errorf("without the weight, taken are %s, want %s", got, want)
	}
}

func TestLowPriorityWaitsForAllOthers(t *testing.T) {
	l := registry.NewLive(engines("a"))
	explore := waitingTask(1, 0)
	explore.Request.LowPriority = true
	l.AddWaiting(explore)
	for n := range 3 {
		l.AddWaiting(waitingTask(2, 10+n))
	}
	if got, want := fmt.Sprint(take(t, l, 4)), "[2/0010 2/0011 2/0012 1/0000]"; got != want {
		t.Errorf("taken are %s, want %s", got, want)
	}
}

func TestOnlyWhoseTurnItIsMayTry(t *testing.T) {
	l := registry.NewLive(engines("a"))
	old, young, other, fresh := waitingTask(1, 1), waitingTask(1, 2), waitingTask(2, 3), waitingTask(1, 4)
	if !l.MayTry(fresh) {
		t.Error("no task waits, and a new one may not try")
	}
	l.Served(waitingTask(1, 0)) // so that the turn is the second account's
	for _, tk := range []task.Task{old, young, other} {
		l.AddWaiting(tk)
	}
	mayTry := func(when string, want ...bool) {
		t.Helper()
		for i, tk := range []task.Task{old, young, other, fresh} {
			if got := l.MayTry(tk); got != want[i] {
				t.Errorf("%s: task %s may try: %v", when, tk.ID, got)
			}
		}
	}
	elsewhere := fresh
	elsewhere.Engine = "b"
	if !l.MayTry(elsewhere) {
		t.Error("a task of another engine may not try")
	}
	mayTry("while all wait", false, false, true, false)
	if id, _ := l.TakeNextWaiting("a", true); id != other.ID {
		t.Fatalf("%s was woken", id)
	}
	mayTry("when the other was woken", true, false, true, false) // the next one in turn need not wait for the woken one
	if wakeNext, served := l.Tries(other); wakeNext || !served {
		t.Error("one that was given the only capacity is to wake another")
	}
	mayTry("when it has tried", true, false, false, false)
	if wakeNext, served := l.Tries(old); !wakeNext || served {
		t.Error("one that found capacity by itself is to wake no other")
	}
	l.Release(young.ID)
	mayTry("when no task waits", true, true, true, true)
}
