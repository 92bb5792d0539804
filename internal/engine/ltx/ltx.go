// Package ltx is the [engine.Engine] for Lightricks' LTX API, by its asynchronous calls below /v2.
//
// It holds their wire types. Sources: docs.ltx.video, the pages Async Jobs, Get job status and Error Handling, read 2026-11-29, and Submit
// image-to-video, read 2026-11-30; docs.ltx.io, where that documentation has moved with the address of the API, as several clients of
// September 2026 quote it. Unconfirmed: that image_uri takes a data URI at every size.
package ltx

import (
	"cmp"
	"context"
	_ "embed" // the models
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of LTX's API. It was api.ltx.video until the summer of 2026.
const BaseURL = "https://api.ltx.io/v2"

const (
	pollEvery  = 5 * time.Second
	resultLife = 24 * time.Hour
	frameRate  = 25 // frames a second: every model offers it at every size
	fromText   = "text-to-video"
	fromImage  = "image-to-video"
)

//go:embed models.yaml
var table []byte

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at LTX.
type Engine struct {
	client *engine.Client
	models []engine.Model
}

// New returns an Engine.
func New(o Options) *Engine {
	return &Engine{models: engine.ReadModels(table), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Sign: engine.Bearer(o.Key), Secrets: []string{o.Key}, Fail: errorOf,
	}}
}

// Capabilities describes the models. A job can't be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, PollEvery: pollEvery, ResultLife: resultLife}
}

type generation struct {
	Model      string `json:"model"`
	Prompt     string `json:"prompt"`
	Image      string `json:"image_uri,omitempty"`
	Last       string `json:"last_frame_uri,omitempty"`
	Duration   int    `json:"duration"`   // seconds
	Resolution string `json:"resolution"` // pixels: 1920x1080
	FrameRate  int    `json:"fps"`
	Audio      bool   `json:"generate_audio"` // on if absent
}

// job holds the fields of a job that are read.
type job struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Result struct {
		VideoURL string `json:"video_url"`
	} `json:"result"`
	Error apiError `json:"error"`
}

type apiError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Submit creates a job. The handle is its path: jobs from text and from pictures are polled at addresses of their own.
func (e *Engine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	path := fromText
	in := generation{Model: j.Model, Prompt: j.Prompt(), Duration: j.Request.Seconds, Resolution: pixels(j.Request), FrameRate: frameRate, Audio: engine.WithSound(j.Request)}
	if j.First != nil {
		path, in.Image = fromImage, j.First.Link()
	}
	if j.Last != nil {
		in.Last = j.Last.Link()
	}
	var out job
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/" + path, In: in, Out: &out})
	return engine.SubmitResult(path+"/", out.ID, err)
}

// pixels returns the frame size that a request asks for, 1080p if it names no resolution.
func pixels(r task.Request) string {
	across, down := "1920", "1080"
	switch r.Resolution {
	case "720p":
		across, down = "1280", "720"
	case "4k":
		across, down = "3840", "2160"
	}
	if r.AspectRatio == "9:16" || r.AspectRatio == "" && r.Format.Height > r.Format.Width {
		across, down = down, across
	}
	return across + "x" + down
}

// stateTable maps LTX's states to ours.
func stateTable() map[string]task.State {
	return map[string]task.State{"pending": task.Pending, "processing": task.Running, "completed": task.Succeeded, "failed": task.Failed}
}

// status asks for the job and returns its status and the URL of its video.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, video string, err error) {
	kind, id, _ := strings.Cut(handle, "/")
	if kind != fromText && kind != fromImage || id == "" {
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job " + handle}
	}
	var j job
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/" + kind + "/" + url.PathEscape(id), Out: &j}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(j.Status, stateTable())
	switch st.State {
	case task.Succeeded:
		st.Progress, video = 1, j.Result.VideoURL
	case task.Failed:
		st.Failure = j.Error.engineError().JobFailure()
	}
	return st, video, err
}

// engineError returns the meaning of an error's type.
func (e apiError) engineError() *engine.Error {
	return engine.ClassifyCode([]engine.CodeRule{
		{Prefixes: "invalid_request_error", Class: engine.Refused, Reason: task.VendorRefused},
		{Prefixes: "content_filtered_error", Class: engine.Refused, Reason: task.SafetyInputText},
		{Prefixes: "authentication_error insufficient_funds_error", Class: engine.AuthError},
		{Prefixes: "rate_limit_error concurrency_limit_error", Class: engine.Overloaded},
		{Prefixes: "api_error service_unavailable", Class: engine.Unreachable},
	}, e.Type, e.Message)
}

// Poll returns the status of the job.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the job's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: a job can't be cancelled.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }

// errorOf classifies an error by its type.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var answer struct {
		Error apiError `json:"error"`
	}
	if !engine.DecodeObject(body, &answer) || answer.Error.Type == "" {
		return nil
	}
	return answer.Error.engineError().OrByStatus(status)
}
