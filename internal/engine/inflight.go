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
	mu         sync.Mutex
	submitting int                  // submits that are on their way
	lastSeen   map[string]time.Time // handle to when it was last heard of
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
			r.observe(c, err)
			return err
		}
		if !r.acquire() {
			return &Error{
				Class: Overloaded, WaitCause: InFlightLimit, Reason: task.VendorUnavailable, RetryAfter: r.retryAfter,
				Detail: fmt.Sprintf("the key's limit of %d in flight is reached", r.limit),
			}
		}
		err := errPanicked
		defer func() { r.release(c.handle, err) }()
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
	for h, at := range r.inFlight.lastSeen {
		if at.Before(oldest) {
			delete(r.inFlight.lastSeen, h)
		}
	}
	return len(r.inFlight.lastSeen) + r.inFlight.submitting
}

func (r inFlightLimit) acquire() bool {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	if r.limit > 0 && r.countLocked() >= r.limit {
		return false
	}
	r.inFlight.submitting++
	return true
}

func (r inFlightLimit) release(handle string, err error) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	r.inFlight.submitting--
	if err == nil {
		r.markLocked(handle)
	}
}

func (r inFlightLimit) observe(c *call, err error) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	switch {
	case err != nil && AsError(err).Class == NotFound, err == nil && (c.verb == verbCancel || c.status.State.Terminal()):
		delete(r.inFlight.lastSeen, c.handle)
	case err == nil && (c.verb == verbPoll || c.verb == verbFind):
		r.markLocked(c.handle)
	}
}

func (r inFlightLimit) markLocked(handle string) {
	if r.inFlight.lastSeen == nil {
		r.inFlight.lastSeen = map[string]time.Time{}
	}
	r.inFlight.lastSeen[handle] = r.now()
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
