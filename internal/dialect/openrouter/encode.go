package openrouter

import (
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// routerVideo is a job.
type routerVideo struct {
	ID           string       `json:"id" format:"uuid" doc:"Names the job. All other calls know it too."`
	GenerationID string       `json:"generation_id,omitempty" doc:"Names the finished generation."`
	PollingURL   string       `json:"polling_url" format:"uri" doc:"Where to ask for the job, with the key."`
	Status       routerStatus `json:"status" doc:"pending, in_progress, or one of the ends: completed, failed, cancelled and expired."`
	Model        string       `json:"model,omitempty" doc:"The model that the create named."`
	UnsignedURLs *[]string    `json:"unsigned_urls,omitempty" doc:"The finished video, an MP4. The link needs no key and is signed for a day or more; each answer has a new one. Empty if its owner has deleted it."`
	URLs         *[]string    `json:"urls,omitempty" doc:"The same."`
	Usage        *routerUsage `json:"usage,omitempty" doc:"What it has cost, once the job has ended."`
	Error        string       `json:"error,omitempty" doc:"Why there is no video."`
}

type routerUsage struct {
	Cost   float64 `json:"cost" doc:"US dollars; 0 if that is unknown or nothing."`
	IsBYOK bool    `json:"is_byok" doc:"true: the vendors' keys are the operator's own."`
}

// routerStatus is one of the words of statusOf.
type routerStatus string

// Words are all of them.
func (routerStatus) Words() []string {
	return []string{"pending", "in_progress", "completed", "failed", "cancelled", "expired"}
}

// statusOf is the state table. A task that has not ended by its deadline is expired.
func statusOf(t task.Task) routerStatus {
	switch t.State {
	case task.Running:
		return "in_progress"
	case task.Succeeded:
		return "completed"
	case task.Failed:
		if t.WhyFailed().Reason == task.Overdue {
			return "expired"
		}
		return "failed"
	case task.Cancelled:
		return "cancelled"
	default:
		return "pending"
	}
}

func encode(t task.Task, l dialect.Links) []byte { return dialect.Marshal(videoOf(t, l)) }

func videoOf(t task.Task, l dialect.Links) routerVideo {
	out := routerVideo{ID: t.ID, PollingURL: l.Base + prefix + base + "/videos/" + t.ID, Status: statusOf(t), Model: t.Request.Model}
	switch t.State {
	case task.Succeeded:
		out.GenerationID = "gen-" + dialect.HexID(t.ID)
		urls := []string{}
		for _, f := range t.FilesOf(task.Video) {
			urls = append(urls, l.Signed(f.Key))
		}
		out.UnsignedURLs, out.URLs = &urls, &urls
	case task.Failed:
		out.Error = t.WhyFailed().Text
	case task.Cancelled:
		out.Error = "The job was cancelled."
	}
	if t.State.Terminal() {
		out.Usage = &routerUsage{Cost: dialect.Credits(t) / dialect.CreditsPerDollar, IsBYOK: true}
	}
	return out
}

// routerEvent is what a callback URL is told.
type routerEvent struct {
	Type      string      `json:"type"`
	CreatedAt string      `json:"created_at"`
	Data      routerVideo `json:"data"`
}

// Callback returns what the callback_url of a create is told of the task: its end, as a GET tells it. It returns nil for a task
// that has not ended.
func Callback(t task.Task, l dialect.Links) []byte {
	if !t.State.Terminal() {
		return nil
	}
	return dialect.Marshal(routerEvent{Type: "video.generation." + string(statusOf(t)), CreatedAt: t.Updated.UTC().Format(time.RFC3339), Data: videoOf(t, l)})
}

// routerError is the body of every error.
type routerError struct {
	Error routerErrorBody `json:"error" doc:"The error."`
}

type routerErrorBody struct {
	Code     int                 `json:"code" doc:"The HTTP status."`
	Message  string              `json:"message" doc:"What is wrong, for people. It names every field at fault, with what is allowed."`
	Metadata routerErrorMetadata `json:"metadata" doc:"More for programs."`
}

type routerErrorMetadata struct {
	ErrorType string `json:"error_type" doc:"The kind, as our own calls name it."`
	RequestID string `json:"request_id,omitempty" doc:"The request's id, as in X-Request-Id."`
}

// errorStatus is the HTTP status of an error code. A conflict is no 409, which clients repeat. A call that there is not is most
// often an unknown path.
func errorStatus(c task.Code) int {
	switch c {
	case task.Conflict:
		return http.StatusBadRequest
	case task.NotAllowed:
		return http.StatusNotFound
	default:
		return dialect.Status(c)
	}
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "OpenRouterError", Type: "application/json", Of: routerError{}, Status: errorStatus,
		Encode: func(e *task.Error, requestID string) []byte {
			return dialect.Marshal(routerError{routerErrorBody{Code: errorStatus(e.Code), Message: dialect.Sentence(e),
				Metadata: routerErrorMetadata{ErrorType: string(e.Code), RequestID: requestID}}})
		}}
}
