package luma

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// lumaError is the body of every error.
type lumaError struct {
	Detail string `json:"detail" doc:"What is wrong, for people: every field at fault with what is allowed, separated by semicolons."`
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "LumaError", Type: "application/json", Of: lumaError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte { return dialect.Marshal(lumaError{dialect.Sentence(e)}) }}
}

// errorStatus is the error table. The SDKs send a request that got 409 again, so a conflict is a 400.
func errorStatus(c task.Code) int {
	switch c {
	case task.Conflict:
		return http.StatusBadRequest
	case task.NoSpace:
		return http.StatusServiceUnavailable
	default:
		return dialect.Status(c)
	}
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
