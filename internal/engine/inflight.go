package engine

import (
	"container/list"
	"context"
	"errors"
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
	submitting int                      // submits that have not returned
	jobs       map[string]*list.Element // by handle, an element of seen
	seen       list.List                // of seenJob, the one that was polled longest ago first
	renewed    map[string]time.Time     // by handle, when Places were last told that the job is in flight
}

// seenJob is a job and when it was polled last.
type seenJob struct {
	handle string
	at     time.Time
}

// inFlightLimit is a key's counter and its limit.
type inFlightLimit struct {
	inFlight    *InFlight
	limit       int
	places      Places // nil = no other process uses the key, and the counter has all its jobs
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
			r.observe(ctx, c, err)
			return err
		}
		if err := r.acquire(ctx, c.job.Task); err != nil {
			return err
		}
		err := errPanicked
		defer func() { r.release(ctx, c, err) }()
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
	oldest, f := r.now().Add(-r.inFlightTTL), r.inFlight
	for e := f.seen.Front(); e != nil && e.Value.(seenJob).at.Before(oldest); e = f.seen.Front() {
		f.forgetLocked(e.Value.(seenJob).handle)
	}
	return len(f.jobs) + f.submitting
}

// acquire takes a place for the task's submit.
func (r inFlightLimit) acquire(ctx context.Context, task string) error {
	free, err := r.acquireShared(ctx, task)
	if err != nil {
		return r.refusal(VendorBusy, "the jobs in flight can't be counted: "+err.Error())
	}
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	if !free || !r.isShared() && r.limit > 0 && r.countLocked() >= r.limit {
		return r.refusal(InFlightLimit, fmt.Sprintf("the key's limit of %d in flight is reached", r.limit))
	}
	r.inFlight.submitting++
	return nil
}

// refusal is the error of a submit that was not sent.
func (r inFlightLimit) refusal(cause WaitCause, detail string) error {
	return &Error{Class: Overloaded, WaitCause: cause, Reason: task.VendorUnavailable, RetryAfter: r.retryAfter, Detail: detail}
}

// release ends a submit. Its place among all processes is written when the caller has recorded the outcome.
func (r inFlightLimit) release(ctx context.Context, c *call, err error) {
	task, handle := c.job.Task, c.handle
	r.inFlight.mu.Lock()
	r.inFlight.submitting--
	if err == nil {
		r.markLocked(handle)
	}
	r.inFlight.mu.Unlock()
	switch {
	case err == nil:
		c.later = append(c.later, func() { r.fillShared(ctx, task, handle) })
	case errors.Is(err, errPanicked): // nobody records it
		r.releaseShared(ctx, task, "")
	case !notBegun(err): // else another step may be in its submit, and the place is the task's; the next one keeps it
		c.later = append(c.later, func() { r.releaseShared(ctx, task, "") })
	}
}

func (r inFlightLimit) observe(ctx context.Context, c *call, err error) {
	switch {
	case c.verb == verbFind && err == nil:
		r.mark(c.handle)
		r.fillShared(ctx, c.task, c.handle)
	case c.verb == verbFind && AsError(err).Class == NotFound:
		r.releaseShared(ctx, c.task, "") // the submit of a process that died made no job
	case err != nil && AsError(err).Class == NotFound, err == nil && (c.verb == verbCancel || c.status.State.Terminal()):
		r.forget(c.handle)
		r.releaseShared(ctx, "", c.handle)
	case err == nil && c.verb == verbPoll:
		r.mark(c.handle)
		r.renewShared(ctx, c.handle)
	}
}

func (r inFlightLimit) mark(handle string) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	r.markLocked(handle)
}

func (r inFlightLimit) forget(handle string) {
	r.inFlight.mu.Lock()
	defer r.inFlight.mu.Unlock()
	r.inFlight.forgetLocked(handle)
}

func (f *InFlight) forgetLocked(handle string) {
	if e, ok := f.jobs[handle]; ok {
		f.seen.Remove(e)
		delete(f.jobs, handle)
	}
	delete(f.renewed, handle)
}

func (r inFlightLimit) markLocked(handle string) {
	f := r.inFlight
	if f.jobs == nil {
		f.jobs, f.renewed = map[string]*list.Element{}, map[string]time.Time{}
	}
	if e, ok := f.jobs[handle]; ok {
		e.Value = seenJob{handle, r.now()}
		f.seen.MoveToBack(e)
		return
	}
	f.jobs[handle] = f.seen.PushBack(seenJob{handle, r.now()})
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
