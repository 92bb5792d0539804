// Package runway is the [engine.Engine] for Runway's developer API, version 2024-11-06 (docs.dev.runwayml.com).
//
// It holds the API's wire types and its models. Source of the models' limits: the official client,
// github.com/runwayml/sdk-node 4.20, src/resources/image-to-video.ts, text-to-video.ts and video-to-video.ts.
package runway

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the URL of the API.
const BaseURL = "https://api.dev.runwayml.com"

const (
	version       = "2024-11-06" // header X-Runway-Version
	pollEvery     = 5 * time.Second
	imageURILimit = 5 << 20  // characters of an image's data URI; a larger image is uploaded
	videoURILimit = 16 << 20 // characters of a video's data URI; a larger video is uploaded
)

// Options configures an Engine.
type Options struct {
	Key     string // "key_…"
	BaseURL string // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

// Engine makes videos at Runway.
type Engine struct {
	client *engine.Client
	links  *recentLinks
}

// New returns an Engine.
func New(o Options) *Engine {
	if o.BaseURL == "" {
		o.BaseURL = BaseURL
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	bearer := engine.Bearer(o.Key)
	return &Engine{links: &recentLinks{now: now, all: map[string]recentLink{}}, client: &engine.Client{
		HTTP: o.HTTP, Base: o.BaseURL, Now: o.Now, Secrets: []string{o.Key}, Fail: errorOf,
		Sign: func(r *http.Request) error {
			r.Header.Set("X-Runway-Version", version)
			return bearer(r)
		},
	}}
}

// Capabilities returns what Runway's models can do. Runway charges credits a second; a credit is 0.01 USD.
func (e *Engine) Capabilities() engine.Capabilities {
	image := []engine.Mode{engine.FromFirst}
	frames := []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}
	model := func(name string, modes []engine.Mode, price float64, ratios ...string) engine.Model {
		return engine.Model{
			Name: name, Modes: modes, Limits: task.Limits{AspectRatios: ratios, Resolutions: []string{"720p"}, PromptLimit: 1000}, PromptUnit: engine.UTF16Units, Price: task.Price{PerSecond: price / 100, Currency: "USD"}, Seed: true,
			Images: task.InputImageLimits{Types: []string{"image/jpeg", "image/png", "image/webp"}, Bytes: 16 << 20},
		}
	}
	turbo := model("gen4_turbo", image, 5, "16:9", "9:16", "4:3", "1:1", "3:4", "21:9")
	gen45 := model("gen4.5", []engine.Mode{engine.FromText, engine.FromFirst}, 12, turbo.AspectRatios...)
	gen45.NeedsPrompt = true
	gen45.ByMode = map[engine.Mode]task.Limits{engine.FromText: {AspectRatios: []string{"16:9", "9:16"}}}
	turbo.Seconds, gen45.Seconds = engine.SecondsRange(2, 10), engine.SecondsRange(2, 10)
	veo, fast := model("veo3.1", frames, 40, "16:9", "9:16"), model("veo3.1_fast", frames, 15, "16:9", "9:16")
	veo.Seconds, fast.Seconds = []int{4, 6, 8}, []int{4, 6, 8}
	veo.Seed, fast.Seed = false, false
	veo.Resolutions, fast.Resolutions = []string{"720p", "1080p"}, []string{"720p", "1080p"}
	return engine.Capabilities{
		Lane: task.Remote, Models: append([]engine.Model{turbo, gen45, veo, fast}, editModels()...), Cancel: true, Cleanup: engine.DeletesCopy,
		PollEvery: pollEvery, ResultLife: 24 * time.Hour,
	}
}

// ratioTable maps aspect ratios to Runway's ratios, in pixels.
func ratioTable() map[string]string {
	return map[string]string{
		"16:9": "1280:720", "9:16": "720:1280", "4:3": "1104:832", "1:1": "960:960", "3:4": "832:1104", "21:9": "1584:672",
	}
}

// Submit creates a task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if job.Video != nil {
		return e.edit(ctx, job)
	}
	in, err := e.request(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	path := "/v1/text_to_video"
	if len(in.PromptImage) > 0 {
		path = "/v1/image_to_video"
	}
	var out created
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: path, In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// request returns the job as a request to Runway.
func (e *Engine) request(ctx context.Context, job engine.Job) (generation, error) {
	r := job.Request
	in := generation{
		Model: job.Model, PromptText: job.Prompt(), Ratio: ratioTable()[r.AspectRatio], Duration: r.Seconds,
	}
	if in.Ratio == "" {
		in.Ratio = e.nearestRatio(job)
	}
	switch {
	case strings.HasPrefix(job.Model, "gen4"):
		in.Seed = r.Seed
	case strings.HasPrefix(job.Model, "veo"):
		in.NegativePrompt = r.NegativePrompt
		if r.Resolution == "1080p" {
			in.Ratio = map[string]string{"1280:720": "1920:1080", "720:1280": "1080:1920"}[in.Ratio]
		}
	}
	for _, p := range []struct {
		image    *engine.Picture
		position string
	}{{job.First, "first"}, {job.Last, "last"}} {
		if p.image == nil {
			continue
		}
		uri, err := e.fileURI(ctx, p.position+"."+strings.TrimPrefix(p.image.Type, "image/"), p.image.Type, p.image.Bytes, imageURILimit)
		if err != nil {
			return in, err
		}
		in.PromptImage = append(in.PromptImage, promptImage{URI: uri, Position: p.position})
	}
	return in, nil
}

// nearestRatio returns the ratio for a job without one: the model's ratio nearest to that of the image, or 16:9 without an
// image.
func (e *Engine) nearestRatio(job engine.Job) string {
	best, pixels := math.Inf(1), ratioTable()["16:9"]
	p := cmp.Or(job.First, job.Last)
	if p == nil || p.Width <= 0 || p.Height <= 0 {
		return pixels
	}
	for _, m := range e.Capabilities().Models {
		if m.Name != job.Model {
			continue
		}
		for _, aspect := range m.ForMode(engine.ModeOf(job.Request)).AspectRatios {
			var w, h float64
			if _, err := fmt.Sscanf(ratioTable()[aspect], "%f:%f", &w, &h); err != nil {
				continue
			}
			if off := math.Abs(math.Log(w / h * float64(p.Height) / float64(p.Width))); off < best {
				best, pixels = off, ratioTable()[aspect]
			}
		}
	}
	return pixels
}

// fileURI returns a URI of a file for Runway: a data URI of less than limit characters, or the URI of an upload, which Runway
// keeps for a day.
func (e *Engine) fileURI(ctx context.Context, file, kind string, data []byte, limit int) (string, error) {
	if base64.StdEncoding.EncodedLen(len(data)) < limit-100 {
		return engine.DataURI(kind, data), nil
	}
	var out upload
	ask := engine.Call{Method: http.MethodPost, Path: "/v1/uploads", In: uploadRequest{Filename: file, Type: "ephemeral"}, Out: &out}
	if _, err := e.client.Do(ctx, ask); err != nil {
		return "", engine.NotSubmitted(err)
	}
	var parts []engine.FormPart
	for _, f := range out.Fields {
		parts = append(parts, engine.FormPart{Name: f.name, Value: f.value})
	}
	put := engine.Call{Method: http.MethodPost, Path: out.UploadURL}
	put.Body, put.Type = engine.MultipartForm(append(parts, engine.FormPart{Name: "file", File: file, Type: kind, Bytes: data})...)
	if _, err := e.client.Do(ctx, put); err != nil {
		return "", engine.NotSubmitted(err)
	}
	return out.RunwayURI, nil
}

// status returns the task's status and a fresh link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var t apiTask
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/v1/tasks/" + url.PathEscape(handle), Out: &t}); err != nil {
		return st, "", err
	}
	st.Progress, st.Credits = t.Progress, t.Cost.Credits
	st.State, err = engine.StateOf(t.Status, engine.RunwayStates())
	switch {
	case st.State == task.Failed:
		reason := engine.DottedReason(t.FailureCode)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: t.FailureCode + ": " + t.Failure}
	case st.State == task.Succeeded && len(t.Output) > 0:
		st.Progress, link = 1, t.Output[0]
	}
	return st, link, err
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(func(ctx context.Context, handle string) (engine.Status, string, error) {
		st, link, err := e.status(ctx, handle)
		if err == nil && link != "" {
			e.links.put(handle, link)
		}
		return st, link, err
	}).Poll(ctx, handle)
}

// Open opens the task's first output: by the link of the last poll, if the next is not due yet.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return e.client.Download(ctx, offset, func(ctx context.Context) (string, error) {
		if link, ok := e.links.take(handle); ok {
			return link, nil
		}
		return engine.StatusFunc(e.status).Link(ctx, handle)
	})
}

// Cancel cancels the task. If it has finished, Runway deletes it and its output.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/v1/tasks/" + url.PathEscape(handle)})
	return engine.IgnoreNotFound(err)
}

// errorOf classifies the meanings of a 400: too few credits, or a model, image or video that Runway does not take.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp apiError
	if status != http.StatusBadRequest || !engine.DecodeObject(body, &resp) {
		return nil
	}
	if strings.Contains(resp.Error, "enough credits") {
		return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}
	}
	for _, i := range resp.Issues {
		if len(i.Path) > 0 && i.Path[0] == "model" {
			return &engine.Error{Class: engine.ModelError}
		}
		if len(i.Path) > 0 && (i.Path[0] == "promptImage" || i.Path[0] == "videoUri") {
			return &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}
		}
	}
	return nil
}
