// Package openrouter is the [engine.Engine] for OpenRouter's video API, which passes jobs on to many makers' models.
//
// It holds the wire types of POST /videos and GET /videos/{id}, and the check of callbacks. Sources, read 2026-11-29:
// openrouter.ai/docs, "Video generation" and "Get Video Results with Webhooks", and @openrouter/ai-sdk-provider 3.1.0.
// Unconfirmed: the words of a refusal for content.
package openrouter

import (
	"cmp"
	"context"
	_ "embed" // the models
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of OpenRouter's API.
const BaseURL = "https://openrouter.ai/api/v1"

const pollEvery = 10 * time.Second // OpenRouter asks for 10 to 30

//go:embed models.yaml
var table []byte

// Options configures an Engine.
type Options struct {
	Key     string
	Secret  string         // that callbacks are signed with, of the workspace's settings; "" = they are not checked
	Models  []engine.Model // further models; one with a known name replaces it
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at OpenRouter.
type Engine struct {
	client  *engine.Client
	models  []engine.Model
	signing *signing // nil = callbacks are not checked
}

// New returns an Engine.
func New(o Options) *Engine {
	e := &Engine{models: engine.MergeModels(engine.ReadModels(table), engine.Sending(o.Models, engine.PartAspectRatio, engine.PartResolution)), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Sign: engine.Bearer(o.Key), Secrets: []string{o.Key}, Fail: errorOf,
	}}
	if o.Secret != "" {
		e.signing = newSigning(o.Secret, o.Now)
	}
	return e
}

// Capabilities describes the models. A job can't be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Models: e.models, Callbacks: engine.UnsignedCallbacks, PollEvery: pollEvery}
	if e.signing != nil {
		c.Callbacks = engine.SignedCallbacks
	}
	return c
}

type create struct {
	Model       string  `json:"model"`
	Prompt      string  `json:"prompt,omitempty"`
	Duration    int     `json:"duration,omitempty"` // seconds
	AspectRatio string  `json:"aspect_ratio,omitempty"`
	Resolution  string  `json:"resolution,omitempty"`
	Seed        *uint32 `json:"seed,omitempty"`
	Audio       bool    `json:"generate_audio"` // absent, a model that can makes sound, which costs more
	Frames      []frame `json:"frame_images,omitempty"`
	References  []input `json:"input_references,omitempty"`
	Callback    string  `json:"callback_url,omitempty"`
}

type frame struct {
	Type  string   `json:"type"`
	Image imageURL `json:"image_url"`
	Kind  string   `json:"frame_type"`
}

// input is a reference.
type input struct {
	Type  string    `json:"type"` // image_url or audio_url
	Image *imageURL `json:"image_url,omitempty"`
	Audio *imageURL `json:"audio_url,omitempty"`
}

type imageURL struct {
	URL string `json:"url"` // a data URI, too
}

// job holds the fields of a job that are read.
type job struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"`
	URLs     []string `json:"urls"`          // signed links
	Contents []string `json:"unsigned_urls"` // links that need the key
	Error    string   `json:"error"`
	Usage    struct {
		Cost float64 `json:"cost"` // US dollars
	} `json:"usage"`
}

// Submit creates a job.
func (e *Engine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	r := j.Request
	in := create{
		Model: j.Model, Prompt: j.Prompt(), Duration: r.Seconds, AspectRatio: r.AspectRatio, Resolution: resolutionName(r.Resolution), Callback: j.CallbackURL,
		Audio: engine.WithSound(r),
	}
	if e.takesSeed(j.Model) {
		in.Seed = r.Seed
	}
	for _, f := range []struct {
		kind string
		*engine.Picture
	}{{"first_frame", j.First}, {"last_frame", j.Last}} {
		if f.Picture != nil {
			in.Frames = append(in.Frames, frame{"image_url", imageURL{f.Link()}, f.kind})
		}
	}
	images, recordings, err := j.ReferenceLinks(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	for _, l := range images {
		in.References = append(in.References, input{Type: "image_url", Image: &imageURL{l}})
	}
	for _, l := range recordings {
		in.References = append(in.References, input{Type: "audio_url", Audio: &imageURL{l}})
	}
	var out job
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/videos", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// takesSeed reports whether a model has seeds. The others refuse one.
func (e *Engine) takesSeed(model string) bool {
	return slices.ContainsFunc(e.models, func(m engine.Model) bool { return m.Name == model && m.Seed })
}

// resolutionName returns OpenRouter's name of a resolution: its classes are 480p, 720p, 1080p, 2K and 4K.
func resolutionName(ours string) string {
	if strings.HasSuffix(ours, "k") {
		return strings.ToUpper(ours)
	}
	return ours
}

// stateTable maps OpenRouter's states to ours.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"pending": task.Pending, "in_progress": task.Running, "completed": task.Succeeded, "failed": task.Failed, "dead": task.Failed,
		"expired": task.Failed, "cancelled": task.Cancelled,
	}
}

// status asks for the job and returns its status and the link to its video. Credits are US dollars.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var j job
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/videos/" + url.PathEscape(handle), Out: &j}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(j.Status, stateTable())
	st.Credits, st.Cost = j.Usage.Cost, j.Usage.Cost
	switch {
	case st.State == task.Succeeded:
		st.Progress = 1
		for _, l := range append(j.URLs, j.Contents...) {
			link = cmp.Or(link, l)
		}
	case st.State == task.Failed:
		st.Failure = failureOf(j).JobFailure()
	}
	return st, link, err
}

// failureOf returns the error of a job that failed.
func failureOf(j job) *engine.Error {
	e := &engine.Error{Class: engine.Refused, Detail: j.Status + ": " + j.Error}
	switch {
	case aboutContent(j.Error):
		e.Reason = task.SafetyInputText
	case j.Status != "failed":
		e.Class, e.Reason = engine.Unreachable, task.VendorUnavailable
	}
	return e
}

// aboutContent reports whether a text says that the request was refused for its content.
func aboutContent(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"moderation", "flagged", "safety", "content polic", "content filter"}, func(word string) bool {
		return strings.Contains(text, word)
	})
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

// errorOf recognises a refusal for content: a 400, or a 403 if the model's maker wants prompts moderated.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var e struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	refusal := status == http.StatusBadRequest || status == http.StatusForbidden
	if refusal && engine.DecodeObject(body, &e) && aboutContent(e.Error.Message) {
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	}
	return nil
}
