package gateway

import (
	"context"
	"sync"
)

// taskLocks let one job at a time work on something of a task's. The zero value is ready.
type taskLocks struct {
	mu    sync.Mutex
	tasks map[string]*taskLock
}

type taskLock struct {
	free  chan struct{} // holds a value while nobody has the lock
	users int           // who has the lock or waits for it
}

// lock waits until the task is the caller's, or ctx ends.
func (l *taskLocks) lock(ctx context.Context, id string) (unlock func(), err error) {
	one := l.join(id)
	select {
	case <-one.free:
		return func() { l.unlock(id, one) }, nil
	case <-ctx.Done():
		l.leave(id, one)
		return nil, ctx.Err()
	}
}

// tryLock is lock for who does not wait.
func (l *taskLocks) tryLock(id string) (unlock func(), ok bool) {
	one := l.join(id)
	select {
	case <-one.free:
		return func() { l.unlock(id, one) }, true
	default:
		l.leave(id, one)
		return nil, false
	}
}

func (l *taskLocks) unlock(id string, one *taskLock) {
	one.free <- struct{}{}
	l.leave(id, one)
}

func (l *taskLocks) join(id string) *taskLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.tasks[id]
	if !ok {
		one = &taskLock{free: make(chan struct{}, 1)}
		one.free <- struct{}{}
		if l.tasks == nil {
			l.tasks = map[string]*taskLock{}
		}
		l.tasks[id] = one
	}
	one.users++
	return one
}

func (l *taskLocks) leave(id string, one *taskLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.tasks, id)
	}
}
