// Package webtask is the [engine.Engine] for the task API of Runway's web app of 2024, which relays still serve: tasks and
// uploads under one base URL, with tasks wrapped in {"task": …}.
//
// It holds the API's wire types and its models. Sources: what clients of 2024 sent (igolaizola/vidai @115cb21 pkg/runway)
// and what relays answer. Unconfirmed: all of it, since Runway never documented the API; the sizes of images and how long a
// result is kept are the least certain.
package webtask

import (
	"cmp"
	"context"
	_ "embed" // the models
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL was the URL of the web app's API. A relay has its own, such as "https://relay.example/runway".
const BaseURL = "https://api.runwayml.com/v1"

// Options configures an Engine.
type Options struct {
	Key     string
	Team    int    // the account's asTeamId; 0 = none, as relays need it
	BaseURL string // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

//go:embed models.yaml
var table []byte

// Engine makes videos at a relay of Runway's web app.
type Engine struct {
	client *engine.Client
	models []engine.Model
	team   int
}

// New returns an Engine.
func New(o Options) *Engine {
	return &Engine{team: o.Team, models: engine.ReadModels(table), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

// Capabilities returns what the two Gen-3 models can do.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, PollEvery: 5 * time.Second, ResultLife: 24 * time.Hour}
}

// Submit uploads the image, if there is one, and creates a task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	o := options{
		Name: r.Name, Seconds: r.Seconds, TextPrompt: job.Prompt(), Explore: r.LowPriority, Watermark: r.Watermark,
		Enhance: r.ExpandPrompt && r.ExpandedPrompt == "", AssetGroupName: cmp.Or(r.AssetGroup, "Generative Video"),
	}
	if r.Seed != nil {
		o.Seed = *r.Seed
	}
	tall := r.AspectRatio == "3:5" || r.AspectRatio == "" && r.Format.Height > r.Format.Width
	image := job.First
	if job.Last != nil {
		image, o.EndFrame = job.Last, true
	}
	if image == nil {
		o.Width, o.Height = 1280, 768
		if tall {
			o.Width, o.Height = 768, 1280
		}
	} else {
		link, err := e.upload(ctx, image)
		if err != nil {
			return engine.Submission{}, err
		}
		o.InitImage, o.Resolution, o.Flip = link, "720p", tall
	}
	var out taskResponse
	in := request{TaskType: job.Model, Options: o, Team: e.team}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks", In: in, Out: &out})
	return engine.SubmitResult("", out.Task.ID, err)
}

// upload uploads an image in the three steps of the app's web page, and returns its URL.
func (e *Engine) upload(ctx context.Context, p *engine.Picture) (string, error) {
	name := "image." + strings.TrimPrefix(p.Type, "image/")
	var target uploadTarget
	ask := engine.Call{Method: http.MethodPost, Path: "/uploads", In: uploadRequest{Filename: name, Parts: 1, Type: "DATASET"}, Out: &target}
	if _, err := e.client.Do(ctx, ask); err != nil {
		return "", engine.NotSubmitted(err)
	}
	if len(target.URLs) != 1 {
		return "", engine.InvalidResponseError("an upload with %d URLs", len(target.URLs))
	}
	put := engine.Call{Method: http.MethodPut, Path: target.URLs[0], Body: p.Bytes, Type: cmp.Or(target.Headers["Content-Type"], p.Type)}
	h, err := e.client.Do(ctx, put)
	if err != nil {
		return "", engine.NotSubmitted(err)
	}
	var done uploaded
	parts := uploadParts{Parts: []uploadPart{{Number: 1, ETag: h.Get("ETag")}}}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/uploads/" + url.PathEscape(target.ID) + "/complete", In: parts, Out: &done})
	if err == nil && done.URL == "" {
		err = engine.InvalidResponseError("an upload without a link")
	}
	return done.URL, engine.NotSubmitted(err)
}

// status returns the task's status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	path := "/tasks/" + url.PathEscape(handle)
	if e.team != 0 {
		path += "?asTeamId=" + strconv.Itoa(e.team)
	}
	var out taskResponse
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: path, Out: &out}); err != nil {
		return st, "", err
	}
	t := out.Task
	st.State, err = engine.StateOf(t.Status, engine.RunwayStates())
	st.Progress, _ = strconv.ParseFloat(t.ProgressRatio, 64) // "" before it runs
	st.Text = t.ProgressText
	if st.State == task.Failed {
		reason := engine.DottedReason(t.Error.Reason)
		if strings.Contains(t.Error.Reason, "moderation") {
			reason = task.SafetyInputText // a sentence, from some relays
		}
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: t.Error.Reason + ": " + cmp.Or(t.Error.Message, t.ProgressText)}
	}
	if len(t.Artifacts) > 0 {
		link = t.Artifacts[0].URL
	}
	return st, link, err
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's first artifact.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: relays cannot cancel tasks.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }

// errorOf classifies the texts that the app answers with a 400 or 429.
func errorOf(_ int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Error string `json:"error"`
	}
	if !engine.DecodeObject(body, &resp) {
		return nil
	}
	for _, x := range []struct {
		words string
		e     engine.Error
	}{
		{"did not pass moderation", engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}},
		{"Jobs are limited", engine.Error{Class: engine.Overloaded}},
		{"enough credits", engine.Error{Class: engine.AuthError}},
		{"must be a UUID", engine.Error{Class: engine.NotFound}},
		{"init_image", engine.Error{Class: engine.Refused, Reason: task.AssetInvalid}},
	} {
		if strings.Contains(resp.Error, x.words) {
			return &x.e
		}
	}
	return nil
}
