package media

import (
	"context"

	"golang.org/x/sync/semaphore"

	"github.com/filmgate/filmgate/internal/keylock"
)

// ownerSemaphore limits concurrent work: n pieces in all, and one of each owner, so that no owner's long work keeps all others
// waiting. An owner's second piece waits for the first, and takes no place meanwhile.
type ownerSemaphore struct {
	all    *semaphore.Weighted
	owners keylock.Locks[int64]
}

func newOwnerSemaphore(n int) *ownerSemaphore {
	return &ownerSemaphore{all: semaphore.NewWeighted(int64(max(1, n)))}
}

// acquire waits for a place until ctx ends. If it returns no error, release must be called.
func (s *ownerSemaphore) acquire(ctx context.Context, owner int64) (release func(), err error) {
	unlock, err := s.owners.Lock(ctx, owner)
	if err != nil {
		return nil, err
	}
	if err := s.all.Acquire(ctx, 1); err != nil {
		unlock()
		return nil, err
	}
	return func() {
		s.all.Release(1)
		unlock()
	}, nil
}
