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

// WriteProblem answers with err as a problem document. Its type is the URI reference "/problems/<code>". An error
// that callers may not see is logged with the request's id and answered as internal_error.
func WriteProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	p := problemOf(Public(w, r, log, err), RequestID(w))
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

// pointer is the field's place in the body. Field names are a dialect's own; "/" in them parts levels.
func pointer(field string) string {
	if field == "" {
		return "#"
	}
	return "#/" + (&url.URL{Path: strings.ReplaceAll(field, "~", "~0")}).EscapedPath()
}

// storageRetry is when a caller is to come again whose request a disk or a database could not take.
const storageRetry = 10 * time.Second

// Public is what the caller may see of err: the *task.Error in its chain. Any other error is logged, and internal_error
// stands in for it; unavailable where it says of itself that the same request may succeed later. It sets the headers that go with the error in every dialect: WWW-Authenticate and Retry-After.
func Public(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) *task.Error {
	var e *task.Error
	if errors.As(err, &e) {
		writeHints(w, r, e)
		return e
	}
	level := slog.LevelError
	if r.Context().Err() != nil {
		level = slog.LevelDebug // the caller has gone: nobody reads the answer, and most likely nothing is wrong
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

// RequestID is the id that the server gave the request: what it has set as X-Request-Id of the answer.
func RequestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }

// writeHints follows RFC 6750, section 3: no error code where the caller sent no key.
func writeHints(w http.ResponseWriter, r *http.Request, e *task.Error) {
	switch e.Code {
	case task.Unauthorized:
		challenge := "Bearer"
		if r.Header.Get("Authorization") != "" {
			challenge = `Bearer error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	case task.RateLimited, task.Unavailable, task.NoSpace:
		seconds := max(1, int(math.Ceil(e.RetryAfter.Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
}

// Status is the HTTP status that plain dialects give an error of that code.
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
	case task.Conflict:
		return http.StatusConflict
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

// Rename gives the faults of a gateway's error the caller's own field names: names maps our words ("prompt") to the
// wire's ("text_prompt"); a field that isn't in it keeps its name. Any other error is returned as it is.
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

// Marshal is v as JSON with a line end, without the escapes that only HTML needs. v is one of a dialect's own wire
// structs, which always encode; it panics on a value that can't be.
func Marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}
