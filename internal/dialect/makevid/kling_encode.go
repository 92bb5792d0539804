package makevid

import (
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// klingAnswer is the envelope of every answer about a task.
type klingAnswer struct {
	Code      int       `json:"code" doc:"0: all is well."`
	Message   string    `json:"message" doc:"SUCCEED."`
	RequestID string    `json:"request_id" doc:"The request's id, as in X-Request-Id."`
	Data      klingTask `json:"data" doc:"The task."`
}

// klingError is the envelope of an error.
type klingError struct {
	Code      int    `json:"code" doc:"Kling's code of the error: 1000 to 1002 the key, 1102 the budget, 1103 the scope, 1200 the request, 1201 its fields, 1202 the call, 1203 the task, 1302 too many requests, 5000 the server, 5001 the server is busy."`
	Message   string `json:"message" doc:"What is wrong, and what to do about it. It names every field at fault, with what is allowed."`
	RequestID string `json:"request_id" doc:"The request's id, as in X-Request-Id. Quote it when you report a problem."`
}

// klingTask is the data of create and of get; create's has no task_status_msg.
type klingTask struct {
	TaskID        string       `json:"task_id" doc:"Names the task: the get of the same kind tells how it stands. 22 characters; the header Filmgate-Task-Id has the UUID that our own calls know it by."`
	TaskStatus    klingState   `json:"task_status" doc:"Where the task stands: submitted waits, processing is at work; succeed and failed are its ends. A cancelled task has failed; the header Filmgate-Failure tells the two apart."`
	TaskStatusMsg *string      `json:"task_status_msg,omitempty" doc:"Why the task failed, empty where it has not. Absent from the answer to a create."`
	CreatedAt     int64        `json:"created_at" doc:"When the task was made, in Unix milliseconds."`
	UpdatedAt     int64        `json:"updated_at" doc:"When it last changed, in Unix milliseconds."`
	TaskResult    *klingResult `json:"task_result,omitempty" doc:"The finished video, once task_status is succeed; absent before."`
}

type klingResult struct {
	Videos []klingVideo `json:"videos" doc:"The one video."`
}

type klingVideo struct {
	ID       string `json:"id" format:"uuid" doc:"Names the asset: /api/v1/assets/{id} reads and changes it."`
	URL      string `json:"url" format:"uri" doc:"The video, an MP4."`
	Duration string `json:"duration" doc:"Seconds, as text: 5.1"`
}

// encodeKling returns the answer of both creates and both gets.
func encodeKling(t task.Task, s scene) []byte {
	data := klingTask{TaskID: dialect.ShortID(t.ID), TaskStatus: klingState(klingStatus(t.State)), CreatedAt: t.Created.UnixMilli(), UpdatedAt: t.Updated.UnixMilli()}
	if !s.create {
		message := klingMessage(t)
		data.TaskStatusMsg = &message
	}
	if t.State == task.Succeeded {
		data.TaskResult = &klingResult{Videos: []klingVideo{}}
		for _, a := range t.Artifacts {
			if a.Deleted {
				continue // Kling has no word for it, and the file is gone
			}
			video, _ := a.FirstFile(task.Video)
			data.TaskResult.Videos = append(data.TaskResult.Videos,
				klingVideo{ID: a.ID, URL: s.links.Of(a, video), Duration: dialect.Seconds(a.Duration)})
		}
	}
	return dialect.Marshal(klingAnswer{Message: "SUCCEED", RequestID: s.request, Data: data})
}

// klingState is one of the words of klingStatus.
type klingState string

// Words are all of them.
func (klingState) Words() []string { return wordsOf(klingStatus) }

// klingStatus is the state table. Kling has no cancelled state; a cancelled task of ours counts as failed.
func klingStatus(s task.State) string { return word(s, "submitted", "processing", "succeed") }

// klingMessage returns why a task failed; "" if it has not.
func klingMessage(t task.Task) string {
	switch t.State {
	case task.Failed:
		return t.WhyFailed().Text
	case task.Cancelled:
		return "The task was cancelled."
	default:
		return ""
	}
}

// refuseKling answers with err in the envelope.
func refuseKling(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	e := dialect.Public(w, r, log, err)
	status, code := klingCode(e, r.Header.Get("Authorization"), dialect.Bearer(r))
	writeKling(w, status, code, klingErrorText(e, code))
}

// KlingErrors returns the form of the Kling family's errors.
func KlingErrors() *dialect.ErrorForm {
	status := func(c task.Code) int {
		status, _ := klingCode(&task.Error{Code: c}, "Bearer x", "x")
		return status
	}
	encode := func(e *task.Error, requestID string) []byte {
		_, code := klingCode(e, "Bearer x", "x")
		return dialect.Marshal(klingError{Code: code, Message: klingErrorText(e, code), RequestID: requestID})
	}
	return &dialect.ErrorForm{Name: "KlingError", Type: "application/json", Of: klingError{}, Status: status, Encode: encode}
}

func writeKling(w http.ResponseWriter, status, code int, message string) {
	body := dialect.Marshal(klingError{Code: code, Message: message, RequestID: dialect.RequestID(w)})
	dialect.WriteJSON(w, status, body)
}

// klingCode is the error table: Kling's code, and its HTTP status. Codes without a row at Kling keep the plain status,
// under the code of a bad parameter.
func klingCode(e *task.Error, authorization, token string) (status, code int) {
	switch e.Code {
	case task.Unauthorized:
		switch {
		case authorization == "":
			return http.StatusUnauthorized, 1001
		case token == "":
			return http.StatusUnauthorized, 1002
		default:
			return http.StatusUnauthorized, 1000
		}
	case task.BudgetSpent:
		return http.StatusTooManyRequests, 1102
	case task.Forbidden:
		return http.StatusForbidden, 1103
	case task.NotFound:
		return http.StatusNotFound, 1203
	case task.NotAllowed:
		return http.StatusMethodNotAllowed, 1202
	case task.Invalid, task.Conflict, task.Changed, task.TooLarge, task.Unsupported, task.Unreadable:
		if len(e.Fields) == 0 {
			return dialect.Status(e.Code), 1200
		}
		return dialect.Status(e.Code), 1201
	case task.RateLimited:
		return http.StatusTooManyRequests, 1302
	case task.Unavailable:
		return http.StatusServiceUnavailable, 5001
	case task.NoSpace:
		return http.StatusInsufficientStorage, 5001
	default:
		return http.StatusInternalServerError, 5000
	}
}

// klingErrorText names every field at fault.
func klingErrorText(e *task.Error, code int) string {
	switch {
	case code == 1001:
		return "Authorization is empty"
	case code == 1002:
		return "Authorization is invalid"
	default:
		return dialect.Sentence(e)
	}
}
