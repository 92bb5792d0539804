package google

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// googleError is the body of every error.
type googleError struct {
	Error googleErrorBody `json:"error" doc:"The error."`
}

type googleErrorBody struct {
	Code    int                 `json:"code" doc:"The HTTP status."`
	Message string              `json:"message" doc:"What is wrong, for people. It names every field at fault, with what is allowed."`
	Status  string              `json:"status" doc:"The kind, a name of google.rpc.Code."`
	Details []googleErrorDetail `json:"details,omitempty" doc:"The fields at fault."`
}

type googleErrorDetail struct {
	Type       string            `json:"@type" doc:"The type of the detail: a BadRequest."`
	Violations []googleViolation `json:"fieldViolations" doc:"Every field at fault."`
}

type googleViolation struct {
	Field       string `json:"field" doc:"The field's path, with dots between levels."`
	Description string `json:"description" doc:"What is wrong with it, and what is allowed."`
}

// statusOf returns the HTTP status and the status word of an error code. Conflict is a create with an Idempotency-Key whose first
// request still runs.
func statusOf(c task.Code) (int, string) {
	switch c {
	case task.Invalid, task.Unreadable:
		return http.StatusBadRequest, "INVALID_ARGUMENT"
	case task.TooLarge, task.Unsupported:
		return dialect.Status(c), "INVALID_ARGUMENT"
	case task.Unauthorized:
		return http.StatusUnauthorized, "UNAUTHENTICATED"
	case task.BudgetSpent:
		return http.StatusPaymentRequired, "FAILED_PRECONDITION"
	case task.Forbidden:
		return http.StatusForbidden, "PERMISSION_DENIED"
	case task.NotFound:
		return http.StatusNotFound, "NOT_FOUND"
	case task.NotAllowed:
		return http.StatusMethodNotAllowed, "UNIMPLEMENTED"
	case task.RateLimited:
		return http.StatusTooManyRequests, "RESOURCE_EXHAUSTED"
	case task.Conflict, task.Unavailable, task.NoSpace:
		return http.StatusServiceUnavailable, "UNAVAILABLE"
	default:
		return http.StatusInternalServerError, "INTERNAL"
	}
}

func errorStatus(c task.Code) int {
	status, _ := statusOf(c)
	return status
}

func encodeError(e *task.Error) []byte {
	status, word := statusOf(e.Code)
	body := googleErrorBody{Code: status, Message: dialect.Sentence(e), Status: word}
	if len(e.Fields) > 0 {
		d := googleErrorDetail{Type: "type.googleapis.com/google.rpc.BadRequest"}
		for _, f := range e.Fields {
			d.Violations = append(d.Violations, googleViolation{Field: strings.ReplaceAll(strings.TrimPrefix(f.Field, "?"), "/", "."), Description: f.Detail})
		}
		body.Details = []googleErrorDetail{d}
	}
	return dialect.Marshal(googleError{body})
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "GoogleError", Type: "application/json", Of: googleError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte { return encodeError(e) }}
}

// refuse answers with an error.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := dialect.Public(w, r, c.Log, err)
	if e.Code == task.Conflict {
		w.Header().Set("Retry-After", "1")
	}
	ErrorForm().Write(w, r, e)
}
