package openapi

import (
	"bytes"
	"encoding/json"

	"github.com/filmgate/filmgate/internal/task"
)

// meaning is when callers get an error of that code, and what they may do.
func meaning(c task.Code) string {
	switch c {
	case task.Invalid:
		return "The request is not valid. Every field or parameter at fault is named, with what is allowed."
	case task.Unauthorized:
		return "There is no API key, or none that is known."
	case task.BudgetSpent:
		return "The key's budget is spent."
	case task.Forbidden:
		return "The key may not do this: it lacks the scope."
	case task.NotFound:
		return "There is nothing of this name, or it belongs to another account."
	case task.NotAllowed:
		return "The path has no such method; `Allow` lists those that it has."
	case task.Conflict:
		return "Not possible in the present state, or an earlier request with the same `Idempotency-Key` is still under way."
	case task.Changed:
		return "It has changed since the version that `If-Match` names. Nothing was done: read it again."
	case task.TooLarge:
		return "The body or the picture is too large."
	case task.Unsupported:
		return "The body or the picture is of a type that the call does not take."
	case task.Unreadable:
		return "The picture could not be fetched or read, or the `Idempotency-Key` was used for another body."
	case task.RateLimited:
		return "Too many requests. Wait as long as `Retry-After` says."
	case task.Unavailable:
		return "The server is too busy, or something that it needs is, or its disk or database can't be used. Nothing was done. Wait as long as `Retry-After` says."
	case task.NoSpace:
		return "The server has no space left for the picture, the video or the part. Wait as long as `Retry-After` says, or send a smaller one."
	default:
		return "Something went wrong on the server's side. Quote the request's id when you report it."
	}
}

// sample is an error of that code.
func sample(c task.Code) *task.Error {
	e := &task.Error{Code: c, Detail: map[task.Code]string{
		task.Invalid:       "2 fields are not valid.",
		task.Unauthorized:  "The API key is not known or no longer in force.",
		task.BudgetSpent:   "The budget of the key is spent.",
		task.Forbidden:     "The key lacks the scope write.",
		task.NotFound:      task.NoTask,
		task.NotAllowed:    "Allowed here: GET, HEAD.",
		task.Conflict:      "The task has ended.",
		task.Changed:       "The storyboard has version 4 meanwhile.",
		task.TooLarge:      "The body is larger than the 65536 bytes allowed here.",
		task.Unsupported:   "The body must be JSON: send Content-Type: application/json.",
		task.Unreadable:    "This Idempotency-Key was used for another request in the last 24 hours.",
		task.RateLimited:   "The key has sent too many requests.",
		task.Unavailable:   "The server is busy.",
		task.NoSpace:       "The server has no space left for the file. Send it again later.",
		task.InternalError: "Something went wrong on our side. Quote the request id when you report it.",
	}[c]}
	if c == task.Invalid {
		e.Fields = []task.FieldError{{Field: "name", Detail: "must be a string, not a number"}, {Field: "duration", Detail: `"7" is not possible; allowed: "5", "10"`}}
	}
	return e
}

// hints are the headers that go with an error.
func hints(c task.Code) object {
	switch c {
	case task.Unauthorized:
		return object{{"WWW-Authenticate", header("`Bearer`, with `error=\"invalid_token\"` where a key was sent (RFC 6750).")}}
	case task.Invalid:
		return object{}.with(ignored())
	case task.RateLimited, task.Unavailable, task.NoSpace:
		return object{{"Retry-After", header("Seconds to wait.")}}
	default:
		return nil
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func trimmed(body []byte) json.RawMessage { return bytes.TrimSpace(body) }
