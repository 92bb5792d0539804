package engine

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// CodeRule gives the meaning of a vendor's codes that begin alike; the rest of such a code is detail.
type CodeRule struct {
	Prefixes string // of codes, separated by spaces
	Class    Class
	Reason   task.Reason // "" = the class's default
}

// ClassifyCode classifies a code by the first rule that matches. A code that matches none is Refused, without a reason.
func ClassifyCode(kinds []CodeRule, code, message string) *Error {
	e := &Error{Class: Refused, Detail: code + ": " + message, Said: Quote(message)}
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

// unexplained reports whether e is a refusal of which the vendor's code says no more than that it is one.
func (e *Error) unexplained() bool {
	return e.Class == Refused && (e.Reason == "" || e.Reason == task.VendorRefused)
}

// OrByStatus returns e, or nil if e is a refusal without a reason and the status says more.
func (e *Error) OrByStatus(status int) *Error {
	if e.unexplained() && status != http.StatusBadRequest {
		return nil
	}
	return e
}
