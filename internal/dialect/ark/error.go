package ark

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// arkError is the body of every error.
type arkError struct {
	Error arkErrorBody `json:"error" doc:"The error."`
}

type arkErrorBody struct {
	Code    string `json:"code" doc:"Ark's code."`
	Message string `json:"message" doc:"What is wrong, for people. It names every field at fault, with what is allowed."`
	Param   string `json:"param" doc:"The first field at fault; empty if there is none."`
	Type    string `json:"type" doc:"The kind, which goes with the status."`
}

// errorRow is a code's row in Ark's table of errors.
type errorRow struct {
	status     int
	code, kind string
}

// errorRowOf is the error table. A conflict is no 409, which clients repeat.
func errorRowOf(c task.Code) errorRow {
	status := dialect.Status(c)
	switch c {
	case task.Invalid, task.TooLarge, task.Unreadable:
		return errorRow{status, "InvalidParameter", "BadRequest"}
	case task.Unsupported:
		return errorRow{status, "InvalidParameter.UnsupportedMediaType", "BadRequest"}
	case task.Conflict:
		return errorRow{http.StatusBadRequest, "InvalidAction", "BadRequest"}
	case task.Unauthorized:
		return errorRow{status, "AuthenticationError", "Unauthorized"}
	case task.BudgetSpent:
		return errorRow{http.StatusForbidden, "AccountOverdueError", "Forbidden"}
	case task.Forbidden:
		return errorRow{status, "AccessDenied", "Forbidden"}
	case task.NotFound:
		return errorRow{status, "ResourceNotFound", "NotFound"}
	case task.NotAllowed:
		return errorRow{status, "InvalidAction.NotFound", "NotFound"}
	case task.RateLimited:
		return errorRow{status, "RateLimitExceeded", "TooManyRequests"}
	case task.Unavailable, task.NoSpace:
		return errorRow{status, "ServerOverloaded", "ServiceUnavailable"}
	default:
		return errorRow{status, "InternalServiceError", "InternalServerError"}
	}
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "ArkError", Type: "application/json", Of: arkError{},
		Status: func(c task.Code) int { return errorRowOf(c).status },
		Encode: func(e *task.Error, _ string) []byte {
			row := errorRowOf(e.Code)
			out := arkErrorBody{Code: row.code, Message: dialect.Sentence(e), Type: row.kind}
			if len(e.Fields) > 0 {
				out.Param = strings.ReplaceAll(strings.TrimPrefix(e.Fields[0].Field, "?"), "/", ".")
			}
			return dialect.Marshal(arkError{out})
		}}
}
