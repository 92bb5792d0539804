package engine

import (
	"context"
	"time"
)

// withRetry repeats calls that failed for a cause that passes, if repeating them can do no harm: asking never does;
// submitting does not where the engine knows our task id again, or where the vendor certainly took nothing. Whatever the
// last try says, work that one before it may have left is there for all it knows.
func withRetry(p Policy, externalID, finds bool, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		taken := false
		for try := 1; ; try++ {
			err := next(ctx, c)
			if err == nil {
				return nil
			}
			taken = taken || c.verb == verbSubmit && AsError(err).Unconfirmed
			if try >= p.Tries || ctx.Err() != nil || !canRepeat(c.verb, AsError(err), externalID) {
				return unconfirmed(err, taken)
			}
			wait, ok := p.retryWait(AsError(err), try)
			if !ok || p.Sleep(ctx, wait) != nil {
				return unconfirmed(err, taken)
			}
			if c.verb == verbSubmit && finds && findExisting(ctx, c, next) {
				return nil
			}
		}
	}
}

// unconfirmed is err, which says that the vendor may have taken the work where it may have.
func unconfirmed(err error, taken bool) error {
	if !taken || AsError(err).Unconfirmed {
		return err
	}
	e := *AsError(err)
	e.Unconfirmed = true
	return &e
}

// findExisting looks for work that the failed submit may have left, which is kinder than a second submit even where the engine
// refuses that.
func findExisting(ctx context.Context, c *call, next callFunc) bool {
	look := call{verb: verbFind, task: c.job.Task}
	if next(ctx, &look) != nil {
		return false
	}
	c.handle = look.handle
	return true
}

// canRepeat tells whether a call that failed with e may be made again. A submit that the vendor is too busy for
// is held by the caller as THROTTLED instead: its place in the queue is better there than in a sleeping goroutine.
func canRepeat(verb string, e *Error, externalID bool) bool {
	if e.JobOnly && verb != verbSubmit {
		return false // the vendor means what it says, now at least
	}
	switch e.Class {
	case Unreachable, InvalidResponse:
		return verb != verbSubmit || externalID || !e.Unconfirmed
	case Overloaded:
		return verb != verbSubmit
	default:
		return false
	}
}

// retryWait is how long to wait after the given try: exactly what the vendor asked for, since less would be refused again;
// otherwise a random part of a bound that doubles, so that tasks that failed together do not come back together. It is
// not ok where the vendor asked for longer than a call may hold a worker.
func (p Policy) retryWait(e *Error, try int) (wait time.Duration, ok bool) {
	if e.RetryAfter > 0 {
		return e.RetryAfter, e.RetryAfter <= p.MaxWait
	}
	bound := p.MaxWait
	if shift := try - 1; shift < 32 && p.Backoff<<shift < bound && p.Backoff<<shift > 0 {
		bound = p.Backoff << shift
	}
	return time.Duration(p.Rand() * float64(bound)), true
}
