// Package ark is the [engine.Engine] for ByteDance's Seedance models at Volcengine Ark and at BytePlus ModelArk.
//
// It holds the wire types of content generation tasks and the table of models. Sources: volcengine-go-sdk @cf20b61,
// service/arkruntime; docs.byteplus.com/en/docs/ModelArk 1520757 (create a task), 2298881 (what each model can do);
// volcengine.com/docs/82379 1366799 (models), 1299023 (error codes). Not confirmed by the vendor's docs: which of the
// abilities that BytePlus documents for Seedance 2 Volcengine offers too.
package ark

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Base URLs of the API: BaseURL is Volcengine's, BytePlus that of ModelArk, the same API outside China.
const (
	BaseURL  = "https://ark.cn-beijing.volces.com/api/v3"
	BytePlus = "https://ark.ap-southeast.bytepluses.com/api/v3"
)

const tasksPath = "/contents/generations/tasks"

// Options configures an Engine.
type Options struct {
	Key     string // an API key; an access key with a secret key does not work for these calls
	BaseURL string // "" = the constant BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at Ark.
type Engine struct {
	client *engine.Client
	models []engine.Model
}

// New returns an Engine.
func New(o Options) *Engine {
	base := cmp.Or(o.BaseURL, BaseURL)
	return &Engine{models: models(strings.Contains(base, "byteplus")), client: &engine.Client{
		HTTP: o.HTTP, Base: base, Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

type generation struct {
	Model       string               `json:"model"`
	Content     []engine.ContentPart `json:"content"`
	Resolution  string               `json:"resolution,omitempty"`
	Ratio       string               `json:"ratio,omitempty"`
	Duration    int                  `json:"duration,omitempty"` // seconds
	Seed        *uint32              `json:"seed,omitempty"`     // at most 2^31-1
	Watermark   bool                 `json:"watermark"`
	Audio       *bool                `json:"generate_audio,omitempty"` // absent, a model that can makes sound
	ServiceTier string               `json:"service_tier,omitempty"`   // "flex" costs half and waits longer
	CallbackURL string               `json:"callback_url,omitempty"`
}

type apiTask struct {
	Status string   `json:"status"`
	Error  apiError `json:"error"`
	Output struct {
		VideoURL string `json:"video_url"`
	} `json:"content"`
	Usage struct {
		CompletionTokens float64 `json:"completion_tokens"`
	} `json:"usage"`
}

// Submit creates a task.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	in := generation{Model: job.Model, Resolution: r.Resolution, Ratio: r.AspectRatio, Duration: r.Seconds, Watermark: r.Watermark, CallbackURL: job.CallbackURL}
	secondGen := strings.Contains(job.Model, "seedance-2-")
	if r.Seed != nil && !secondGen {
		seed := *r.Seed & (1<<31 - 1)
		in.Seed = &seed
	}
	if r.LowPriority && !secondGen {
		in.ServiceTier = "flex"
	}
	if job.First != nil && strings.Contains(job.Model, "seedance-2-5-") {
		in.Ratio = "" // 2.5 takes the image's aspect ratio and refuses any other
	}
	if e.makesSound(job.Model) {
		in.Audio = new(engine.WithSound(r))
	}
	files, err := job.Content(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	if text := job.PromptWith("Image %d", "Audio %d"); text != "" {
		in.Content = append(in.Content, engine.ContentPart{Type: "text", Text: text})
	}
	in.Content = append(in.Content, files...)
	var out struct {
		ID string `json:"id"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: tasksPath, In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// makesSound reports whether a model makes sound if it is asked to. The others refuse to be asked.
func (e *Engine) makesSound(model string) bool {
	m, _ := e.Capabilities().Model(model)
	return m.Sound == engine.SoundOptional
}

// stateTable maps Ark's states to ours. A task expires if it has not finished in time.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "running": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"cancelled": task.Cancelled, "expired": task.Failed,
	}
}

// status asks for the task and returns its status and the URL of its video. Credits are tokens.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, video string, err error) {
	var t apiTask
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: tasksPath + "/" + url.PathEscape(handle), Out: &t}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(t.Status, stateTable())
	st.Credits = t.Usage.CompletionTokens
	switch {
	case st.State == task.Succeeded:
		st.Progress, video = 1, t.Output.VideoURL
	case t.Status == "expired":
		st.Failure = (&engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the task expired"}).Failure()
	case st.State == task.Failed:
		st.Failure = t.Error.engineError().JobFailure()
	}
	return st, video, err
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel cancels a queued task. For a finished task the same call deletes its record, and with it a video that may not
// have been fetched yet, so Cancel asks for the status first.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	st, _, err := e.status(ctx, handle)
	if err == nil && st.State == task.Pending {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: tasksPath + "/" + url.PathEscape(handle)})
	}
	return engine.IgnoreEnded(err) // it may have started in the meantime
}
