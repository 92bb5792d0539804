package vertex

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// fault is a google.rpc.Status, of an operation; a request's has the HTTP status as code, and a word for it.
type fault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
}

// Codes of google.rpc.
const (
	invalidArgument   = 3
	deadlineExceeded  = 4
	resourceExhausted = 8
	internalFault     = 13
	unavailable       = 14
)

// refused sorts an answer that is no success.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no word
	if said.Error.Status == "" || status != http.StatusBadRequest {
		return nil
	}
	if said.Error.Status == "FAILED_PRECONDITION" { // billing is off, or terms were not accepted
		return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Detail: said.Error.Message}
	}
	said.Error.Code = invalidArgument
	return said.Error.error()
}

// unknown sorts an answer about an operation.
func unknown(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	_ = json.Unmarshal(body, &said) // the status says enough
	if status == http.StatusNotFound || status == http.StatusBadRequest {
		return &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: said.Error.Message}
	}
	return nil
}

// error sorts a fault. The safety filters have no code of their own: they say what was violated.
func (f fault) error() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: fmt.Sprintf("code %d: %s", f.Code, f.Message)}
	low := strings.ToLower(f.Message)
	switch f.Code {
	case invalidArgument:
		if strings.Contains(low, "violat") || strings.Contains(low, "sensitive") || strings.Contains(low, "safety") {
			return filtered(f.Message)
		}
		if strings.Contains(low, "image") {
			e.Reason = task.AssetInvalid
		}
	case deadlineExceeded, resourceExhausted, internalFault, unavailable:
		e.Reason = task.VendorUnavailable
	}
	return e
}

// filtered is the error for what the safety filters took away, by what they say was at fault.
func filtered(text string) *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.SafetyOutputVideo, Detail: "filtered: " + text}
	switch low := strings.ToLower(text); {
	case strings.Contains(low, "image"):
		e.Reason = task.SafetyInputImage
	case strings.Contains(low, "prompt"), strings.Contains(low, "sensitive words"):
		e.Reason = task.SafetyInputText
	}
	return e
}
