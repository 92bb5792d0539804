// Package keylock holds locks by key: whoever has the lock of a key keeps out the others of that key only.
package keylock

import (
	"context"
	"sync"
)

// Locks are mutexes by key, each of which exists only while somebody has it or waits for it. The zero value is ready to
// use, by many goroutines at once.
type Locks[K comparable] struct {
	mu    sync.Mutex
	locks map[K]*lock
}

// lock is the mutex of one key.
type lock struct {
	held  chan struct{} // holds a value while the lock is held
	users int           // that hold the lock or wait for it
}

// Lock waits until the caller has the key's lock. It fails only if ctx ends first.
func (l *Locks[K]) Lock(ctx context.Context, key K) (unlock func(), err error) {
	one := l.use(key)
	select {
	case one.held <- struct{}{}:
		return func() { l.unlock(key, one) }, nil
	case <-ctx.Done():
		l.unuse(key, one)
		return nil, ctx.Err()
	}
}

// TryLock takes the key's lock if nobody has it, and reports whether it did.
func (l *Locks[K]) TryLock(key K) (unlock func(), ok bool) {
	one := l.use(key)
	select {
	case one.held <- struct{}{}:
		return func() { l.unlock(key, one) }, true
	default:
		l.unuse(key, one)
		return nil, false
	}
}

func (l *Locks[K]) unlock(key K, one *lock) {
	<-one.held
	l.unuse(key, one)
}

func (l *Locks[K]) use(key K) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.locks[key]
	if !ok {
		one = &lock{held: make(chan struct{}, 1)}
		if l.locks == nil {
			l.locks = map[K]*lock{}
		}
		l.locks[key] = one
	}
	one.users++
	return one
}

func (l *Locks[K]) unuse(key K, one *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.locks, key)
	}
}
