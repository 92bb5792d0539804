package media

import (
	"context"
	"sync"
)

// slots bounds how many work at once: few in all, and one of each owner, so that nobody's work, however long it takes,
// keeps all others waiting. An owner's second piece waits for its first, not in the line for the slots.
type slots struct {
	all chan struct{}

	mu     sync.Mutex
	owners map[int64]*slotQueue
}

// slotQueue is the one place of an owner.
type slotQueue struct {
	place chan struct{}
	users int // that hold it or wait for it
}

func newSlots(n int) *slots {
	return &slots{all: make(chan struct{}, max(1, n)), owners: map[int64]*slotQueue{}}
}

// take waits for a slot until ctx ends. Without an error, release must be called.
func (s *slots) take(ctx context.Context, owner int64) (release func(), err error) {
	own := s.join(owner)
	select {
	case own.place <- struct{}{}:
	case <-ctx.Done():
		s.leave(owner, own)
		return nil, ctx.Err()
	}
	select {
	case s.all <- struct{}{}:
	case <-ctx.Done():
		<-own.place
		s.leave(owner, own)
		return nil, ctx.Err()
	}
	return func() {
		<-s.all
		<-own.place
		s.leave(owner, own)
	}, nil
}

func (s *slots) join(owner int64) *slotQueue {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.owners[owner]
	if own == nil {
		own = &slotQueue{place: make(chan struct{}, 1)}
		s.owners[owner] = own
	}
	own.users++
	return own
}

func (s *slots) leave(owner int64, own *slotQueue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(s.owners, owner)
	}
}
