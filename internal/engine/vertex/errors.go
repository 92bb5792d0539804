package vertex

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// apiError is the google.rpc.Status of an operation. That of a request has the HTTP status as its code, and a name for it.
type apiError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
}

// Codes of google.rpc.
const (
	invalidArgument    = 3
	deadlineExceeded   = 4
	notFound           = 5
	permissionDenied   = 7
	resourceExhausted  = 8
	failedPrecondition = 9
	outOfRange         = 11
	unimplemented      = 12
	internalError      = 13
	unavailable        = 14
)

// errorOf classifies an answer with an error status.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Error apiError `json:"error"`
	}
	_ = json.Unmarshal(body, &resp) // without JSON there is no status name
	if resp.Error.Status == "" || status != http.StatusBadRequest {
		return nil
	}
	if resp.Error.Status == "FAILED_PRECONDITION" { // billing is disabled, or terms were not accepted
		return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Detail: resp.Error.Message}
	}
	resp.Error.Code = invalidArgument
	return resp.Error.engineError()
}

// operationErrorOf classifies an error answer about an operation.
func operationErrorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Error apiError `json:"error"`
	}
	_ = json.Unmarshal(body, &resp) // the HTTP status is enough
	if status == http.StatusNotFound || status == http.StatusBadRequest {
		return &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: resp.Error.Message}
	}
	return nil
}

// engineError returns the error of an operation as an engine.Error. Errors of the safety filters have no code: their text says
// what was violated.
func (f apiError) engineError() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Detail: fmt.Sprintf("code %d: %s", f.Code, f.Message)}
	lower := strings.ToLower(f.Message)
	switch f.Code {
	case invalidArgument:
		if strings.Contains(lower, "violat") || strings.Contains(lower, "sensitive") || strings.Contains(lower, "safety") {
			return filterError(f.Message)
		}
		e.Reason = task.VendorRefused
		if strings.Contains(lower, "image") {
			e.Reason = task.AssetInvalid
		}
	case notFound, permissionDenied, failedPrecondition, outOfRange, unimplemented:
		e.Reason = task.VendorRefused
	case deadlineExceeded, resourceExhausted, internalError, unavailable:
		e.Reason = task.VendorUnavailable
	}
	return e
}

// filterError returns the error for a video that the safety filters removed, by the reason that they give.
func filterError(text string) *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.SafetyOutputVideo, Detail: "filtered: " + text}
	switch lower := strings.ToLower(text); {
	case strings.Contains(lower, "image"):
		e.Reason = task.SafetyInputImage
	case strings.Contains(lower, "prompt"), strings.Contains(lower, "sensitive words"):
		e.Reason = task.SafetyInputText
	}
	return e
}
