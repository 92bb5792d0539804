// Package xai is the [engine.Engine] for xAI's video API, which makes Grok Imagine's videos.
//
// It holds the wire types of POST /v1/videos/generations and GET /v1/videos/{request_id}. Sources, of 2026-11: docs.x.ai, the
// pages on video generation, and the provider @ai-sdk/xai 5.0.12. Unconfirmed: the codes of failures; one that speaks of
// moderation is taken as a refused prompt.
package xai

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

// BaseURL is the address of xAI's API.
const BaseURL = "https://api.x.ai/v1"

const (
	pollEvery   = 5 * time.Second
	ticksPerUSD = 1e10 // of usage.cost_in_usd_ticks
	createPath  = "/videos/generations"
)

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

//go:embed models.yaml
var table []byte

// Engine makes videos at xAI.
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

// Capabilities describes the models. A request can't be cancelled. Its links are temporary, for a time that is not documented.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, PollEvery: pollEvery}
}

type generation struct {
	Model       string  `json:"model"`
	Prompt      string  `json:"prompt,omitempty"`
	Duration    int     `json:"duration,omitempty"` // seconds
	AspectRatio string  `json:"aspect_ratio,omitempty"`
	Resolution  string  `json:"resolution,omitempty"`
	Image       *image  `json:"image,omitempty"`
	References  []image `json:"reference_images,omitempty"` // not beside image
	Audio       bool    `json:"generate_audio"`             // on if absent
}

type image struct {
	URL string `json:"url"` // a data URI, too
}

// answer holds the fields of GET /videos/{request_id} that are read.
type answer struct {
	Status   string  `json:"status"`
	Progress float64 `json:"progress"` // percent
	Video    struct {
		URL string `json:"url"`
		// Moderated is false if the video was withheld; absent means nothing.
		Moderated *bool `json:"respect_moderation"`
	} `json:"video"`
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Usage struct {
		Ticks float64 `json:"cost_in_usd_ticks"`
	} `json:"usage"`
}

// Submit creates a video. A video with a first frame takes that picture's shape unless another is asked for.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	in := generation{
		Model: job.Model, Prompt: job.PromptWith("<IMAGE_%d>", ""), Duration: r.Seconds, AspectRatio: r.AspectRatio, Resolution: r.Resolution,
		Audio: engine.WithSound(r),
	}
	if job.First != nil {
		in.Image = &image{job.First.Link()}
	}
	links, _, err := job.ReferenceLinks(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	for _, l := range links {
		in.References = append(in.References, image{l})
	}
	var out struct {
		ID string `json:"request_id"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: createPath, In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// stateTable maps xAI's states to ours. A request expires if it has not ended in time.
func stateTable() map[string]task.State {
	return map[string]task.State{"pending": task.Running, "done": task.Succeeded, "failed": task.Failed, "expired": task.Failed}
}

// status asks for the request and returns its status and the URL of its video. Credits are US dollars.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, video string, err error) {
	var a answer
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/videos/" + url.PathEscape(handle), Out: &a}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(a.Status, stateTable())
	st.Cost = a.Usage.Ticks / ticksPerUSD
	st.Progress, st.Credits = min(max(a.Progress/100, 0), 1), st.Cost
	switch {
	case st.State == task.Succeeded && a.Video.Moderated != nil && !*a.Video.Moderated:
		st.State = task.Failed
		st.Failure = (&engine.Error{Class: engine.Refused, Reason: task.SafetyOutputVideo, Detail: "respect_moderation is false"}).Failure()
	case st.State == task.Succeeded:
		st.Progress, video = 1, a.Video.URL
	case a.Status == "expired":
		st.Failure = (&engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the request expired"}).Failure()
	case st.State == task.Failed:
		st.Failure = failureOf(a.Error.Code, a.Error.Message)
	}
	return st, video, err
}

// failureOf returns the failure of a request that failed.
func failureOf(code, message string) *task.Failure {
	e := &engine.Error{Class: engine.Refused, Detail: code + ": " + message}
	if aboutModeration(code + " " + message) {
		e.Reason = task.SafetyInputText
	}
	return e.JobFailure()
}

// aboutModeration reports whether a text of xAI says that its filters refused something.
func aboutModeration(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "moderation") || strings.Contains(text, "safety") || strings.Contains(text, "content polic")
}

// Poll returns the status of the request.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the request's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: a request can't be cancelled.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }

// errorOf classifies an error's body, {"code", "error"}: moderation is a 400, a spent balance a 403 or 429.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var e struct {
		Code  string `json:"code"`
		Error string `json:"error"`
	}
	if !engine.DecodeObject(body, &e) {
		return nil
	}
	text := strings.ToLower(e.Code + " " + e.Error)
	switch {
	case strings.Contains(text, "used all available credits"), strings.Contains(text, "spending limit"):
		return &engine.Error{Class: engine.AuthError}
	case status == http.StatusBadRequest && aboutModeration(text):
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	}
	return nil
}
