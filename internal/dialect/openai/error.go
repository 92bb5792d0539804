package openai

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// openaiError is the body of every error.
type openaiError struct {
	Error openaiErrorBody `json:"error" doc:"What is wrong."`
}

type openaiErrorBody struct {
	Message string          `json:"message" doc:"What is wrong, for people: every field at fault with what is allowed."`
	Type    openaiErrorType `json:"type" doc:"The kind of the error."`
	Param   *string         `json:"param" doc:"The first field or parameter at fault; null if there is none."`
	Code    string          `json:"code" doc:"The error, for programs."`
}

// openaiErrorType is one of the words of kindOf.
type openaiErrorType string

// Words are all of them.
func (openaiErrorType) Words() []string {
	return []string{"invalid_request_error", "insufficient_quota", "permission_error", "rate_limit_error", "server_error"}
}

// kindOf returns an error's status, type and code on the wire. No status is 408 or 409, which the SDKs repeat.
func kindOf(c task.Code) (status int, kind openaiErrorType, code string) {
	status = dialect.Status(c)
	switch c {
	case task.Invalid:
		return status, "invalid_request_error", "invalid_request"
	case task.Unauthorized:
		return status, "invalid_request_error", "invalid_api_key"
	case task.BudgetSpent:
		return status, "insufficient_quota", "insufficient_quota"
	case task.Forbidden:
		return status, "permission_error", "insufficient_permissions"
	case task.NotFound:
		return status, "invalid_request_error", "not_found"
	case task.NotAllowed:
		return status, "invalid_request_error", "unknown_url"
	case task.Conflict:
		return http.StatusBadRequest, "invalid_request_error", "not_ready"
	case task.TooLarge:
		return status, "invalid_request_error", "too_large"
	case task.Unsupported:
		return status, "invalid_request_error", "unsupported_media_type"
	case task.Unreadable:
		return status, "invalid_request_error", "unreadable_input"
	case task.RateLimited:
		return status, "rate_limit_error", "rate_limit_exceeded"
	case task.Unavailable:
		return status, "server_error", "server_overloaded"
	case task.NoSpace:
		return http.StatusServiceUnavailable, "server_error", "no_space"
	default:
		return status, "server_error", "server_error"
	}
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{
		Name: "OpenAIError", Type: "application/json", Of: openaiError{},
		Status: func(c task.Code) int {
			status, _, _ := kindOf(c)
			return status
		},
		Encode: func(e *task.Error, _ string) []byte {
			_, kind, code := kindOf(e.Code)
			out := openaiErrorBody{Message: dialect.Sentence(e), Type: kind, Code: code}
			if len(e.Fields) > 0 && e.Fields[0].Field != "" {
				param := strings.ReplaceAll(strings.TrimPrefix(e.Fields[0].Field, "?"), "/", ".")
				out.Param = &param
			}
			return dialect.Marshal(openaiError{out})
		},
	}
}

// failureCode returns the code of a failed video's error.
func failureCode(r task.Reason) string {
	switch r {
	case task.SafetyInputText, task.SafetyInputImage, task.SafetyInputVideo, task.SafetyOutputVideo, task.PreprocessSafety:
		return "moderation_blocked"
	case task.AssetInvalid:
		return "invalid_input_reference"
	case task.VendorUnavailable, task.VendorRefused:
		return "engine_unavailable"
	case task.Overdue:
		return "timeout"
	default:
		return "server_error"
	}
}
