package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
)

// The kinds of error that a request ends with. Each is found with errors.Is in whatever the clients return.
var (
	ErrURL              = errors.New("outbound: the URL is not one that may be asked")
	ErrForbiddenAddress = errors.New("outbound: the address is not allowed")
	ErrRedirects        = errors.New("outbound: too many redirects")
	ErrTimeout          = errors.New("outbound: no answer in time")
	ErrUnreachable      = errors.New("outbound: no answer")
	ErrStatus           = errors.New("outbound: the answer is no success")
	ErrTooLarge         = errors.New("outbound: the answer is too large")
)

// Error is why a URL could not be had. Its text is public; it names no address that a name led to, so that nobody can
// use it to look into our network: an address that is refused and a name that nobody knows have one text.
type Error struct {
	Kind   error  // one of the package's errors
	Text   string // public: a sentence's end, "more than 3 redirects"
	Status int    // of the answer, for ErrStatus; 0 otherwise
	Detail string // for the log alone
	cause  error
}

// Error gives the public text.
func (e *Error) Error() string { return e.Text }

// Unwrap gives the kind, and what was wrong underneath where that is known.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// unreachableText is what is told of a server that gave no answer, and of one that was not asked.
const unreachableText = "the server could not be reached, or broke off"

// badURL is an ErrURL that says what is wrong.
func badURL(format string, a ...any) *Error {
	return &Error{Kind: ErrURL, Text: fmt.Sprintf(format, a...)}
}

// LogText is why a URL could not be had, for the log: what Error keeps back is in it.
func LogText(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Detail != "" {
		return e.Text + ": " + e.Detail
	}
	return err.Error()
}

// toError turns an error of the HTTP client into an *Error. A caller's own cancelling stays what it is.
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

// causeText is an error's text without the URL, whose query may hold a secret.
func causeText(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}
