package minimax

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

type generation2 struct {
	Model       string    `json:"model"`
	Content     []content `json:"content"`
	Resolution  string    `json:"resolution,omitempty"`
	Duration    int       `json:"duration,omitempty"` // seconds
	Ratio       string    `json:"ratio,omitempty"`
	Seed        *uint32   `json:"seed,omitempty"`
	Watermark   bool      `json:"watermark"`
	CallbackURL string    `json:"callback_url,omitempty"`
}

type content struct {
	Type     string `json:"type"` // text or image_url
	Text     string `json:"text,omitempty"`
	ImageURL *link  `json:"image_url,omitempty"`
	Role     string `json:"role,omitempty"`
}

type link struct {
	URL string `json:"url"`
}

// fault is an error of version 2, of a request or a task.
type fault struct {
	Type    string `json:"type"` // of a request's
	Code    string `json:"code"` // of a task's
	Message string `json:"message"`
}

// submit2 asks for the video.
func (e *Engine) submit2(ctx context.Context, job engine.Job) (string, error) {
	r := job.Request
	in := generation2{
		Model: job.Model, Resolution: strings.ToUpper(r.Resolution), Duration: r.Seconds, Ratio: r.AspectRatio, Seed: r.Seed, Watermark: r.Watermark,
		CallbackURL: job.CallbackURL,
		Content:     []content{{Type: "text", Text: job.Prompt()}},
	}
	if job.First == nil && in.Ratio == "" {
		in.Ratio = "16:9" // without a picture it must be named
	}
	if job.First != nil {
		in.Content = append(in.Content, content{Type: "image_url", ImageURL: &link{job.First.Link()}, Role: "first_frame"})
	}
	if job.Last != nil {
		in.Content = append(in.Content, content{Type: "image_url", ImageURL: &link{job.Last.Link()}, Role: "last_frame"})
	}
	var out struct {
		TaskID string `json:"task_id"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v2/video_generation", In: in, Out: &out})
	return out.TaskID, err
}

func states2() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "running": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"cancelled": task.Cancelled, "expired": task.Failed,
	}
}

// look2 asks for the task. Each asking gives a fresh link.
func (e *Engine) look2(ctx context.Context, id string) (st engine.Status, video string, err error) {
	var t struct {
		Status  string `json:"status"`
		Content struct {
			URL string `json:"url"`
		} `json:"content"`
		Error fault `json:"error"`
	}
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v2/query/video_generation/" + url.PathEscape(id), Out: &t}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(t.Status, states2())
	switch st.State {
	case task.Succeeded:
		st.Progress, video = 1, t.Content.URL
	case task.Failed:
		bad := &engine.Error{Class: engine.Refused, Reason: t.Error.reason(), Detail: strings.TrimRight(t.Status+": "+t.Error.Message, ": ")}
		if t.Status == "expired" {
			bad.Reason = task.VendorUnavailable
		}
		st.Failure = bad.Failure()
	}
	return st, video, err
}

// reason is why work failed, or a request was refused, by the words that MiniMax uses for it.
func (f fault) reason() task.Reason {
	low := strings.ToLower(f.Code + " " + f.Message)
	switch {
	case strings.Contains(low, "sensitive") && strings.Contains(low, "output"), f.Code == "1027":
		return task.SafetyOutputVideo
	case strings.Contains(low, "sensitive"), f.Code == "1026":
		return task.SafetyInputText
	case strings.Contains(low, "image"):
		return task.AssetInvalid
	default:
		return task.Internal
	}
}

// refused sorts an answer of version 2 that is no success: what is refused for its content has a status like any other.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no type
	if said.Error.Type == "" || status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return nil
	}
	return &engine.Error{Class: engine.Refused, Reason: said.Error.reason(), Detail: said.Error.Type + ": " + said.Error.Message}
}
