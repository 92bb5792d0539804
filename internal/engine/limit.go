package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Flight counts the work of one key that was submitted and has not ended. Its zero value counts nothing yet. One that is
// handed from a key to the key that takes its place goes on counting the work of both: it is the vendor's room that is
// limited. It is rebuilt after a restart from the polls of work that goes on.
type InFlight struct {
	mu     sync.Mutex
	asking int                  // submits that are on their way
	seen   map[string]time.Time // handle to when it was last heard of
}

// room is a key's flight, and how much may be in it.
type inFlightLimit struct {
	inFlight    *InFlight
	limit       int
	inFlightTTL time.Duration
	retryAfter  time.Duration
	now         func() time.Time
}

// withInFlightLimit holds back submits above the key's limit and follows the work by what passes through. A refusal is of class
// Overloaded, so that the gateway holds the task THROTTLED.
func withInFlightLimit(r inFlightLimit, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		if c.verb != verbSubmit {
			err := next(ctx, c)
			r.follow(c, err)
			return err
		}
		if !r.enter() {
			return &Error{
				Class: Overloaded, WaitCause: InFlightLimit, Reason: task.VendorUnavailable, RetryAfter: r.retryAfter,
				Detail: fmt.Sprintf("the key's limit of %d in flight is reached", r.limit),
			}
		}
		err := errPanicked
		defer func() { r.leave(c.handle, err) }()
		err = next(ctx, c)
		return err
	}
}

// count is how much is in flight. Work that nobody asked after for long is taken for ended, or a lost poll would hold
// its place for ever.
func (r inFlightLimit) count() int {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	return r.countLocked()
}

func (r inFlightLimit) countLocked() int {
	oldest := r.now().Add(-r.inFlightTTL)
	for h, at := range r.inFlight.seen {
		if at.Before(oldest) {
			delete(r.inFlight.seen, h)
		}
	}
	return len(r.inFlight.seen) + r.inFlight.asking
}

func (r inFlightLimit) enter() bool {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	if r.limit > 0 && r.countLocked() >= r.limit {
		return false
	}
	r.inFlight.asking++
	return true
}

func (r inFlightLimit) leave(handle string, err error) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	r.inFlight.asking--
	if err == nil {
		r.noteLocked(handle)
	}
}

func (r inFlightLimit) follow(c *call, err error) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	switch {
	case err != nil && AsError(err).Class == NotFound, err == nil && (c.verb == verbCancel || c.status.State.Terminal()):
		delete(r.inFlight.seen, c.handle)
	case err == nil && (c.verb == verbPoll || c.verb == verbFind):
		r.noteLocked(c.handle)
	}
}

func (r inFlightLimit) noteLocked(handle string) {
	if r.inFlight.seen == nil {
		r.inFlight.seen = map[string]time.Time{}
	}
	r.inFlight.seen[handle] = r.now()
}

// withConcurrencyLimit lets so many calls pass at once. A vendor that answers slowly so takes no connections and memory without end,
// and no other vendor waits for it.
func withConcurrencyLimit(atOnce int, next callFunc) callFunc {
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
