package minimax

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

type generationV2 struct {
	Model       string               `json:"model"`
	Content     []engine.ContentPart `json:"content"`
	Resolution  string               `json:"resolution"`
	Duration    int                  `json:"duration"`        // seconds
	Ratio       string               `json:"ratio,omitempty"` // not beside a frame, which sets its own
	Watermark   bool                 `json:"aigc_watermark,omitempty"`
	CallbackURL string               `json:"callback_url,omitempty"`
}

// apiError is an error of version 2, of a request or of a task.
type apiError struct {
	Code    string `json:"code"`    // of a task: "1026"; "" of a request
	Message string `json:"message"` // of a request, it ends in the code: "… (1026)"
}

// submitV2 creates a task of version 2 and returns its id.
func (e *Engine) submitV2(ctx context.Context, job engine.Job) (string, error) {
	r := job.Request
	in := generationV2{
		Model: job.Model, Resolution: strings.ToUpper(cmp.Or(r.Resolution, "768p")), Duration: r.Seconds, Watermark: r.Watermark,
		CallbackURL: job.CallbackURL,
	}
	if job.First == nil && job.Last == nil {
		in.Ratio = cmp.Or(r.AspectRatio, "16:9")
	}
	files, err := job.Content(ctx)
	if err != nil {
		return "", err
	}
	in.Content = append([]engine.ContentPart{{Type: "text", Text: job.PromptWith("Image %d", "Audio %d")}}, files...)
	var out struct {
		TaskID string `json:"task_id"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v2/video_generation", In: in, Out: &out})
	return out.TaskID, err
}

func stateTableV2() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "running": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"cancelled": task.Cancelled, "expired": task.Failed,
	}
}

// statusV2 asks for a task of version 2 and returns its status and a new link to its video. Credits are the seconds that MiniMax charges.
func (e *Engine) statusV2(ctx context.Context, id string) (st engine.Status, video string, err error) {
	var out struct {
		Task struct {
			Status  string `json:"status"`
			Content struct {
				URL string `json:"url"`
			} `json:"content"`
			Error apiError `json:"error"`
			Usage struct {
				TotalSeconds float64 `json:"total_seconds"`
			} `json:"usage"`
		} `json:"task"`
	}
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v2/query/video_generation/" + url.PathEscape(id), Out: &out}); err != nil {
		return st, "", err
	}
	t := out.Task
	st.State, err = engine.StateOf(t.Status, stateTableV2())
	st.Credits = t.Usage.TotalSeconds
	switch st.State {
	case task.Succeeded:
		st.Progress, video = 1, t.Content.URL
	case task.Failed:
		bad := errorOfCode(t.Error.codeNumber(), t.Error.Message)
		bad.Detail = strings.TrimRight(t.Status+": "+t.Error.Message, ": ")
		if t.Status == "expired" {
			bad.Reason = task.VendorUnavailable
		}
		st.Failure = bad.JobFailure()
	}
	return st, video, err
}

// codeNumber returns the error's code; 0 if it has none.
func (f apiError) codeNumber() int {
	text := f.Code
	if at := strings.LastIndex(f.Message, "("); text == "" && at >= 0 {
		text = strings.TrimSuffix(f.Message[at+1:], ")")
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// errorOf classifies an error response of version 2 by the code at the end of its message. It returns nil, and leaves it to
// the HTTP status, if there is no code or an unknown one. MiniMax reports an unknown task id as an invalid parameter.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Type  string   `json:"type"`
		Error apiError `json:"error"`
	}
	if !engine.DecodeObject(body, &resp) || resp.Type != "error" {
		return nil
	}
	code := resp.Error.codeNumber()
	e := errorOfCode(code, resp.Error.Message)
	e.Detail, e.Unconfirmed = resp.Error.Message, false // the client sets Unconfirmed by the status
	switch {
	case code == invalidParameter && strings.Contains(strings.ToLower(resp.Error.Message), "task_id"):
		return &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: resp.Error.Message}
	case e.Class == engine.Refused && status != http.StatusBadRequest && status != http.StatusUnprocessableEntity:
		return nil
	}
	return e
}
