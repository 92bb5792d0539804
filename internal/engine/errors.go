package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Class says what to do about an engine's error.
type Class string

// The classes of errors.
const (
	Refused         Class = "refused"     // the request itself: never tried again
	Overloaded      Class = "overloaded"  // too many at once: hold the task until RetryAfter
	Unreachable     Class = "unreachable" // network, timeout, 5xx: try again with backoff
	AuthError       Class = "account"     // key, money or terms at the vendor: another key or engine may do
	NotFound        Class = "lost"        // the engine does not know the handle
	NotReady        Class = "not_ready"   // the result was asked for before it was there
	InvalidResponse Class = "garbled"     // an answer that makes no sense: ask again, up to a limit
)

// WaitCause is who has no room for a submit.
type WaitCause string

// Who may have no room.
const (
	VendorBusy    WaitCause = ""        // the vendor, who was asked
	InFlightLimit WaitCause = "limit"   // our own limit on work in flight: there is room as soon as some of it ends
	BreakerOpen   WaitCause = "breaker" // nobody: the key is left alone after failures in a row
	MachineBusy   WaitCause = "machine" // this machine: a program that the engine needs does not work; Text says which
)

// Error is an engine's error, sorted by what to do about it.
type Error struct {
	Class       Class
	Reason      task.Reason   // what the task fails with if it comes to that
	Text        string        // public; "" = Reason.PublicText
	Detail      string        // for the log; may quote the vendor, never a secret
	RetryAfter  time.Duration // the vendor's own wish; 0 = none
	WaitCause   WaitCause     // of Overloaded
	Unconfirmed bool          // of Submit: the vendor may have taken the work all the same; look before submitting again
	JobOnly     bool          // the answer was understood, and what is odd about it is this one job's: the vendor is well
	Err         error         // cause, may be nil
}

// Error gives the class and the operator's detail.
func (e *Error) Error() string {
	s := fmt.Sprintf("engine: %s (%s)", e.Class, e.Reason)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Failure is what a task ends with when this error is final.
func (e *Error) Failure() *task.Failure {
	f := &task.Failure{Reason: e.Reason, Text: e.Text, Detail: e.Error()}
	if f.Reason == "" {
		f.Reason = task.Internal
	}
	if f.Text == "" {
		f.Text = f.Reason.PublicText()
	}
	return f
}

// AsError finds the *Error in err's chain. An error of no class counts as Unreachable and Unconfirmed: asking again is
// safe, giving up is not, and what was submitted may have been taken.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Class: Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true, Err: err}
}
