package aisdk

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// gatewayError is the body of every error.
type gatewayError struct {
	Error gatewayErrorBody `json:"error" doc:"The error."`
}

type gatewayErrorBody struct {
	Message string             `json:"message" doc:"What is wrong, for people. It names every field at fault, with what is allowed."`
	Type    gatewayErrorType   `json:"type" doc:"The kind, of which the SDK makes its error class."`
	Param   *gatewayErrorParam `json:"param" doc:"The model, if it is the fault; else null."`
	Code    string             `json:"code" doc:"The kind, as our own calls name it."`
}

type gatewayErrorParam struct {
	ModelID string `json:"modelId" doc:"The model that the request names."`
}

// gatewayErrorType is a type of error that the SDK knows.
type gatewayErrorType string

// Words are all that are used here.
func (gatewayErrorType) Words() []string {
	return []string{"invalid_request_error", "authentication_error", "insufficient_funds", "forbidden", "not_found", "model_not_found", "rate_limit_exceeded",
		"internal_server_error"}
}

// errorType is the type of an error code.
func errorType(c task.Code) gatewayErrorType {
	switch c {
	case task.Invalid, task.TooLarge, task.Unsupported, task.Unreadable:
		return "invalid_request_error"
	case task.Unauthorized:
		return "authentication_error"
	case task.BudgetSpent:
		return "insufficient_funds"
	case task.Forbidden:
		return "forbidden"
	case task.NotFound, task.NotAllowed:
		return "not_found"
	case task.RateLimited:
		return "rate_limit_exceeded"
	default:
		return "internal_server_error"
	}
}

// errorStatus is the HTTP status of an error code. Conflict is a start with an Idempotency-Key whose first request still runs:
// the SDK sends such a key with every start and repeats it after a 503, when the first answer is there.
func errorStatus(c task.Code) int {
	if c == task.Conflict {
		return http.StatusServiceUnavailable
	}
	return dialect.Status(c)
}

// encodeError returns the body of an error. model is the one that the request names.
func encodeError(e *task.Error, model string) []byte {
	out := gatewayErrorBody{Message: dialect.Sentence(e), Type: errorType(e.Code), Code: string(e.Code)}
	if e.Code == task.NotFound && len(e.Fields) > 0 && e.Fields[0].Field == modelHeader {
		out.Type, out.Param = "model_not_found", &gatewayErrorParam{ModelID: model}
	}
	return dialect.Marshal(gatewayError{out})
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "GatewayError", Type: "application/json", Of: gatewayError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte { return encodeError(e, "") }}
}
