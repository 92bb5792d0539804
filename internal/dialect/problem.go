package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
)

// WriteProblem answers with err as a problem document. Its type is the URI reference "/problems/<code>", after the prefix of
// problem.WithPrefix. An error that callers may not see is logged with the request's id and answered as internal_error.
func WriteProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	p := problemOf(Public(w, r, log, err), RequestID(w)).For(r.Context())
	problem.Write(w, p.Status, Marshal(p))
}

func problemOf(e *task.Error, requestID string) problem.Document {
	p := problem.New(string(e.Code), e.Code.Title(), Status(e.Code), e.Detail, requestID)
	for _, f := range e.Fields {
		one := problem.FieldError{Detail: f.Detail}
		if name, ok := strings.CutPrefix(f.Field, "?"); ok {
			one.Parameter = name
		} else {
			one.Pointer = pointer(f.Field)
		}
		p.Errors = append(p.Errors, one)
	}
	return p
}

// pointer returns the field's JSON Pointer. Field names are the dialect's own, with "/" between levels.
func pointer(field string) string {
	if field == "" {
		return "#"
	}
	return "#/" + (&url.URL{Path: strings.ReplaceAll(field, "~", "~0")}).EscapedPath()
}

// longestRetry is the longest Retry-After. The clients of several vendors wait as long as it says, without a limit of their own, or
// give up above a minute or two. Coming too early costs one more refusal.
const longestRetry = time.Minute

// storageRetry is the Retry-After of a request that failed because of our disk or database.
const storageRetry = 10 * time.Second

// Public returns what the caller may see of err: the *task.Error in its chain. Any other error is logged and becomes
// internal_error, or unavailable if it has a method Unavailable that returns true. Public sets the headers that every dialect
// sends with the error: WWW-Authenticate and Retry-After.
func Public(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) *task.Error {
	var e *task.Error
	if errors.As(err, &e) {
		writeHints(w, r, e)
		return e
	}
	level := slog.LevelError
	if r.Context().Err() != nil {
		level = slog.LevelDebug // the caller has gone, which is the likely cause
	}
	log.Log(r.Context(), level, "request failed", "error", err, "request_id", RequestID(w), "route", r.Pattern)
	var later interface{ Unavailable() bool }
	if errors.As(err, &later) && later.Unavailable() {
		e = &task.Error{Code: task.Unavailable, RetryAfter: storageRetry,
			Detail: "The server's database or storage can't be used now. Nothing was done; send the same request again later."}
		writeHints(w, r, e)
		return e
	}
	return &task.Error{Code: task.InternalError, Detail: "Something went wrong on our side. Quote the request id when you report it."}
}

// InvalidInput returns the error as a vendor has it that answers 400 for every fault of an input: one that names fields is Invalid,
// also if the input is too large, unreadable or of a type that can't be used. Without fields the body itself is at fault, and the
// error is returned unchanged.
func InvalidInput(e *task.Error) *task.Error {
	if len(e.Fields) == 0 || e.Code != task.TooLarge && e.Code != task.Unsupported && e.Code != task.Unreadable {
		return e
	}
	out := *e
	out.Code = task.Invalid
	return &out
}

// FieldError returns an error of one field or parameter. detail says what is wrong with it and what is allowed.
func FieldError(code task.Code, field, detail string) error {
	return &task.Error{Code: code, Detail: "One field is not valid.", Fields: []task.FieldError{{Field: field, Detail: detail}}}
}

// RequestID returns the request's id, which the server has set as the answer's X-Request-Id.
func RequestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }

// writeHints follows RFC 6750, section 3: no error code if the caller sent no key.
func writeHints(w http.ResponseWriter, r *http.Request, e *task.Error) {
	switch e.Code {
	case task.Unauthorized:
		challenge := "Bearer"
		if r.Header.Get("Authorization") != "" {
			challenge = `Bearer error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	case task.RateLimited, task.Unavailable, task.NoSpace:
		seconds := max(1, int(math.Ceil(min(e.RetryAfter, longestRetry).Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
}

// Status returns the HTTP status of an error code in dialects without their own table.
func Status(c task.Code) int {
	switch c {
	case task.Invalid:
		return http.StatusBadRequest
	case task.Unauthorized:
		return http.StatusUnauthorized
	case task.BudgetSpent:
		return http.StatusPaymentRequired
	case task.Forbidden:
		return http.StatusForbidden
	case task.NotFound:
		return http.StatusNotFound
	case task.NotAllowed:
		return http.StatusMethodNotAllowed
	case task.Conflict:
		return http.StatusConflict
	case task.Changed:
		return http.StatusPreconditionFailed
	case task.TooLarge:
		return http.StatusRequestEntityTooLarge
	case task.Unsupported:
		return http.StatusUnsupportedMediaType
	case task.Unreadable:
		return http.StatusUnprocessableEntity
	case task.RateLimited:
		return http.StatusTooManyRequests
	case task.Unavailable:
		return http.StatusServiceUnavailable
	case task.NoSpace:
		return http.StatusInsufficientStorage
	default:
		return http.StatusInternalServerError
	}
}

// Rename replaces field names in a gateway's error: names maps our names ("prompt") to the wire's ("text_prompt"); other
// fields keep their names. Any other error is returned unchanged.
func Rename(err error, names map[string]string) error {
	var e *task.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	out := *e
	out.Fields = make([]task.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		if wire, ok := names[f.Field]; ok {
			f.Field = wire
		}
		out.Fields[i] = f
	}
	return &out
}

// Marshal returns v as JSON with a line end, without HTML escapes. v is one of a dialect's wire structs, which can always be
// encoded; it panics on a value that can't.
func Marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}
