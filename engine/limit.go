package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/task"
)

// flight is the work of one key that was submitted and has not ended. It is rebuilt after a restart from the polls of
// work that goes on.
type flight struct {
	limit      int
	forget     time.Duration
	retryAfter time.Duration
	now        func() time.Time

	mu     sync.Mutex
	asking int                  // submits that are on their way
	seen   map[string]time.Time // handle to when it was last heard of
}

// limited holds back submits above the key's limit and follows the work by what passes through. A refusal is of class
// Overloaded, so that the gateway holds the task THROTTLED.
func limited(f *flight, next step) step {
	return func(ctx context.Context, c *call) error {
		if c.verb != verbSubmit {
			err := next(ctx, c)
			f.follow(c, err)
			return err
		}
		if !f.enter() {
			return &Error{
				Class: Overloaded, Held: HeldByLimit, Reason: task.VendorUnavailable, RetryAfter: f.retryAfter,
				Detail: fmt.Sprintf("the key's limit of %d in flight is reached", f.limit),
			}
		}
		err := errBroken
		defer func() { f.leave(c.handle, err) }()
		err = next(ctx, c)
		return err
	}
}

// count is how much is in flight. Work that nobody asked after for long is taken for ended, or a lost poll would hold
// its place for ever.
func (f *flight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.countLocked()
}

func (f *flight) countLocked() int {
	oldest := f.now().Add(-f.forget)
	for h, at := range f.seen {
		if at.Before(oldest) {
			delete(f.seen, h)
		}
	}
	return len(f.seen) + f.asking
}

func (f *flight) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.limit > 0 && f.countLocked() >= f.limit {
		return false
	}
	f.asking++
	return true
}

func (f *flight) leave(handle string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asking--
	if err == nil {
		f.seen[handle] = f.now()
	}
}

func (f *flight) follow(c *call, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil && AsError(err).Class == Lost, err == nil && (c.verb == verbCancel || c.status.State.Terminal()):
		delete(f.seen, c.handle)
	case err == nil && (c.verb == verbPoll || c.verb == verbFind):
		f.seen[c.handle] = f.now()
	}
}

// crowded lets so many calls pass at once. A vendor that answers slowly so takes no connections and memory without end,
// and no other vendor waits for it.
func crowded(atOnce int, next step) step {
	turns := make(chan struct{}, atOnce)
	return func(ctx context.Context, c *call) error {
		select {
		case turns <- struct{}{}:
		default:
			select {
			case turns <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		defer func() { <-turns }()
		return next(ctx, c)
	}
}
