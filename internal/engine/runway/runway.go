// Package runway is the [engine.Engine] for Runway's developer API, version 2024-11-06 (docs.dev.runwayml.com).
//
// It holds the API's wire types and, in models.yaml, its models with their sources.
package runway

import (
	"context"
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
	version      = "2024-11-06" // header X-Runway-Version
	pollEvery    = 5 * time.Second
	dataURILimit = 5_000_000 // characters of a data URI; a larger file is uploaded

	dollarsPerCredit = 0.01 // https://docs.dev.runwayml.com/guides/pricing/, November 2026
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
	models []engine.Row[call]
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
	return &Engine{models: rows(), links: &recentLinks{now: now, all: map[string]recentLink{}}, client: &engine.Client{
		HTTP: o.HTTP, Base: o.BaseURL, Now: o.Now, Secrets: []string{o.Key}, Fail: errorOf,
		Sign: func(r *http.Request) error {
			r.Header.Set("X-Runway-Version", version)
			return bearer(r)
		},
	}}
}

// Capabilities returns what Runway's models can do. Runway charges credits a second; a credit is 0.01 USD.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: engine.ModelsOf(e.models), Cancel: true, Cleanup: engine.DeletesCopy,
		PollEvery: pollEvery, ResultLife: 24 * time.Hour,
	}
}

// Submit creates a task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	row, err := engine.RowOf(e.models, job.Model)
	if err != nil {
		return engine.Submission{}, err
	}
	var in any
	path := "/v1/text_to_video"
	switch {
	case job.Video != nil:
		path = "/v1/video_to_video"
		in, err = e.edit(ctx, job, row)
	case job.First != nil || job.Last != nil:
		path = "/v1/image_to_video"
		fallthrough
	default:
		in, err = e.generate(ctx, job, row)
	}
	if err != nil {
		return engine.Submission{}, err
	}
	var out created
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: path, In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// generate returns the body of text_to_video and image_to_video.
func (e *Engine) generate(ctx context.Context, job engine.Job, row engine.Row[call]) (generation, error) {
	r := job.Request
	in := generation{Model: job.Model, PromptText: job.PromptWith(row.Call.Mention, ""), Duration: r.Seconds}
	in.Ratio, in.Resolution = shape(row, job)
	if row.Seed {
		in.Seed = r.Seed
	}
	if row.Call.Negative {
		in.NegativePrompt = r.NegativePrompt
	}
	for _, p := range []struct {
		image    *engine.Picture
		position string
	}{{job.First, "first"}, {job.Last, "last"}} {
		if p.image == nil {
			continue
		}
		uri, err := e.fileURI(ctx, engine.FileName(p.position, p.image.Type), p.image.Type, p.image.Bytes)
		if err != nil {
			return in, err
		}
		in.PromptImage = append(in.PromptImage, promptImage{URI: uri, Position: p.position})
	}
	var err error
	in.references, err = e.references(ctx, job, row)
	return in, err
}

// references returns the fields of sound and of references. Some models make sound if they are not told, so that it is always said.
func (e *Engine) references(ctx context.Context, job engine.Job, row engine.Row[call]) (references, error) {
	var out references
	if row.Sound == engine.SoundOptional {
		out.Audio = new(engine.WithSound(job.Request))
	}
	for i := range job.ReferenceImages {
		uri, err := e.referenceURI(ctx, &job.ReferenceImages[i].InputFile)
		if err != nil {
			return out, err
		}
		out.References = append(out.References, reference{URI: uri})
	}
	for i := range job.ReferenceAudio {
		uri, err := e.referenceURI(ctx, &job.ReferenceAudio[i].InputFile)
		if err != nil {
			return out, err
		}
		out.ReferenceAudio = append(out.ReferenceAudio, reference{Type: "audio", URI: uri})
	}
	return out, nil
}

// referenceURI returns a URI of a reference for Runway.
func (e *Engine) referenceURI(ctx context.Context, f *engine.InputFile) (string, error) {
	data, err := f.Bytes(ctx)
	if err != nil {
		return "", err
	}
	return e.fileURI(ctx, engine.FileName("reference", f.Type), f.Type, data)
}

// edit returns the body of video_to_video.
func (e *Engine) edit(ctx context.Context, job engine.Job, row engine.Row[call]) (edit, error) {
	in := edit{Model: job.Model, PromptText: job.Prompt()}
	data, err := job.Video.Bytes(ctx)
	if err == nil {
		in.references, err = e.references(ctx, job, row)
	}
	if err != nil {
		return in, err
	}
	uri, err := e.fileURI(ctx, engine.FileName("video", job.Video.Type), job.Video.Type, data)
	if row.Call.Video == "videoUri" {
		in.VideoURI = uri
	} else {
		in.PromptVideo = uri
	}
	switch {
	case row.Call.Target:
		in.TargetAspectRatio = job.Request.AspectRatio
	case row.Call.Edit:
		in.Mode, in.Duration = "edit", "auto"
	case row.Video.FreeLength:
		in.Ratio, in.Resolution = shape(row, job)
		if job.Request.Seconds > 0 {
			in.Duration = job.Request.Seconds
		}
	}
	if row.Seed {
		in.Seed = job.Request.Seed
	}
	return in, err
}

// fileURI returns a URI of a file for Runway: a data URI if it is short enough, or the URI of an upload, which Runway keeps for
// a day.
func (e *Engine) fileURI(ctx context.Context, file, kind string, data []byte) (string, error) {
	if uri := engine.DataURI(kind, data); len(uri) <= dataURILimit {
		return uri, nil
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
	st.Progress, st.Credits, st.Cost = t.Progress, t.Cost.Credits, t.Cost.Credits*dollarsPerCredit
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
		if len(i.Path) > 0 && (i.Path[0] == "promptImage" || i.Path[0] == "videoUri" || i.Path[0] == "promptVideo") {
			return &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}
		}
	}
	return nil
}
