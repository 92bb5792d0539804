package keylock_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/keylock"
)

func TestOneHolderPerKey(t *testing.T) {
	var locks keylock.Locks[string]
	unlock, err := locks.Lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := locks.TryLock("a"); ok {
		t.Error("a held lock was taken")
	}
	other, ok := locks.TryLock("b")
	if !ok {
		t.Fatal("another key's lock was not free")
	}
	other()
	unlock()
	again, ok := locks.TryLock("a")
	if !ok {
		t.Fatal("the lock is not free after unlock")
	}
	again()
}

func TestLockEndsWithItsContext(t *testing.T) {
	var locks keylock.Locks[int]
	unlock, err := locks.Lock(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := locks.Lock(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	unlock()
	again, ok := locks.TryLock(1)
	if !ok {
		t.Fatal("the waiter that gave up keeps the lock")
	}
	again()
}

func TestHoldersExcludeEachOther(t *testing.T) {
	var locks keylock.Locks[int]
	var all sync.WaitGroup
	counts := make([]int, 3) // each guarded by the lock of its index; the race detector checks that
	for n := range 300 {
		all.Go(func() {
			key := n % len(counts)
			unlock, err := locks.Lock(t.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			counts[key]++
			unlock()
		})
	}
	all.Wait()
	for key, n := range counts {
		if n != 100 {
			t.Errorf("key %d was counted %d times, want 100", key, n)
		}
	}
}
