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

// errCancelled is the cause in the error of a result that nobody waits for any more.
var errCancelled = errors.New("cancelled")

// statusCancelled is what the result of a request answers that its caller ended, or seemed to end (fal.ai/docs, "Request
// Errors"): client_cancelled, and client_disconnected, which no caller of a queue wants.
const (
	statusCancelled    = 499
	clientDisconnected = "client_disconnected"
)

// apiError is one object of an error's detail.
type apiError struct {
	Loc  []any  `json:"loc"`
	Msg  string `json:"msg"`
	Type string `json:"type"`
}

// readDetail reads an error's body: a list of faults of the model's, or a text of the queue's. ok is false where it is
// neither.
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

// errorOf sorts an answer to a submit: a list of faults is about the inputs. A 409 is to be tried again (RETRY_CODES of
// client.py).
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusConflict {
		return &engine.Error{Class: engine.Unreachable}
	}
	if list, _, _ := readDetail(body); len(list) > 0 && status < http.StatusInternalServerError {
		return list[0].engineError()
	}
	return nil
}

// errorType is the word for what went wrong with a request, in the body or beside it; "" where there is none.
func errorType(body []byte, h http.Header) string {
	var out struct {
		Type string `json:"error_type"`
	}
	_ = json.Unmarshal(body, &out) // what is no JSON has no word
	return cmp.Or(out.Type, h.Get("X-Fal-Error-Type"))
}

// resultErrorOf sorts an answer to a request for the result: where it comes from the model, the work has failed.
func resultErrorOf(status int, body []byte, h http.Header) *engine.Error {
	list, text, ok := readDetail(body)
	kind := errorType(body, h)
	switch {
	case status == http.StatusConflict:
		return &engine.Error{Class: engine.Unreachable}
	case status == statusCancelled && kind == clientDisconnected:
		return &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable, Detail: kind + ": " + text}
	case status == statusCancelled:
		return &engine.Error{Class: engine.Refused, Reason: task.Internal, Err: errCancelled}
	case len(list) > 0:
		return list[0].engineError()
	case ok && status == http.StatusUnprocessableEntity, ok && status >= http.StatusInternalServerError:
		return &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable, Detail: strings.TrimPrefix(kind+": "+text, ": ")}
	default:
		return nil
	}
}

// engineError sorts a fault by its type (fal.ai/docs, "Model Errors").
func (f apiError) engineError() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: f.Type + ": " + f.Msg}
	field := ""
	if len(f.Loc) > 0 {
		field, _ = f.Loc[len(f.Loc)-1].(string)
	}
	picture := strings.Contains(field, "image")
	switch {
	case f.Type == "content_policy_violation" && picture:
		e.Reason = task.SafetyInputImage
	case f.Type == "content_policy_violation":
		e.Reason = task.SafetyInputText
	case f.Type == "no_media_generated":
		e.Reason = task.BadOutput
	case f.Type == "generation_timeout", f.Type == "internal_server_error", strings.HasPrefix(f.Type, "downstream_service"):
		e.Reason = task.VendorUnavailable
	case picture, strings.HasPrefix(f.Type, "image_"), strings.HasPrefix(f.Type, "file_"), f.Type == "face_detection_error",
		f.Type == "unsupported_image_format":
		e.Reason = task.AssetInvalid
	}
	return e
}
