package engine

import (
	"context"
	"time"
)

// withRetry repeats calls after temporary errors, if repeating is safe. Reading always is. A submit is if the engine
// recognises our task id, or if the vendor certainly created nothing. If any try may have created a job, the final error is
// marked as unconfirmed, whatever the last try says. If the breaker stops a repetition of any other call, the error is the vendor's
// own: the job that failed has failed, and does not merely wait, however often it pauses its key. A submit whose last answer is a
// server error is looked up once more, if the engine can: the task goes to another engine after it.
func withRetry(p Policy, e Engine, next callFunc) callFunc {
	caps := e.Capabilities()
	_, canFind := e.(Finder)
	return func(ctx context.Context, c *call) error {
		finds := canFind && !caps.lacksTaskID(c.job.Model)
		unsure := false
		var before error
		for try := 1; ; try++ {
			err := next(ctx, c)
			if err == nil || notBegun(err) {
				return err
			}
			if before != nil && c.verb != verbSubmit && AsError(err).WaitCause == BreakerOpen {
				return before
			}
			before = err
			unsure = unsure || c.verb == verbSubmit && AsError(err).Unconfirmed
			if try >= p.Tries || ctx.Err() != nil || !canRepeat(c.verb, AsError(err), caps.RecognizesTask(c.job.Model)) {
				return lastTry(ctx, c, next, unconfirmed(err, unsure), finds)
			}
			wait, ok := p.retryWait(AsError(err), try)
			if !ok || p.Sleep(ctx, wait) != nil {
				return lastTry(ctx, c, next, unconfirmed(err, unsure), finds)
			}
			if c.verb == verbSubmit && finds && findExisting(ctx, c, next) {
				return nil
			}
		}
	}
}

// unconfirmed returns err, marked as unconfirmed if the vendor may have taken the job.
func unconfirmed(err error, unsure bool) error {
	if !unsure || AsError(err).Unconfirmed {
		return err
	}
	e := *AsError(err)
	e.Unconfirmed = true
	return &e
}

// lastTry returns err, that of the last try of a call, or nil if it is the vendor's server error to a submit and the job is found.
func lastTry(ctx context.Context, c *call, next callFunc, err error, finds bool) error {
	if c.verb == verbSubmit && finds && answeredWithServerError(AsError(err)) && ctx.Err() == nil && findExisting(ctx, c, next) {
		return nil
	}
	return err
}

// findExisting asks the engine for a job that a failed submit may have created, which avoids a second submit.
func findExisting(ctx context.Context, c *call, next callFunc) bool {
	find := call{verb: verbFind, task: c.job.Task}
	if next(ctx, &find) != nil {
		return false
	}
	c.handle = find.handle
	return true
}

// canRepeat reports whether a call that failed with e may be repeated. A submit that the vendor is too busy for is not: the
// caller holds the task as THROTTLED, which keeps its place in the queue better than a sleeping goroutine.
func canRepeat(verb string, e *Error, recognized bool) bool {
	if e.JobOnly && verb != verbSubmit {
		return false // the answer is definite, for now
	}
	switch e.Class {
	case Unreachable, InvalidResponse:
		return verb != verbSubmit || recognized || !e.Unconfirmed
	case Overloaded:
		return verb != verbSubmit
	default:
		return false
	}
}

// retryWait returns how long to wait after the given try: exactly as long as the vendor asked, since less would be refused
// again, or a random part of a doubling bound, so that tasks that failed together do not return together. ok is false if the
// vendor asked for longer than a call may occupy a worker.
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
