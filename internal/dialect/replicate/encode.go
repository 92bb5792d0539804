package replicate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// prediction is a task as Replicate's answers have it.
type prediction struct {
	ID          string                     `json:"id" format:"uuid" doc:"The task's id, which all other calls know too."`
	Model       string                     `json:"model" doc:"The model's name, owner/name."`
	Version     string                     `json:"version" doc:"The version that was sent; hidden if none was."`
	Deployment  string                     `json:"deployment,omitempty" doc:"The deployment, owner/name, if the create named one."`
	Input       map[string]json.RawMessage `json:"input" doc:"The input. A file that was sent as data is a link to our copy."`
	Logs        string                     `json:"logs" doc:"The progress in the form that the SDK's parseProgressFromLogs reads."`
	Output      *string                    `json:"output" format:"uri" doc:"The video, an MP4. The link is signed for a day or more; each answer has a new one. Null before the end, and once its owner has deleted it."`
	DataRemoved bool                       `json:"data_removed" doc:"Whether the video has been deleted."`
	Error       *string                    `json:"error" doc:"Why there is no video, if status is failed."`
	Status      predictionStatus           `json:"status" doc:"starting and processing, then one of three ends: succeeded, failed and canceled."`
	Source      string                     `json:"source" doc:"api."`
	CreatedAt   string                     `json:"created_at" format:"date-time" doc:"When it was made."`
	StartedAt   *string                    `json:"started_at" format:"date-time" doc:"When the engine began; null before."`
	CompletedAt *string                    `json:"completed_at" format:"date-time" doc:"When it ended; null before."`
	Metrics     *predictionMetrics         `json:"metrics,omitempty" doc:"How long it took, once it has ended."`
	Webhook     string                     `json:"webhook,omitempty" format:"uri" doc:"The URL that is told of the prediction."`
	Events      []string                   `json:"webhook_events_filter,omitempty" doc:"The events that the webhook is told of."`
	URLs        predictionURLs             `json:"urls" doc:"What to call next."`
}

type predictionMetrics struct {
	PredictTime float64 `json:"predict_time" doc:"Seconds from the start to the end; 0 if it never started."`
	TotalTime   float64 `json:"total_time" doc:"Seconds from the create to the end."`
}

type predictionURLs struct {
	Get    string `json:"get" format:"uri" doc:"The prediction."`
	Cancel string `json:"cancel" format:"uri" doc:"Cancels it."`
}

// predictionStatus is one of the words of statusOf.
type predictionStatus string

// Words are all of them. Replicate has one more, aborted, for predictions that ended before they began. Its SDK never stops to
// poll such a one, so they are failed here.
func (predictionStatus) Words() []string {
	return []string{"starting", "processing", "succeeded", "failed", "canceled"}
}

// statusOf is the state table.
func statusOf(s task.State) predictionStatus {
	switch s {
	case task.Running:
		return "processing"
	case task.Succeeded:
		return "succeeded"
	case task.Failed:
		return "failed"
	case task.Cancelled:
		return "canceled"
	default:
		return "starting"
	}
}

// encode returns the task's prediction. api is the URL that calls begin with, "https://films.example/v1".
func encode(t task.Task, l dialect.Links, api string) prediction {
	e := echoOf(t.Request)
	p := prediction{ID: t.ID, Model: t.Request.Model, Version: e.Version, Deployment: e.Deployment, Input: inputOf(t.Request, e, l), Logs: logsOf(t),
		Status: statusOf(t.State), Source: "api", CreatedAt: dialect.Millis(t.Created), StartedAt: stampIf(t.Started), CompletedAt: stampIf(t.Finished),
		Webhook: t.Request.CallbackURL, Events: e.Events, URLs: predictionURLs{Get: api + "/predictions/" + t.ID, Cancel: api + "/predictions/" + t.ID + "/cancel"}}
	if p.Version == "" {
		p.Version = "hidden"
	}
	switch t.State {
	case task.Succeeded:
		p.Output = outputOf(t, l)
		p.DataRemoved = p.Output == nil
	case task.Failed:
		text := t.WhyFailed().Text
		p.Error = &text
	}
	if t.State.Terminal() && !t.Finished.IsZero() {
		p.Metrics = &predictionMetrics{TotalTime: seconds(t.Finished.Sub(t.Created))}
		if !t.Started.IsZero() {
			p.Metrics.PredictTime = seconds(t.Finished.Sub(t.Started))
		}
	}
	return p
}

// outputOf returns the URL of the first video that is still there; nil if there is none.
func outputOf(t task.Task, l dialect.Links) *string {
	_, video, ok := t.FirstFile(task.Video)
	if !ok {
		return nil
	}
	url := l.Signed(video.Key)
	return &url
}

// logsOf returns the progress as the one log line that the SDK reads it from.
func logsOf(t task.Task) string {
	if t.Started.IsZero() {
		return ""
	}
	percent := int(min(max(t.Progress, 0), 1) * 100)
	return fmt.Sprintf("%3d%%|%-10s| %d/100\n", percent, strings.Repeat("█", percent/10), percent)
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

func stampIf(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	s := dialect.Millis(at)
	return &s
}

// Callback returns what the webhook of a create is told of the task: the prediction, at the events that the create chose, or
// by default at its output and its end. It returns nil in other states.
func Callback(t task.Task, l dialect.Links) []byte {
	chosen := echoOf(t.Request).Events
	if len(chosen) == 0 {
		chosen = []string{"output", "completed"}
	}
	var now []string
	switch t.State {
	case task.Running:
		now = []string{"start"}
	case task.Succeeded:
		now = []string{"output", "completed"}
	case task.Failed, task.Cancelled:
		now = []string{"completed"}
	}
	if !slices.ContainsFunc(now, func(event string) bool { return slices.Contains(chosen, event) }) {
		return nil
	}
	return dialect.Marshal(encode(t, l, l.Base+"/v1"))
}
