// Package gemini is the [engine.Engine] for the Gemini API's Interactions, by which Google's Gemini Omni models make videos.
//
// It holds the wire types of an interaction in the background, and the models (models.yaml). Sources: the page "Gemini Omni" of
// ai.google.dev/gemini-api/docs; googleapis/python-genai @6680718, google/genai/_gaos; TanStack/ai, issue 871, for what the API answered in
// July 2026. Unconfirmed: whether an answer to a poll always has a link, or the video itself; both are read.
package gemini

import (
	"cmp"
	"context"
	_ "embed" // the models
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of the Gemini API.
const BaseURL = "https://generativelanguage.googleapis.com/v1beta"

const (
	pollEvery   = 5 * time.Second
	answerLimit = 256 << 20 // bytes: an answer may have the video in Base64
	createPath  = "/interactions"
	// storedTime is how long Google keeps a file (ai.google.dev/gemini-api/docs/files).
	storedTime = 48 * time.Hour
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

// Engine makes videos by the Gemini API.
type Engine struct {
	client *engine.Client
	models []engine.Model
}

// New returns an Engine.
func New(o Options) *Engine {
	sign := func(r *http.Request) error {
		r.Header.Set("X-Goog-Api-Key", o.Key)
		return nil
	}
	return &Engine{models: engine.ReadModels(table), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Sign: sign, Secrets: []string{o.Key}, Fail: errorOf,
	}}
}

// Capabilities describes the models. An interaction in the background can be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models, Cancel: true, PollEvery: pollEvery, ResultLife: storedTime}
}

type creation struct {
	Model      string    `json:"model"`
	Input      []content `json:"input"`
	Background bool      `json:"background"` // otherwise the answer comes only with the video
	Format     format    `json:"response_format"`
}

// content is a part of an interaction: a text, a picture or a video.
type content struct {
	Type     string `json:"type"`
	Text     string `json:"text,omitempty"`
	Data     []byte `json:"data,omitempty"`
	URI      string `json:"uri,omitempty"`
	MimeType string `json:"mime_type,omitempty"`
}

type format struct {
	Type        string `json:"type"`
	Delivery    string `json:"delivery"`
	AspectRatio string `json:"aspect_ratio,omitempty"`
	Resolution  string `json:"resolution,omitempty"`
	Duration    string `json:"duration"` // "8s"
}

// Submit begins an interaction. What a picture is for is said by tags in the prompt, and so is what is not wanted: there is no field for
// either.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	in := creation{Model: job.Model, Background: true, Format: format{
		Type: "video", Delivery: "uri", AspectRatio: r.AspectRatio, Resolution: r.Resolution, Duration: (time.Duration(r.Seconds) * time.Second).String(),
	}}
	pictures, tags, err := picturesOf(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	prompt := job.PromptFromZero("<IMAGE_REF_%d>", "")
	if r.NegativePrompt != "" {
		prompt += "\nDo not show: " + r.NegativePrompt
	}
	in.Input = append(pictures, content{Type: "text", Text: tags + prompt})
	var out interaction
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: createPath, In: in, Out: &out, Limit: answerLimit})
	return engine.SubmitResult("", out.ID, err)
}

// picturesOf returns the job's pictures, the references behind the frames, and the words before the prompt that say what each is for.
// Google documents two forms: a bare tag for a frame, and for more than frames a list in which @Image1 is the first picture of all.
func picturesOf(ctx context.Context, job engine.Job) (out []content, tags string, err error) {
	var sources, references []string
	for _, frame := range []struct {
		picture *engine.Picture
		tag     string
	}{{job.First, "<FIRST_FRAME>"}, {job.Last, "<LAST_FRAME>"}} {
		if frame.picture != nil {
			out = append(out, content{Type: "image", Data: frame.picture.Bytes, MimeType: frame.picture.Type})
			sources = append(sources, frame.tag)
			tags += frame.tag + " "
		}
	}
	for i := range job.ReferenceImages {
		ref := &job.ReferenceImages[i]
		data, err := ref.Bytes(ctx)
		if err != nil {
			return nil, "", err
		}
		out = append(out, content{Type: "image", Data: data, MimeType: ref.Type})
		references = append(references, fmt.Sprintf("<IMAGE_REF_%d>@Image%d", i, len(out)))
	}
	if len(references) == 0 {
		return out, tags, nil
	}
	tags = "[# References " + strings.Join(references, " ") + "] "
	if len(sources) > 0 {
		for i := range sources {
			sources[i] += fmt.Sprintf("@Image%d", i+1)
		}
		tags = "[# Sources " + strings.Join(sources, " ") + "] " + tags
	}
	return out, tags, nil
}

// interactionPath returns the path of an interaction.
func interactionPath(id string) string { return createPath + "/" + url.PathEscape(id) }

// fetch asks for an interaction.
func (e *Engine) fetch(ctx context.Context, id string) (interaction, error) {
	var got interaction
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: interactionPath(id), Out: &got, Limit: answerLimit})
	return got, err
}

// status asks for the interaction and, when it has made a video, for its file, and returns the status and the path of the file. The video
// can be downloaded only when the file is ACTIVE.
func (e *Engine) status(ctx context.Context, handle string) (engine.Status, string, error) {
	got, err := e.fetch(ctx, handle)
	if err != nil {
		return engine.Status{}, "", err
	}
	st, err := got.status()
	if err != nil || st.State != task.Succeeded {
		return st, "", err
	}
	video := got.video()
	if len(video.Data) > 0 {
		return st, inline, nil
	}
	file := fileOf(video.URI)
	if file == "" {
		return st, video.URI, nil
	}
	switch state, err := e.fileState(ctx, file); {
	case err != nil:
		return st, "", err
	case state == "PROCESSING":
		return engine.Status{State: task.Running, Credits: st.Credits}, "", nil
	case state == "FAILED":
		failed := &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the video's file FAILED"}
		return engine.Status{State: task.Failed, Failure: failed.Failure(), Credits: st.Credits}, "", nil
	}
	return st, "/files/" + file + ":download?alt=media", nil
}

// inline is the link to a video that came within an answer.
const inline = "inline:"

// fileState returns the state of a file: PROCESSING, ACTIVE or FAILED.
func (e *Engine) fileState(ctx context.Context, file string) (string, error) {
	var out struct {
		State string `json:"state"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/files/" + file, Out: &out})
	return out.State, err
}

// fileOf returns the name in the link of a file of the Gemini API; "" if it is another link.
func fileOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	_, file, _ := strings.Cut(u.Path, "/files/")
	file, _, ok := strings.Cut(file, ":download")
	if !ok || strings.Contains(file, "/") {
		return ""
	}
	return url.PathEscape(file)
}

// Poll returns the status of the interaction.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the interaction's video: its file, or what the answer itself has.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	link, err := engine.StatusFunc(e.status).Link(ctx, handle)
	if err != nil {
		return engine.Content{}, err
	}
	if link != inline {
		return e.client.Open(ctx, link, offset)
	}
	got, err := e.fetch(ctx, handle)
	if err != nil {
		return engine.Content{}, err
	}
	return engine.InlineContent("video/mp4", got.video().Data, offset)
}

// Cancel cancels the interaction.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: interactionPath(handle) + "/cancel"})
	return engine.IgnoreEnded(err)
}
