package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// InFlight counts the jobs of one key that were submitted and have not ended. The zero value is ready to use. A key that
// replaces another takes over its counter, since the vendor limits both together. After a restart, polls of running jobs
// fill it again.
type InFlight struct {
	mu         sync.Mutex
	submitting int                  // submits that have not returned
	lastSeen   map[string]time.Time // by handle, the time of the last poll
}

// inFlightLimit is a key's counter and its limit.
type inFlightLimit struct {
	inFlight    *InFlight
	limit       int
	inFlightTTL time.Duration
	retryAfter  time.Duration
	now         func() time.Time
}

// withInFlightLimit refuses submits above the key's limit, and follows jobs by the calls that pass through. A refusal is of
// class Overloaded, so that the gateway holds the task as THROTTLED.
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

// count returns the number of jobs in flight. A job that was not polled for the TTL is taken for ended: otherwise a lost
// poll would occupy its place for ever.
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

// withConcurrencyLimit lets atOnce calls pass at the same time. A slow vendor then can't use up connections and memory, and
// no other vendor waits for it.
func withConcurrencyLimit(atOnce int, next callFunc) callFunc {
	slots := make(chan struct{}, atOnce)
	return func(ctx context.Context, c *call) error {
		select {
		case slots <- struct{}{}:
		default:
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		defer func() { <-slots }()
		return next(ctx, c)
	}
}
