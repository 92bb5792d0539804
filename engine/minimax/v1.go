package minimax

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

type generation1 struct {
	Model           string `json:"model"`
	Prompt          string `json:"prompt,omitempty"`
	FirstFrameImage string `json:"first_frame_image,omitempty"`
	LastFrameImage  string `json:"last_frame_image,omitempty"`
	Duration        int    `json:"duration,omitempty"` // seconds
	Resolution      string `json:"resolution,omitempty"`
	PromptOptimizer bool   `json:"prompt_optimizer"`
	CallbackURL     string `json:"callback_url,omitempty"`
}

// base is in every answer of version 1, and is the only place that tells of errors.
type base struct {
	StatusCode int    `json:"status_code"`
	StatusMsg  string `json:"status_msg"`
}

// submit1 asks for the video.
func (e *Engine) submit1(ctx context.Context, job engine.Job) (string, error) {
	r := job.Request
	in := generation1{
		Model: job.Model, Prompt: job.Prompt(), Duration: r.Seconds, Resolution: strings.ToUpper(r.Resolution),
		PromptOptimizer: r.ExpandPrompt && r.ExpandedPrompt == "", CallbackURL: job.CallbackURL,
	}
	if job.First != nil {
		in.FirstFrameImage = job.First.Link()
	}
	if job.Last != nil {
		in.LastFrameImage = job.Last.Link()
	}
	var out struct {
		TaskID string `json:"task_id"`
		Base   base   `json:"base_resp"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v1/video_generation", In: in, Out: &out})
	if err == nil {
		err = out.Base.error()
	}
	return out.TaskID, err
}

func states1() map[string]task.State {
	return map[string]task.State{
		"Preparing": task.Pending, "Queueing": task.Pending, "Processing": task.Running, "Success": task.Succeeded, "Fail": task.Failed,
	}
}

// look1 asks for the task, and for the link to its file once there is one. The link can be asked for again.
func (e *Engine) look1(ctx context.Context, id string) (st engine.Status, link string, err error) {
	var t struct {
		Status string `json:"status"`
		FileID string `json:"file_id"`
		Base   base   `json:"base_resp"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/query/video_generation?task_id=" + url.QueryEscape(id), Out: &t})
	if err != nil {
		return st, "", err
	}
	bad := t.Base.refusal()
	switch {
	case t.Base.StatusCode == invalidParameter: // its id is all that the question holds
		return st, "", &engine.Error{Class: engine.Lost, Reason: task.VendorUnavailable, Detail: t.Base.text()}
	case t.Status == "Fail", t.Base.StatusCode != 0 && bad.Class == engine.Refused:
		return engine.Status{State: task.Failed, Failure: bad.Failure()}, "", nil
	case t.Base.StatusCode != 0:
		return st, "", bad
	}
	if st.State, err = engine.StateOf(t.Status, states1()); err != nil || st.State != task.Succeeded || t.FileID == "" {
		return st, "", err
	}
	var f struct {
		File struct {
			DownloadURL string `json:"download_url"`
		} `json:"file"`
		Base base `json:"base_resp"`
	}
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/files/retrieve?file_id=" + url.QueryEscape(t.FileID), Out: &f}); err == nil {
		err = f.Base.error()
	}
	st.Progress = 1
	return st, f.File.DownloadURL, err
}

// invalidParameter is the code for a parameter that is not valid.
const invalidParameter = 2013

func (b base) text() string { return fmt.Sprintf("base_resp %d: %s", b.StatusCode, b.StatusMsg) }

// error sorts an answer by its code; nil where it is a success.
func (b base) error() error {
	if b.StatusCode == 0 {
		return nil
	}
	return b.refusal()
}

func (b base) refusal() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: b.text()}
	switch b.StatusCode {
	case 1002, 1039: // requests or tokens a minute
		e.Class, e.Reason = engine.Overloaded, task.VendorUnavailable
	case 1004, 1008, 2049, 2056: // key, balance, key, plan
		e.Class, e.Reason = engine.Account, task.VendorRefused
	case 1026:
		e.Reason = task.SafetyInputText
	case 1027:
		e.Reason = task.SafetyOutputVideo
	case 1000, 1001, 1013, 1033: // unknown, timeout, internal, a service behind
		e.Class, e.Reason, e.Unconfirmed = engine.Unreachable, task.VendorUnavailable, true
	}
	return e
}
