package makevid

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// filmgatePrefix begins the handles of jobs created by Filmgate's own POST /tasks, which get_runway does not find.
const filmgatePrefix = "tasks/"

// createTask is the body of Filmgate's own POST /tasks.
type createTask struct {
	Model       string  `json:"model"`
	Name        string  `json:"name,omitempty"`
	Prompt      string  `json:"prompt,omitempty"`
	Negative    string  `json:"negative_prompt,omitempty"`
	Seconds     int     `json:"seconds,omitempty"`
	AspectRatio string  `json:"aspect_ratio,omitempty"`
	Resolution  string  `json:"resolution,omitempty"`
	Seed        *uint32 `json:"seed,omitempty"`
	Video       string  `json:"video"`
	Watermark   bool    `json:"watermark,omitempty"`
	LowPriority bool    `json:"low_priority,omitempty"`
	AssetGroup  string  `json:"asset_group,omitempty"`
}

// filmgateTask is a task as GET /tasks/{id} returns it.
type filmgateTask struct {
	ID           string     `json:"id"`
	Status       task.State `json:"status"`
	Progress     float64    `json:"progress"`
	ProgressText string     `json:"progress_text"`
	Failure      struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"failure"`
	Artifacts []struct {
		URL string `json:"url"`
	} `json:"artifacts"`
}

// submitVideo uploads the job's input video to a Filmgate and creates a task for it there. If the job asks for the input's
// own length, no length is sent, and the other Filmgate's model decides it.
func (e *Engine) submitVideo(ctx context.Context, job engine.Job) (engine.Submission, error) {
	data, err := job.Video.Bytes(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	var stored struct {
		URL string `json:"url"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/datasets", Body: data, Type: job.Video.Type, Out: &stored})
	if err != nil {
		return engine.Submission{}, engine.NotSubmitted(err)
	}
	r := job.Request
	in := createTask{
		Model: job.Model, Name: r.Name, Prompt: job.Prompt(), Negative: r.NegativePrompt, AspectRatio: r.AspectRatio, Resolution: r.Resolution,
		Seed: r.Seed, Video: stored.URL, Watermark: r.Watermark, LowPriority: r.LowPriority, AssetGroup: r.AssetGroup,
	}
	if r.Video == nil || r.Seconds != r.Video.WholeSeconds() {
		in.Seconds = r.Seconds
	}
	var out filmgateTask
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks", In: in, Out: &out, Header: http.Header{"Idempotency-Key": {job.Task}}})
	return engine.SubmitResult(filmgatePrefix, out.ID, err)
}

// filmgateStatus asks for a task by Filmgate's own call.
func (e *Engine) filmgateStatus(ctx context.Context, id string) (st engine.Status, link string, err error) {
	var t filmgateTask
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/tasks/" + url.PathEscape(id), Out: &t}); err != nil {
		return st, "", err
	}
	states := engine.RunwayStates()
	states["QUEUED"] = task.Pending
	st.State, err = engine.StateOf(string(t.Status), states)
	st.Progress, st.Text = t.Progress, t.ProgressText
	if st.State == task.Failed {
		reason := engine.DottedReason(t.Failure.Reason)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: t.Failure.Reason + ": " + t.Failure.Message}
	}
	if len(t.Artifacts) > 0 {
		link = t.Artifacts[0].URL
	}
	return st, link, err
}

// parseHandle returns the task id of a handle; own reports whether it was created by Filmgate's own POST /tasks.
func parseHandle(handle string) (id string, own bool) {
	return strings.CutPrefix(handle, filmgatePrefix)
}
