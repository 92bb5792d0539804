package minimax

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

type generationV1 struct {
	Model           string `json:"model"`
	Prompt          string `json:"prompt,omitempty"`
	FirstFrameImage string `json:"first_frame_image,omitempty"`
	LastFrameImage  string `json:"last_frame_image,omitempty"`
	Duration        int    `json:"duration,omitempty"` // seconds
	Resolution      string `json:"resolution,omitempty"`
	PromptOptimizer bool   `json:"prompt_optimizer"`
	Watermark       bool   `json:"aigc_watermark,omitempty"`
	CallbackURL     string `json:"callback_url,omitempty"`
}

// baseResponse is part of every response of version 1 and the only place for errors.
type baseResponse struct {
	StatusCode int    `json:"status_code"`
	StatusMsg  string `json:"status_msg"`
}

// submitV1 creates a task of version 1 and returns its id.
func (e *Engine) submitV1(ctx context.Context, job engine.Job) (string, error) {
	r := job.Request
	in := generationV1{
		Model: job.Model, Prompt: job.Prompt(), Duration: r.Seconds, Resolution: strings.ToUpper(r.Resolution),
		PromptOptimizer: r.ExpandPrompt && r.ExpandedPrompt == "", Watermark: r.Watermark, CallbackURL: job.CallbackURL,
	}
	if job.First != nil {
		in.FirstFrameImage = job.First.Link()
	}
	if job.Last != nil {
		in.LastFrameImage = job.Last.Link()
	}
	var out struct {
		TaskID string       `json:"task_id"`
		Base   baseResponse `json:"base_resp"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v1/video_generation", In: in, Out: &out})
	if err == nil {
		err = out.Base.err()
	}
	return out.TaskID, err
}

func stateTableV1() map[string]task.State {
	return map[string]task.State{
		"Preparing": task.Pending, "Queueing": task.Pending, "Processing": task.Running, "Success": task.Succeeded,
		"Fail": task.Failed, "Failed": task.Failed, // the documentation has "Fail", the vendor's own client "Failed"
	}
}

// statusV1 asks for a task of version 1, and for a new link to its file if it succeeded.
func (e *Engine) statusV1(ctx context.Context, id string) (st engine.Status, link string, err error) {
	var t struct {
		Status string       `json:"status"`
		FileID string       `json:"file_id"`
		Base   baseResponse `json:"base_resp"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/query/video_generation?task_id=" + url.QueryEscape(id), Out: &t})
	if err != nil {
		return st, "", err
	}
	bad := t.Base.engineError()
	state, unknown := engine.StateOf(t.Status, stateTableV1())
	switch {
	case t.Base.StatusCode == invalidParameter: // the task id is the call's only parameter
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: t.Base.text()}
	case state == task.Failed, t.Base.StatusCode != 0 && bad.Class == engine.Refused:
		return engine.Status{State: task.Failed, Failure: bad.JobFailure()}, "", nil
	case t.Base.StatusCode != 0:
		return st, "", bad
	}
	if st.State = state; unknown != nil || state != task.Succeeded || t.FileID == "" {
		return st, "", unknown
	}
	var f struct {
		File struct {
			DownloadURL string `json:"download_url"`
		} `json:"file"`
		Base baseResponse `json:"base_resp"`
	}
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/files/retrieve?file_id=" + url.QueryEscape(t.FileID), Out: &f}); err == nil {
		err = f.Base.err()
	}
	st.Progress = 1
	return st, f.File.DownloadURL, err
}

func (b baseResponse) text() string {
	return fmt.Sprintf("base_resp %d: %s", b.StatusCode, b.StatusMsg)
}

// err returns the error of the response; nil if it is a success.
func (b baseResponse) err() error {
	if b.StatusCode == 0 {
		return nil
	}
	return b.engineError()
}

func (b baseResponse) engineError() *engine.Error {
	e := errorOfCode(b.StatusCode, b.StatusMsg)
	e.Detail = b.text()
	return e
}
