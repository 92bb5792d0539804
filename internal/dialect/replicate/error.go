package replicate

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// predictionError is the body of every error.
type predictionError struct {
	Title  string `json:"title" doc:"The kind of error, for people."`
	Detail string `json:"detail" doc:"What is wrong. It names every field at fault, with what is allowed."`
	Status int    `json:"status" doc:"The HTTP status."`
}

// errorStatus is the HTTP status of an error code. Conflict is a create with an Idempotency-Key whose first request still runs:
// the SDK repeats a create only after 429.
func errorStatus(c task.Code) int {
	if c == task.Conflict {
		return http.StatusTooManyRequests
	}
	return dialect.Status(c)
}

// title is the title of an error code, in Replicate's words if it has some.
func title(c task.Code) string {
	switch c {
	case task.Unauthorized:
		return "Unauthenticated"
	case task.Unreadable:
		return "Input validation failed"
	default:
		return c.Title()
	}
}

func encodeError(e *task.Error) []byte {
	return dialect.Marshal(predictionError{Title: title(e.Code), Detail: dialect.Sentence(e), Status: errorStatus(e.Code)})
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "PredictionError", Type: "application/json", Of: predictionError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte { return encodeError(e) }}
}

// refuse answers with an error. Fields at fault are 422, as at Replicate; a body that can't be read is 400.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var given *task.Error
	if errors.As(err, &given) && given.Code == task.Invalid && len(given.Fields) > 0 {
		public := *given
		public.Code = task.Unreadable
		err = &public
	}
	e := dialect.Public(w, r, c.Log, err)
	if e.Code == task.Conflict {
		w.Header().Set("Retry-After", strconv.Itoa(1))
	}
	ErrorForm().Write(w, r, e)
}
