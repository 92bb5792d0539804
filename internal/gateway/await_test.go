package gateway_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// awaiting is a harness whose waits end when the test says so.
type awaiting struct {
	*harness
	waits chan time.Duration // the limit of each wait that has begun
	over  chan time.Time     // ends one of them
}

func newAwaiting(t *testing.T) *awaiting {
	a := &awaiting{newHarness(t), make(chan time.Duration, 2000), make(chan time.Time)}
	a.config.After = func(d time.Duration) <-chan time.Time { a.waits <- d; return a.over }
	a.use(a.fake)
	return a
}

// answer is what Await returned.
type answer struct {
	task.Task
	err error
}

// await begins to wait for a change of a task, and returns when it waits.
func (a *awaiting) await(ctx context.Context, id string) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		got, err := a.Await(ctx, a.who, id, 30*time.Second)
		out <- answer{got, err}
	}()
	<-a.waits
	return out
}

func TestAWaitEndsWithTheNextChangeOfTheTask(t *testing.T) {
	a := newAwaiting(t)
	tk, other := a.submit(t, "a cat"), a.submit(t, "a dog")
	for _, want := range []task.State{task.Pending, task.Running} {
		got := a.await(t.Context(), tk.ID)
		if _, err := a.Advance(t.Context(), other.ID); err != nil { // of which it is not told
			t.Fatal(err)
		}
		a.pass(2 * time.Second)
		if _, err := a.Advance(t.Context(), tk.ID); err != nil {
			t.Fatal(err)
		}
		if now := <-got; now.err != nil || now.State != want { // that it is about to be submitted is no change that callers see
			t.Errorf("%s at version %d, %v; want %s", now.State, now.Version, now.err, want)
		}
	}
}

func TestAWaitForATaskThatHasEndedIsNone(t *testing.T) {
	a := newAwaiting(t)
	tk := a.submit(t, "a cat")
	if _, err := a.Cancel(t.Context(), a.who, tk.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Await(t.Context(), a.who, tk.ID, time.Minute); err != nil || got.State != task.Cancelled || len(a.waits) != 0 {
		t.Errorf("%s, %v after %d waits", got.State, err, len(a.waits))
	}
}

func TestAWaitEndsByItself(t *testing.T) {
	a := newAwaiting(t)
	tk := a.submit(t, "a cat")
	for name, one := range map[string]struct {
		end  func(leave func())
		want error
	}{
		"when its time is up":     {func(func()) { a.over <- time.Time{} }, nil},
		"when its caller leaves":  {func(leave func()) { leave() }, context.Canceled},
		"when the process ends":   {func(func()) { a.StopWaiting(); a.StopWaiting() }, nil},
		"when changes are missed": {func(func()) { a.Missed(); a.over <- time.Time{} }, nil}, // there was none
	} {
		a.use(a.fake) // another process
		ctx, leave := context.WithCancel(t.Context())
		got := a.await(ctx, tk.ID)
		one.end(leave)
		if now := <-got; !errors.Is(now.err, one.want) || now.err == nil && (now.State != task.Queued || now.Version != tk.Version) {
			t.Errorf("%s: %s at version %d, %v", name, now.State, now.Version, now.err)
		}
		leave()
	}
}

func TestOnlyItsOwnerWaitsForATask(t *testing.T) {
	a := newAwaiting(t)
	tk := a.submit(t, "a cat")
	for _, one := range []struct {
		who apikey.Key
		id  string
	}{{apikey.Key{Account: 8}, tk.ID}, {a.who, "00000000-0000-4000-8000-000000000000"}, {a.who, "x"}} {
		if _, err := a.Await(t.Context(), one.who, one.id, time.Minute); task.CodeOf(err) != task.NotFound || len(a.waits) != 0 {
			t.Errorf("account %d, task %q: %v", one.who.Account, one.id, err)
		}
	}
}

// countingStore counts the reads of tasks.
type countingStore struct {
	store.Store
	reads atomic.Int64
}

func (s *countingStore) Task(ctx context.Context, id string) (task.Task, error) {
	s.reads.Add(1)
	return s.Store.Task(ctx, id)
}

func TestAThousandWaitsShareOneRead(t *testing.T) {
	const waits = 1000
	a := newAwaiting(t)
	counted := &countingStore{Store: a.store}
	a.config.Store, a.config.CacheSize = counted, 0
	a.use(a.fake)
	tk := a.submit(t, "a cat")
	var all sync.WaitGroup
	for range waits {
		got := a.await(t.Context(), tk.ID)
		all.Go(func() {
			if now := <-got; now.err != nil || now.State != task.Cancelled {
				t.Errorf("%s, %v", now.State, now.err)
			}
		})
	}
	before := counted.reads.Load()
	if _, err := a.Cancel(t.Context(), a.who, tk.ID); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if n := counted.reads.Load() - before; n > 3 { // one for the cancel
		t.Errorf("%d reads", n)
	}
}
