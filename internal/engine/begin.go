package engine

import (
	"context"
	"errors"
)

// Submit submits a job to e. It calls begin once, right before the first call that may make a job at the vendor: with an engine of
// [Wrap], after the limits and the breaker have let the call pass. So a submit that they refuse has not begun. If begin fails, nothing
// is sent, and the error is begin's, wrapped. The caller calls done when it has recorded the outcome: what other processes are told of
// the place in flight waits for that. done is never nil.
func Submit(ctx context.Context, e Engine, job Job, begin func(context.Context) error) (sub Submission, done func(), err error) {
	if b, ok := e.(beginner); ok {
		return b.submitBegun(ctx, job, begin)
	}
	done = func() {}
	if err := begin(ctx); err != nil {
		return Submission{}, done, &beginError{err}
	}
	sub, err = e.Submit(ctx, job)
	return sub, done, err
}

// beginner is an engine that may refuse a submit by itself.
type beginner interface {
	submitBegun(ctx context.Context, job Job, begin func(context.Context) error) (Submission, func(), error)
}

// beginError says that a submit's begin failed, so that nothing was sent. It says nothing about the vendor.
type beginError struct{ err error }

// Error implements error.
func (e *beginError) Error() string { return "engine: begin a submit: " + e.err.Error() }

// Unwrap returns begin's error.
func (e *beginError) Unwrap() error { return e.err }

// notBegun reports whether err is that of a submit's begin.
func notBegun(err error) bool {
	var e *beginError
	return errors.As(err, &e)
}

// ensureBegun calls begin before the first try of a submit.
func (c *call) ensureBegun(ctx context.Context) error {
	if c.begin == nil || c.begun {
		return nil
	}
	if err := c.begin(ctx); err != nil {
		return &beginError{err}
	}
	c.begun = true
	return nil
}

// tell tells other processes of what came of a submit.
func (c *call) tell() {
	for _, f := range c.later {
		f()
	}
}
