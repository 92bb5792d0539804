package engine

import (
	"context"
	"net/http"
	"strings"
)

// mayBeTaken reports whether the vendor may have taken a submit that it answered with a server error. said is the sentence in the
// error's body, in any of the shapes in which vendors write errors; "" is none.
//
// A front that answers 502 reports for the vendor that no job was given, and a 500 with a sentence is the vendor's own answer that
// says so. A front that waited too long (504, 408, or any of them that speaks of a timeout) can't know what the vendor does now, and
// a 500 without a sentence may be a handler that crashed after it had made the job.
func mayBeTaken(status int, said string) bool {
	if status != http.StatusRequestTimeout && status < 500 || notServed(status) {
		return false
	}
	if timedOut(said) {
		return true
	}
	return status != http.StatusBadGateway && (status != http.StatusInternalServerError || said == "")
}

// timedOut reports whether a vendor's sentence is about a timeout.
func timedOut(said string) bool {
	lower := strings.ToLower(said)
	for _, words := range []string{"timeout", "timed out", "time out", "time-out", "deadline"} {
		if strings.Contains(lower, words) {
			return true
		}
	}
	return false
}

// notServed reports whether a status says that no server has handled the request: 503, and the statuses by which Cloudflare,
// which many vendors use, reports that it could not connect to the origin
// (developers.cloudflare.com/support/troubleshooting/http-status-codes; its 520, 522 and 524 come from a connection that
// existed).
func notServed(status int) bool {
	switch status {
	case http.StatusServiceUnavailable, 521, 523, 525, 526:
		return true
	default:
		return false
	}
}

// withStrictSubmits marks each submit that was answered with a server error as unconfirmed, unless the status says that nobody
// handled it. It does nothing if strict is false.
func withStrictSubmits(strict bool, next callFunc) callFunc {
	if !strict {
		return next
	}
	return func(ctx context.Context, c *call) error {
		err := next(ctx, c)
		if err == nil || c.verb != verbSubmit {
			return err
		}
		return unconfirmed(err, answeredWithServerError(AsError(err)))
	}
}

// answeredWithServerError reports whether e is the vendor's answer that it failed. 503 and the like, which nobody handled, are not.
func answeredWithServerError(e *Error) bool {
	return e.Class == Unreachable && (e.Status != 0 || e.Said != "") && !notServed(e.Status)
}
