package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/task"
)

// Flight counts the work of one key that was submitted and has not ended. Its zero value counts nothing yet. One that is
// handed from a key to the key that takes its place goes on counting the work of both: it is the vendor's room that is
// limited. It is rebuilt after a restart from the polls of work that goes on.
type Flight struct {
	mu     sync.Mutex
	asking int                  // submits that are on their way
	seen   map[string]time.Time // handle to when it was last heard of
}

// room is a key's flight, and how much may be in it.
type room struct {
	flight     *Flight
	limit      int
	forget     time.Duration
	retryAfter time.Duration
	now        func() time.Time
}

// limited holds back submits above the key's limit and follows the work by what passes through. A refusal is of class
// Overloaded, so that the gateway holds the task THROTTLED.
func limited(r room, next step) step {
	return func(ctx context.Context, c *call) error {
		if c.verb != verbSubmit {
			err := next(ctx, c)
			r.follow(c, err)
			return err
		}
		if !r.enter() {
			return &Error{
				Class: Overloaded, Held: HeldByLimit, Reason: task.VendorUnavailable, RetryAfter: r.retryAfter,
				Detail: fmt.Sprintf("the key's limit of %d in flight is reached", r.limit),
			}
		}
		err := errBroken
		defer func() { r.leave(c.handle, err) }()
		err = next(ctx, c)
		return err
	}
}

// count is how much is in flight. Work that nobody asked after for long is taken for ended, or a lost poll would hold
// its place for ever.
func (r room) count() int {
	r.flight.mu.Lock()
	defer r.flight.mu.Unlock()
	return r.countLocked()
}

func (r room) countLocked() int {
	oldest := r.now().Add(-r.forget)
	for h, at := range r.flight.seen {
		if at.Before(oldest) {
			delete(r.flight.seen, h)
		}
	}
	return len(r.flight.seen) + r.flight.asking
}

func (r room) enter() bool {
	r.flight.mu.Lock()
	defer r.flight.mu.Unlock()
	if r.limit > 0 && r.countLocked() >= r.limit {
		return false
	}
	r.flight.asking++
	return true
}

func (r room) leave(handle string, err error) {
	r.flight.mu.Lock()
	defer r.flight.mu.Unlock()
	r.flight.asking--
	if err == nil {
		r.heardLocked(handle)
	}
}

func (r room) follow(c *call, err error) {
	r.flight.mu.Lock()
	defer r.flight.mu.Unlock()
	switch {
	case err != nil && AsError(err).Class == Lost, err == nil && (c.verb == verbCancel || c.status.State.Terminal()):
		delete(r.flight.seen, c.handle)
	case err == nil && (c.verb == verbPoll || c.verb == verbFind):
		r.heardLocked(c.handle)
	}
}

func (r room) heardLocked(handle string) {
	if r.flight.seen == nil {
		r.flight.seen = map[string]time.Time{}
	}
	r.flight.seen[handle] = r.now()
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
