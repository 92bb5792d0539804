package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Class says how to react to an engine's error.
type Class string

// The classes of errors.
const (
	Refused         Class = "refused"     // the request itself is at fault: never try again
	Overloaded      Class = "overloaded"  // too many requests: hold the task until RetryAfter
	Unreachable     Class = "unreachable" // network, timeout, 5xx: try again with backoff
	AuthError       Class = "account"     // key, balance or terms at the vendor: another key or engine may work
	ModelError      Class = "model"       // the vendor has no such model or call, or not for this account: another key or engine may
	NotFound        Class = "lost"        // the engine does not know the handle
	NotReady        Class = "not_ready"   // the result was requested before it existed
	InvalidResponse Class = "garbled"     // the answer makes no sense: ask again, a limited number of times
)

// WaitCause says what has no capacity for a submit.
type WaitCause string

// The causes of waiting.
const (
	VendorBusy    WaitCause = ""        // the vendor said so
	InFlightLimit WaitCause = "limit"   // our own limit on jobs in flight: there is capacity as soon as one of them ends
	BreakerOpen   WaitCause = "breaker" // the key is paused after repeated failures
	MachineBusy   WaitCause = "machine" // this machine: a program that the engine needs does not work; Text names it
)

// Error is an engine's error.
type Error struct {
	Class       Class
	Reason      task.Reason   // the task's reason if it fails with this error; "" = that of the class. Internal is for our own faults
	Text        string        // public: what to do, in place of what Explain would say; "" = that
	Detail      string        // for the log; may quote the vendor, never a secret
	Said        string        // public: the vendor's own words, trimmed and without secrets; "" = none that can be read
	Status      int           // HTTP status of the answer; 0 = there was none
	RetryAfter  time.Duration // as the vendor asked; 0 = it did not
	WaitCause   WaitCause     // of Overloaded
	Unconfirmed bool          // of Submit: the vendor may have taken the job; look for it before submitting again
	Certain     bool          // of NotFound: the only process that could have the job was asked
	JobOnly     bool          // the answer was understood and is odd only about this job: the vendor works
	Err         error         // cause, may be nil
}

// Error returns the class and the operator's detail.
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

// JobFailure is Failure for a job that the vendor accepted and ended with this error. If the vendor gives no reason, the same job may
// succeed another time: the reason is VendorUnavailable, and not that of a refusal.
func (e *Error) JobFailure() *task.Failure {
	if e.Class != Refused || e.Reason != "" {
		return e.Failure()
	}
	unexplained := *e
	unexplained.Reason = task.VendorUnavailable
	return unexplained.Failure()
}

// FailureAt returns the failure of a task that ends with this error of the engine of that name, in the words of Explain.
func (e *Error) FailureAt(name string) *task.Failure {
	f := e.Failure()
	f.Text = e.Explain(name)
	return f
}

// Failure returns the failure of a task that ends with this error. Its text does not name the engine, as that of FailureAt does.
func (e *Error) Failure() *task.Failure {
	f := &task.Failure{Reason: e.Reason, Text: e.Text, Detail: e.Error()}
	if f.Reason == "" {
		f.Reason = defaultReason(e.Class)
	}
	if f.Text == "" && e.Class == ModelError {
		f.Text = "The engine does not offer the model: it is unknown, retired or not open to the operator's account."
	}
	if f.Text == "" {
		f.Text = f.Reason.PublicText()
	}
	return f
}

// AsError returns the *Error in err's chain. For any other error it returns one of class Unreachable that is unconfirmed:
// asking again is safe, giving up is not.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Class: Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true, Err: err}
}
