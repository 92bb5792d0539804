// Package sdcpp is the [engine.Engine] for sd-server, the server of stable-diffusion.cpp, by its own API /sdcpp/v1. One
// program and one model file make videos, without Python.
//
// It holds the wire types of that API. Sources, of 2026-08-19: leejet/stable-diffusion.cpp, examples/server/api.md,
// routes_sdcpp.cpp and async_jobs.cpp. The server has no keys; a proxy before it may ask for one.
package sdcpp

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of an sd-server on this machine.
const BaseURL = "http://127.0.0.1:1234/sdcpp/v1"

const (
	pollEvery     = 2 * time.Second
	resultLife    = 10 * time.Minute // completed_ttl_seconds in async_jobs.h
	responseLimit = 256 << 20        // bytes: a job that is completed contains its video in Base64
	videoMode     = "vid_gen"
	frameRate     = 16 // frames a second if neither the job nor the server names them: that of Wan
	frameStep     = 4  // a video of Wan, HunyuanVideo and LingBot has 4n+1 frames
	secondsStep   = 8  // and one of LTX 8n+1, which is also 4n+1
)

// Options configures an Engine.
type Options struct {
	Key     string         // of a proxy before the server; "" = none
	Models  []engine.Model // what the server's model can do; nil = one named "video", of up to 10 s
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at an sd-server.
type Engine struct {
	client *engine.Client
	models []engine.Model
}

// New returns an Engine.
func New(o Options) *Engine {
	e := &Engine{models: o.Models, client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Fail: errorOf,
	}}
	if e.models == nil {
		e.models = []engine.Model{{
			Name: "video", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}, Limits: task.Limits{MaxSeconds: 10}, Seed: true,
		}}
	}
	e.models = engine.Sending(e.models, engine.PartNegative, engine.PartAspectRatio, engine.PartResolution)
	if o.Key != "" {
		e.client.Sign, e.client.Secrets = engine.Bearer(o.Key), []string{o.Key}
	}
	return e
}

// Capabilities describes the model. The server is the operator's own, so a job that its restart loses can be submitted again
// at no cost. Only a job that still waits can be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: true, Restartable: true, PollEvery: pollEvery, ResultLife: resultLife,
	}
}

// Submit asks the server what it can make, then queues the job.
func (e *Engine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	server, err := e.server(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	var out job
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/" + videoMode, In: requestOf(j, server), Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// server returns what the server can do. One that makes no videos, or that does not know the call, has no model for us.
func (e *Engine) server(ctx context.Context) (c capabilities, err error) {
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/capabilities", Out: &c})
	switch {
	case err != nil && ctx.Err() == nil && engine.AsError(err).Class == engine.NotFound:
		return c, &engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Detail: "no such call at base_url: " + err.Error()}
	case err == nil && !slices.Contains(c.Modes, videoMode):
		return c, &engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Detail: "the model that the server has loaded makes no videos"}
	}
	return c, err
}

// requestOf returns the body of POST /vid_gen for the job.
func requestOf(j engine.Job, server capabilities) request {
	r := j.Request
	in := request{
		Prompt: j.Prompt(), Negative: r.NegativePrompt, Seed: r.Seed,
		FrameRate: cmp.Or(r.Format.FrameRate, server.Defaults.Video.FrameRate, frameRate), OutputFormat: server.format(),
	}
	in.Width, in.Height = engine.ExactSize(r)
	if n := r.Format.Frames; n > 0 {
		in.Frames = wholeSteps(n, frameStep)
	} else if n := r.Seconds * in.FrameRate; n > 0 {
		in.Frames = wholeSteps(n, secondsStep)
	}
	if j.First != nil {
		in.First = j.First.Bytes
	}
	if j.Last != nil {
		in.Last = j.Last.Bytes
	}
	return in
}

// wholeSteps returns the least number of the form step*n+1 that is at least frames. The server itself takes the next lower one (for
// MiniMax-H3 the next higher one of 17n+5), which would make a video shorter than was asked, and it does not say which model it has.
func wholeSteps(frames, step int) int { return (frames-1+step-1)/step*step + 1 }

// status returns a StatusFunc that fetches a job into j.
func (e *Engine) status(j *job) engine.StatusFunc {
	return func(ctx context.Context, handle string) (st engine.Status, link string, err error) {
		c := engine.Call{Method: http.MethodGet, Path: "/jobs/" + url.PathEscape(handle), Out: j, Limit: responseLimit}
		if _, err = e.client.Do(ctx, c); err != nil {
			return st, "", err
		}
		return j.status()
	}
}

// Poll returns the status of the job.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return e.status(new(job)).Poll(ctx, handle)
}

// Open opens the video, which the job itself contains.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	var j job
	if _, err := e.status(&j).Link(ctx, handle); err != nil {
		return engine.Content{}, err
	}
	return engine.InlineContent(j.Result.Type, j.Result.Video, offset)
}

// Cancel removes a job that waits from the queue. The server can't interrupt one that it generates (409), and finishes it.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/jobs/" + url.PathEscape(handle) + "/cancel"})
	return engine.IgnoreEnded(err)
}

// errorOf recognises a model that makes no videos (runtime.cpp, unsupported_generation_mode_error).
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusBadRequest && bytes.Contains(body, []byte("model does not support")) {
		return &engine.Error{Class: engine.ModelError}
	}
	return nil
}
