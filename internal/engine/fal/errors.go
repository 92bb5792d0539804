package fal

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// errCancelled is the cause if a request's result says that the request was cancelled.
var errCancelled = errors.New("cancelled")

// The result of a cancelled request has status 499 and the error type client_cancelled or client_disconnected (fal.ai/docs,
// "Request Errors"). The second is a failure for us: callers of a queue do not stay connected.
const (
	statusCancelled    = 499
	clientDisconnected = "client_disconnected"
)

// apiError is one entry of an error body's detail.
type apiError struct {
	Loc  []any  `json:"loc"`
	Msg  string `json:"msg"`
	Type string `json:"type"`
}

// readDetail reads the detail of an error body: a list of errors from the model, or a text from the queue. ok is false if it
// is neither.
func readDetail(body []byte) (list []apiError, text string, ok bool) {
	var out struct {
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &out) != nil || len(out.Detail) == 0 {
		return nil, "", false
	}
	if json.Unmarshal(out.Detail, &list) == nil && len(list) > 0 {
		return list, "", true
	}
	return nil, text, json.Unmarshal(out.Detail, &text) == nil
}

// errorOf classifies an error response to a submit. A list of errors is about the inputs. A 409 may be retried (RETRY_CODES
// of client.py).
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusConflict {
		return &engine.Error{Class: engine.Unreachable}
	}
	if list, _, _ := readDetail(body); len(list) > 0 && status < http.StatusInternalServerError {
		return list[0].engineError()
	}
	return nil
}

// errorType returns fal's type of a request's error, from the body or else from its header; "" if there is none.
func errorType(body []byte, h http.Header) string {
	var out struct {
		Type string `json:"error_type"`
	}
	_ = json.Unmarshal(body, &out) // a body that is not JSON has no type
	return cmp.Or(out.Type, h.Get("X-Fal-Error-Type"))
}

// resultErrorOf classifies an error response to a request for the result. An error of the model means that the job failed.
func resultErrorOf(status int, body []byte, h http.Header) *engine.Error {
	list, text, ok := readDetail(body)
	kind := errorType(body, h)
	switch {
	case status == http.StatusConflict:
		return &engine.Error{Class: engine.Unreachable}
	case status == statusCancelled && kind == clientDisconnected:
		return &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable, Detail: kind + ": " + text}
	case status == statusCancelled:
		return &engine.Error{Class: engine.Refused, Err: errCancelled}
	case len(list) > 0:
		return list[0].engineError()
	case ok && status == http.StatusUnprocessableEntity, ok && status >= http.StatusInternalServerError:
		return &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable, Detail: strings.TrimPrefix(kind+": "+text, ": ")}
	default:
		return nil
	}
}

// engineError classifies an error by its type (fal.ai/docs, "Model Errors").
func (f apiError) engineError() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Detail: f.Type + ": " + f.Msg}
	field := ""
	if len(f.Loc) > 0 {
		field, _ = f.Loc[len(f.Loc)-1].(string)
	}
	image := strings.Contains(field, "image")
	switch {
	case f.Type == "content_policy_violation" && image:
		e.Reason = task.SafetyInputImage
	case f.Type == "content_policy_violation":
		e.Reason = task.SafetyInputText
	case f.Type == "no_media_generated":
		e.Reason = task.BadOutput
	case f.Type == "generation_timeout", f.Type == "internal_server_error", strings.HasPrefix(f.Type, "downstream_service"):
		e.Reason = task.VendorUnavailable
	case image, strings.HasPrefix(f.Type, "image_"), strings.HasPrefix(f.Type, "file_"), f.Type == "face_detection_error",
		f.Type == "unsupported_image_format":
		e.Reason = task.AssetInvalid
	}
	return e
}
