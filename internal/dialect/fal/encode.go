package fal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// falStatus is the answer to a submit, and of a status.
type falStatus struct {
	Status        state       `json:"status" doc:"IN_QUEUE waits, IN_PROGRESS is at work; COMPLETED has ended, also if it has failed: the result says so."`
	RequestID     string      `json:"request_id" format:"uuid" doc:"Names the request."`
	ResponseURL   string      `json:"response_url" format:"uri" doc:"Where the result is."`
	StatusURL     string      `json:"status_url" format:"uri" doc:"Where the status is."`
	CancelURL     string      `json:"cancel_url" format:"uri" doc:"Where the request is cancelled, by PUT."`
	QueuePosition *int        `json:"queue_position,omitempty" doc:"Always 0, while it is IN_QUEUE: the place is not known."`
	Logs          *[]falLog   `json:"logs,omitempty" doc:"Always empty."`
	Metrics       *falMetrics `json:"metrics,omitempty" doc:"Once it has ended."`
}

type falLog struct {
	Message string `json:"message" doc:"A line."`
}

type falMetrics struct {
	InferenceTime float64 `json:"inference_time" doc:"Seconds from the begin of the work to its end."`
}

// state is one of fal's words.
type state string

// Words returns all of them.
func (state) Words() []string { return []string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED"} }

// stateOf is the state table.
func stateOf(s task.State) state {
	switch s {
	case task.Queued, task.Throttled, task.Pending:
		return "IN_QUEUE"
	case task.Running:
		return "IN_PROGRESS"
	default:
		return "COMPLETED"
	}
}

// statusOf returns a task's status. base is the URL of its application.
func statusOf(t task.Task, base string) falStatus {
	url := base + "/requests/" + t.ID
	out := falStatus{Status: stateOf(t.State), RequestID: t.ID, ResponseURL: url, StatusURL: url + "/status", CancelURL: url + "/cancel"}
	switch out.Status {
	case "IN_QUEUE":
		out.QueuePosition = new(int)
	case "COMPLETED":
		out.Metrics = &falMetrics{}
		if !t.Started.IsZero() && t.Finished.After(t.Started) {
			out.Metrics.InferenceTime = float64(t.Finished.Sub(t.Started).Milliseconds()) / 1000
		}
		out.Logs = &[]falLog{}
	default:
		out.Logs = &[]falLog{}
	}
	return out
}

// falOutput is the result of a request.
type falOutput struct {
	Video falFile `json:"video" doc:"The video."`
	Seed  *uint32 `json:"seed,omitempty" doc:"The seed."`
}

type falFile struct {
	URL         string `json:"url" format:"uri" doc:"A signed link to the MP4, valid for at least a day."`
	ContentType string `json:"content_type" doc:"video/mp4."`
	FileName    string `json:"file_name" doc:"The end of the URL's path."`
	FileSize    int64  `json:"file_size" doc:"Bytes."`
}

// noResult returns why a task has no result; nil if it has one.
func noResult(t task.Task) error {
	switch t.State {
	case task.Succeeded:
		if _, _, ok := t.FirstFile(task.Video); !ok {
			return &task.Error{Code: task.NotFound, Detail: "The video was deleted."}
		}
		return nil
	case task.Cancelled:
		return &task.Error{Code: task.Conflict, Detail: "Request was cancelled"}
	case task.Failed:
		return failureOf(t)
	default:
		return &task.Error{Code: task.Conflict, Detail: "Request is still in progress"}
	}
}

// failureOf returns a failed task's error: the input's fault is a 422 with its field, any other a text.
func failureOf(t task.Task) *task.Error {
	f := t.WhyFailed()
	field := map[task.Reason]string{task.SafetyInputText: "prompt", task.PreprocessSafety: "prompt", task.SafetyOutputVideo: "prompt",
		task.SafetyInputImage: "image_url", task.AssetInvalid: "image_url", task.SafetyInputVideo: "video_url"}[f.Reason]
	if field != "" {
		return &task.Error{Code: task.Invalid, Detail: f.Text, Fields: []task.FieldError{{Field: field, Detail: f.Text}}}
	}
	return &task.Error{Code: task.InternalError, Detail: f.Text}
}

// outputOf returns a finished task's result.
func outputOf(t task.Task, l dialect.Links) falOutput {
	_, f, _ := t.FirstFile(task.Video)
	return falOutput{Seed: t.Request.Seed, Video: falFile{URL: l.Signed(f.Key), ContentType: f.Type, FileName: f.Key[strings.LastIndexByte(f.Key, '/')+1:], FileSize: f.Size}}
}

// falWebhook is what a webhook is told of a request's end.
type falWebhook struct {
	RequestID        string `json:"request_id"`
	GatewayRequestID string `json:"gateway_request_id"`
	Status           string `json:"status"`
	Payload          any    `json:"payload"`
	Error            string `json:"error,omitempty"`
}

// Callback returns what a task's webhook is told of its end; nil before.
func Callback(t task.Task, l dialect.Links) []byte {
	if !t.State.Terminal() {
		return nil
	}
	out := falWebhook{RequestID: t.ID, GatewayRequestID: t.ID, Status: "OK"}
	err := noResult(t)
	if err == nil {
		out.Payload = outputOf(t, l)
		return dialect.Marshal(out)
	}
	e, _ := err.(*task.Error) //nolint:errorlint // noResult wraps nothing
	out.Status, out.Error, out.Payload = "ERROR", e.Detail, bodyOf(e)
	return dialect.Marshal(out)
}

// falCancel is the answer to a cancel.
type falCancel struct {
	Status string `json:"status" doc:"CANCELLATION_REQUESTED, or ALREADY_COMPLETED for a request that has ended."`
}

// falError is the body of every error.
type falError struct {
	Detail any `json:"detail" doc:"What is wrong, for people: a text; with 422 a list of fields, each with its loc, msg and type."`
}

// falField is one field at fault.
type falField struct {
	Location []string `json:"loc"`
	Message  string   `json:"msg"`
	Type     string   `json:"type"`
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "FalError", Type: "application/json", Of: falError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte { return dialect.Marshal(bodyOf(e)) }}
}

// bodyOf returns an error's body.
func bodyOf(e *task.Error) falError {
	if len(e.Fields) == 0 {
		return falError{dialect.Sentence(e)}
	}
	var fields []falField
	for _, f := range e.Fields {
		fields = append(fields, falField{append([]string{"body"}, strings.Split(strings.TrimPrefix(f.Field, "?"), "/")...), f.Detail, "value_error"})
	}
	return falError{fields}
}

// errorStatus is the error table. Whatever is wrong with an input is 422, as in FastAPI. A result that is not there yet is 400.
func errorStatus(c task.Code) int {
	switch c {
	case task.Invalid, task.Unreadable:
		return http.StatusUnprocessableEntity
	case task.Conflict:
		return http.StatusBadRequest
	case task.NoSpace:
		return http.StatusServiceUnavailable
	default:
		return dialect.Status(c)
	}
}

// partOf returns the name of an upload's only part.
func partOf(id string) string { return id + "." + strconv.Itoa(1) }
