package engine

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// CodeRule is what a vendor's codes mean that begin alike; the rest of a code tells details.
type CodeRule struct {
	Prefixes string // of codes, parted by spaces
	Class    Class
	Reason   task.Reason // "" = the usual one of the class
}

// ClassifyCode sorts a code by the first kind that has it. A code that none has is a refusal without a reason.
func ClassifyCode(kinds []CodeRule, code, message string) *Error {
	e := &Error{Class: Refused, Reason: task.Internal, Detail: code + ": " + message}
	for _, k := range kinds {
		for begins := range strings.FieldsSeq(k.Prefixes) {
			if strings.HasPrefix(code, begins) {
				e.Class, e.Reason = k.Class, cmp.Or(k.Reason, defaultReason(k.Class))
				return e
			}
		}
	}
	return e
}

// OrByStatus is e, or nil where e is a refusal without a reason and the status says more.
func (e *Error) OrByStatus(status int) *Error {
	if e.Class == Refused && e.Reason == task.Internal && status != http.StatusBadRequest {
		return nil
	}
	return e
}
