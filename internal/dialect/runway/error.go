package runway

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// uploadError is the body of every error of the web app's calls.
type uploadError struct {
	Error string `json:"error" doc:"What is wrong, for people; every field at fault with what is allowed."`
}

// WebErrorForm returns the form of errors of the web app's calls.
func WebErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "UploadError", Type: "application/json", Of: uploadError{}, Status: dialect.Status,
		Encode: func(e *task.Error, _ string) []byte { return dialect.Marshal(uploadError{dialect.Sentence(e)}) }}
}

// apiError is the body of every error of the developer API.
type apiError struct {
	Error  string  `json:"error" doc:"What is wrong, for people."`
	Issues []issue `json:"issues,omitempty" doc:"Every field that is not valid."`
	DocURL string  `json:"docUrl,omitempty" format:"uri" doc:"Runway's own reference, with issues."`
}

// issue is one field that is not valid, as Runway's validator (Zod) says it.
type issue struct {
	Code    string `json:"code" doc:"invalid_type, invalid_value, too_big or custom."`
	Path    []step `json:"path" doc:"The names and places that lead to the field; empty for the whole body."`
	Message string `json:"message" doc:"What is wrong with it, and what is allowed."`
}

// step is one step of a path: a name, or a place in a list.
type step string

// MarshalJSON writes a place as a number, as the validator does.
func (s step) MarshalJSON() ([]byte, error) {
	if n, err := strconv.Atoi(string(s)); err == nil {
		return json.Marshal(n)
	}
	return json.Marshal(string(s))
}

// reference is what Runway's own errors name.
const reference = "https://docs.dev.runwayml.com/api"

// ErrorForm returns the form of errors of the developer API.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "RunwayError", Type: "application/json", Of: apiError{}, Status: statusOf,
		Encode: func(e *task.Error, _ string) []byte { return dialect.Marshal(encodeError(e)) }}
}

// statusOf is the error table. Runway's SDK repeats a 409, and knows no 402: both are 400 here.
func statusOf(c task.Code) int {
	switch c {
	case task.Conflict, task.BudgetSpent, task.Unreadable:
		return http.StatusBadRequest
	case task.NoSpace:
		return http.StatusServiceUnavailable
	default:
		return dialect.Status(c)
	}
}

func encodeError(e *task.Error) apiError {
	if e.Code == task.BudgetSpent {
		return apiError{Error: "You do not have enough credits to run this task."}
	}
	if len(e.Fields) == 0 {
		return apiError{Error: dialect.Sentence(e)}
	}
	out := apiError{Error: "Validation of body failed", DocURL: reference}
	for _, f := range e.Fields {
		out.Issues = append(out.Issues, issue{Code: issueCode(f.Detail), Path: pathOf(f.Field), Message: f.Detail})
	}
	return out
}

// issueCode returns the validator's word for what is wrong.
func issueCode(detail string) string {
	switch {
	case strings.HasPrefix(detail, "is required"), strings.Contains(detail, ", not a"):
		return "invalid_type"
	case strings.Contains(detail, "is not possible"):
		return "invalid_value"
	case strings.Contains(detail, "at most"):
		return "too_big"
	default:
		return "custom"
	}
}

// pathOf writes a field's name, "promptImage/0/uri", as its steps.
func pathOf(field string) []step {
	path := []step{}
	for name := range strings.SplitSeq(strings.TrimPrefix(field, "?"), "/") {
		if name != "" {
			path = append(path, step(name))
		}
	}
	return path
}
