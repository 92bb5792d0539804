package task

import (
	"cmp"
	"errors"
	"time"
)

// Code is the kind of an error that a caller gets. Each dialect maps it to a status and body of its own.
type Code string

// The error codes, each with the HTTP status of the dialects that have no status of their own for it.
const (
	Invalid       Code = "invalid"             // 400: a field is missing, of the wrong type or out of range
	Unauthorized  Code = "unauthorized"        // 401: no key, or an unknown one
	BudgetSpent   Code = "budget_spent"        // 402
	Forbidden     Code = "forbidden"           // 403: a key without the scope
	NotFound      Code = "not_found"           // 404: unknown, or another account's
	NotAllowed    Code = "method_not_allowed"  // 405, or 404 for an unknown path: there is no such call
	Conflict      Code = "conflict"            // 409: not possible in the current state
	Changed       Code = "precondition_failed" // 412: it has changed since the caller read it
	TooLarge      Code = "too_large"           // 413
	Unsupported   Code = "unsupported"         // 415: a media type that is not accepted
	Unreadable    Code = "unreadable"          // 422: a picture or video that cannot be read
	RateLimited   Code = "rate_limited"        // 429
	Unavailable   Code = "unavailable"         // 503: the server is overloaded, or cannot use its disk or database now
	NoSpace       Code = "no_space"            // 507: the server has no space left for the caller's file
	InternalError Code = "internal_error"      // 500: any error that is not an *Error
)

// Codes lists every code.
func Codes() []Code {
	return []Code{Invalid, Unauthorized, BudgetSpent, Forbidden, NotFound, NotAllowed, Conflict, Changed, TooLarge, Unsupported,
		Unreadable, RateLimited, Unavailable, NoSpace, InternalError}
}

// Title returns the public text of c, the same for every occurrence. An unknown code has the title of InternalError.
func (c Code) Title() string {
	switch c {
	case Invalid:
		return "The request is not valid"
	case Unauthorized:
		return "A valid API key is needed"
	case BudgetSpent:
		return "The budget is spent"
	case Forbidden:
		return "The key may not do this"
	case NotFound:
		return "Not found"
	case NotAllowed:
		return "Method not allowed"
	case Conflict:
		return "Not possible in the present state"
	case Changed:
		return "It has changed meanwhile"
	case TooLarge:
		return "Too large"
	case Unsupported:
		return "Unsupported media type"
	case Unreadable:
		return "The content could not be read"
	case RateLimited:
		return "Too many requests"
	case Unavailable:
		return "The server is busy"
	case NoSpace:
		return "No space left for the file"
	default:
		return "Internal error"
	}
}

// Error is an error whose whole text callers may see. Any other error is internal: callers only learn its code,
// InternalError.
type Error struct {
	Code       Code
	Detail     string        // this occurrence, in one sentence
	Fields     []FieldError  // every invalid field, for Invalid, TooLarge, Unsupported and Unreadable
	RetryAfter time.Duration // for RateLimited, Unavailable and NoSpace; 0 = unknown
}

// FieldError is what is wrong with one field of a request.
type FieldError struct {
	Field  string // the caller's own name of the field, "seconds"; "?limit" = a parameter of the query; "" = the whole body
	Detail string // what is wrong and what is allowed
}

// Error returns the code, the detail (or the code's title if there is none) and each field error.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + cmp.Or(e.Detail, e.Code.Title())
	for _, f := range e.Fields {
		s += "; "
		if f.Field != "" {
			s += f.Field + ": "
		}
		s += f.Detail
	}
	return s
}

// NoTask is the detail of the error of NoSuchTask.
const NoTask = "There is no task with this id."

// NoSuchTask returns the error of a call for a task that does not exist, or is another account's.
func NoSuchTask() error { return &Error{Code: NotFound, Detail: NoTask} }

// CodeOf returns the code of the first *Error in err's chain, or InternalError if there is none, even if err is nil.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return InternalError
}

// Excerpt returns the first 40 characters of a text that an error quotes: callers and vendors may send any length.
func Excerpt(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
