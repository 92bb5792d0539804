package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
)

// The kinds of error. errors.Is finds them in the errors of a Client and of its HTTP client.
var (
	ErrURL              = errors.New("outbound: the URL is not allowed")
	ErrForbiddenAddress = errors.New("outbound: the address is not allowed")
	ErrRedirects        = errors.New("outbound: too many redirects")
	ErrTimeout          = errors.New("outbound: no answer in time")
	ErrUnreachable      = errors.New("outbound: no answer")
	ErrStatus           = errors.New("outbound: the status is not a success")
	ErrTooLarge         = errors.New("outbound: the answer is too large")
)

// Error is why a request failed. Callers may see its text. The text names no address that was looked up, and is the same for
// a refused address and an unknown name, so that callers cannot use it to explore the operator's network.
type Error struct {
	Kind   error  // one of the package's errors
	Text   string // public: the end of a sentence, "more than 3 redirects"
	Status int    // HTTP status, for ErrStatus; 0 otherwise
	Detail string // only for the log
	cause  error
}

// Error returns the public text.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the kind, and the underlying error if there is one.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// unreachableText is the text for a server that gave no answer, and for one whose address was refused.
const unreachableText = "the server could not be reached, or closed the connection"

// badURL returns an Error of the kind ErrURL.
func badURL(format string, a ...any) *Error {
	return &Error{Kind: ErrURL, Text: fmt.Sprintf(format, a...)}
}

// LogText returns the text of err for the log. For an *Error in its chain it includes Detail, which Error leaves out.
func LogText(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Detail != "" {
		return e.Text + ": " + e.Detail
	}
	return err.Error()
}

// toError turns an error of the HTTP client into an *Error, or returns ctx's error if the caller cancelled it.
func toError(ctx context.Context, err error) error {
	var ours *Error
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &ours):
		return ours
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &Error{Kind: ErrTimeout, Text: "the server did not answer in time", Detail: causeText(err), cause: err}
	default:
		return &Error{Kind: ErrUnreachable, Text: unreachableText, Detail: causeText(err), cause: err}
	}
}

// causeText returns the text of err without the URL, whose query may hold a secret.
func causeText(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}
