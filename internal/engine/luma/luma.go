// Package luma is the [engine.Engine] for Luma's Dream Machine API, v1.
//
// It holds the API's wire types and its models. Sources: github.com/lumalabs/lumaai-api @2520034 openapi.yaml,
// lumalabs/lumaai-python @c00ac17 types, docs.lumalabs.ai/docs/errors and /docs/video-generation. Luma's Agents API, which
// has ray-3.2, is a different API and is not supported. Not confirmed by the vendor's docs: how long the link to a result is
// valid, what a deleted generation costs, how large images may be, and prices.
package luma

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of the API.
const BaseURL = "https://api.lumalabs.ai/dream-machine/v1"

// Options configures an Engine.
type Options struct {
	Key     string // "luma-…"
	BaseURL string // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

// Engine makes videos at Luma.
type Engine struct{ client *engine.Client }

// New returns an Engine.
func New(o Options) *Engine {
	if o.BaseURL == "" {
		o.BaseURL = BaseURL
	}
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: o.BaseURL, Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

// Capabilities describes the models. Luma publishes no prices; the configuration may set them.
func (e *Engine) Capabilities() engine.Capabilities {
	var models []engine.Model
	for _, name := range []string{"ray-2", "ray-flash-2"} {
		models = append(models, withVideoInput(engine.Model{
			Name: name, Limits: task.Limits{Seconds: []int{5, 9}, PromptLimit: 5000, AspectRatios: []string{"16:9", "1:1", "9:16", "4:3", "3:4", "21:9", "9:21"}, Resolutions: []string{"540p", "720p", "1080p", "4k"}},
			Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromLast, engine.FromFirstLast}, Loop: true,
		}))
	}
	return engine.Capabilities{Lane: task.Remote, Models: models, Cancel: true, Cleanup: engine.DeletesCopy, Callbacks: engine.UnsignedCallbacks, PollEvery: 3 * time.Second}
}

// Submit creates a generation. Luma takes images and videos only by URL.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if job.Video != nil {
		return e.modify(ctx, job)
	}
	r := job.Request
	in := generationRequest{
		Model: job.Model, Prompt: job.Prompt(), AspectRatio: r.AspectRatio, Resolution: r.Resolution,
		Duration: fmt.Sprintf("%ds", r.Seconds), CallbackURL: job.CallbackURL, Loop: r.Loop,
	}
	for name, p := range map[string]*engine.Picture{"frame0": job.First, "frame1": job.Last} {
		if p == nil {
			continue
		}
		if err := checkURL(p.URL); err != nil {
			return engine.Submission{}, err
		}
		if in.Keyframes == nil {
			in.Keyframes = map[string]keyframe{}
		}
		in.Keyframes[name] = keyframe{Type: "image", URL: p.URL}
	}
	var out generation
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/generations/video", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// checkURL refuses a URL that Luma cannot fetch.
func checkURL(url string) error {
	if strings.HasPrefix(url, "https://") {
		return nil
	}
	return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused,
		Detail: "Luma fetches pictures and videos by https URL alone: set FILMGATE_PUBLIC_URL to an address that it can reach"}
}

func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "dreaming": task.Running, "completed": task.Succeeded, "failed": task.Failed,
	}
}

// status asks for the generation and returns its status and the link to its video, if it has one.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var g generation
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/generations/" + url.PathEscape(handle), Out: &g}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(g.State, stateTable())
	if st.State == task.Failed {
		reason := reasonOf(g.FailureReason)
		st.Failure = &task.Failure{Reason: reason, Text: reason.PublicText(), Detail: g.FailureReason}
	}
	return st, g.Assets.Video, err
}

// Poll returns the status of the generation.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the generation's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel deletes the generation, which is Luma's only way to end one. Luma does not document what it then charges.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/generations/" + url.PathEscape(handle)})
	return engine.IgnoreNotFound(err)
}

// reasonOf classifies Luma's error message. Luma has no error codes.
func reasonOf(message string) task.Reason {
	lower := strings.ToLower(message)
	for _, x := range []struct {
		words  string
		reason task.Reason
	}{
		{"frame moderation", task.SafetyInputImage},
		{"moderation", task.SafetyInputText},
		{"blacklisted words", task.SafetyInputText},
		{"input frames", task.AssetInvalid},
		{"prompt processing", task.PreprocessFailed},
	} {
		if strings.Contains(lower, x.words) {
			return x.reason
		}
	}
	return task.Internal
}

// errorOf classifies a 400 by its message: Luma uses 400 for content, images and lack of credits.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp apiError
	if status != http.StatusBadRequest || !engine.DecodeObject(body, &resp) {
		return nil
	}
	if strings.Contains(strings.ToLower(resp.Detail), "credits") {
		return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}
	}
	e := &engine.Error{Class: engine.Refused, Reason: reasonOf(resp.Detail)}
	if lower := strings.ToLower(resp.Detail); strings.Contains(lower, "prompt is too") || strings.Contains(lower, "prompt is required") {
		e.Text = "Luma takes prompts of 3 to 5000 characters."
	}
	return e
}
