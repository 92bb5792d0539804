// Package ark is the engine for ByteDance's Seedance models, at Volcengine Ark and at BytePlus ModelArk.
//
// What may enter: the wire of content generation tasks and the table of models. Wire facts: volcengine-go-sdk @cf20b61,
// service/arkruntime.
package ark

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// BytePlus is the BaseURL of ModelArk, the same API outside of China.
const BytePlus = "https://ark.ap-southeast.bytepluses.com/api/v3"

const (
	volcengine = "https://ark.cn-beijing.volces.com/api/v3"
	tasks      = "/contents/generations/tasks"
)

// Options is what an Engine is made of.
type Options struct {
	Key     string // an API key; AK and SK are refused for these calls
	BaseURL string // "" = Volcengine's in Beijing
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at Ark.
type Engine struct{ client *engine.Client }

// New makes an Engine.
func New(o Options) *Engine {
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, volcengine), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: refused,
	}}
}

// Capabilities says what Seedance can do. Only work that is still queued can be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	model := func(name string, modes []engine.Mode, least int, resolutions ...string) engine.Model {
		m := engine.Model{
			Name: name, Modes: modes, Resolutions: resolutions, Seed: true,
			AspectRatios: []string{"16:9", "4:3", "1:1", "3:4", "9:16", "21:9"},
			ImageTypes:   []string{"image/jpeg", "image/png", "image/webp"}, ImageBytes: 10 << 20, ImageMinSide: 300,
		}
		for s := least; s <= 12; s++ {
			m.Seconds = append(m.Seconds, s)
		}
		return m
	}
	frames := []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}
	return engine.Capabilities{
		Lane: task.Remote, Cancel: true, Callbacks: engine.Unsigned, PollEvery: 5 * time.Second, ResultLife: 24 * time.Hour,
		Models: []engine.Model{
			model("doubao-seedance-1-5-pro-251215", frames, 4, "480p", "720p", "1080p"),
			model("doubao-seedance-1-0-pro-250528", frames, 2, "480p", "720p", "1080p"),
			model("doubao-seedance-1-0-pro-fast-251015", frames[:2], 2, "480p", "720p", "1080p"),
			model("doubao-seedance-1-0-lite-t2v-250428", frames[:1], 2, "480p", "720p", "1080p"),
			model("doubao-seedance-1-0-lite-i2v-250428", frames[1:], 2, "480p", "720p"),
		},
	}
}

type generation struct {
	Model       string    `json:"model"`
	Content     []content `json:"content"`
	Resolution  string    `json:"resolution,omitempty"`
	Ratio       string    `json:"ratio,omitempty"`
	Duration    int       `json:"duration,omitempty"` // seconds
	Seed        *uint32   `json:"seed,omitempty"`
	Watermark   bool      `json:"watermark"`
	ServiceTier string    `json:"service_tier,omitempty"` // flex costs half and waits
	CallbackURL string    `json:"callback_url,omitempty"`
}

type content struct {
	Type     string `json:"type"` // text or image_url
	Text     string `json:"text,omitempty"`
	ImageURL *link  `json:"image_url,omitempty"`
	Role     string `json:"role,omitempty"`
}

type link struct {
	URL string `json:"url"`
}

type remote struct {
	Status string `json:"status"`
	Error  fault  `json:"error"`
	Output struct {
		VideoURL string `json:"video_url"`
	} `json:"content"`
	Usage struct {
		CompletionTokens float64 `json:"completion_tokens"`
	} `json:"usage"`
}

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Submit asks for the video.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (string, error) {
	r := job.Request
	in := generation{Model: job.Model, Resolution: r.Resolution, Ratio: r.AspectRatio, Duration: r.Seconds, Seed: r.Seed, Watermark: r.Watermark, CallbackURL: job.CallbackURL}
	if r.LowPriority {
		in.ServiceTier = "flex"
	}
	if job.Prompt() != "" {
		in.Content = append(in.Content, content{Type: "text", Text: job.Prompt()})
	}
	if job.First != nil {
		in.Content = append(in.Content, content{Type: "image_url", ImageURL: &link{job.First.Link()}, Role: "first_frame"})
	}
	if job.Last != nil {
		in.Content = append(in.Content, content{Type: "image_url", ImageURL: &link{job.Last.Link()}, Role: "last_frame"})
	}
	var out struct {
		ID string `json:"id"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: tasks, In: in, Out: &out})
	return engine.Accepted(out.ID, err)
}

// states are Ark's words. A task expires when it was not done in the time it had.
func states() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "running": task.Running, "succeeded": task.Succeeded, "failed": task.Failed,
		"cancelled": task.Cancelled, "expired": task.Failed,
	}
}

// look asks for the task. What it charges is counted in tokens.
func (e *Engine) look(ctx context.Context, handle string) (st engine.Status, video string, err error) {
	var t remote
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: tasks + "/" + url.PathEscape(handle), Out: &t}); err != nil {
		return st, "", err
	}
	st.State, err = engine.StateOf(t.Status, states())
	st.Credits = t.Usage.CompletionTokens
	switch {
	case st.State == task.Succeeded:
		st.Progress, video = 1, t.Output.VideoURL
	case t.Status == "expired":
		st.Failure = (&engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the task expired"}).Failure()
	case st.State == task.Failed:
		st.Failure = t.Error.error().Failure()
	}
	return st, video, err
}

// Poll asks how the task stands.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.Look(e.look).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.Look(e.look).Open(ctx, e.client, handle, offset)
}

// Cancel takes a queued task back. The same call would delete the record of a finished one, whose video is not fetched
// yet perhaps, so the task is looked at before.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	st, _, err := e.look(ctx, handle)
	if err == nil && st.State == task.Pending {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: tasks + "/" + url.PathEscape(handle)})
	}
	if err != nil {
		if c := engine.AsError(err).Class; c == engine.Lost || c == engine.Refused {
			return nil // unknown, or it began in between
		}
	}
	return err
}

// refused sorts an answer that is no success by Ark's own code.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no code
	code := said.Error.Code
	switch {
	case code == "AccountOverdueError", strings.HasPrefix(code, "SetLimitExceeded"):
		return &engine.Error{Class: engine.Account, Reason: task.VendorRefused, Detail: said.Error.text()}
	case code != "" && status == http.StatusBadRequest:
		return said.Error.error()
	default:
		return nil
	}
}

func (f fault) text() string { return f.Code + ": " + f.Message }

// error sorts a fault by the beginning of its code; the rest of it tells details.
func (f fault) error() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: f.text()}
	switch {
	case strings.HasPrefix(f.Code, "InputTextSensitiveContentDetected"):
		e.Reason = task.SafetyInputText
	case strings.HasPrefix(f.Code, "InputImageSensitiveContentDetected"):
		e.Reason = task.SafetyInputImage
	case strings.HasPrefix(f.Code, "Output"), strings.HasPrefix(f.Code, "SensitiveContentDetected"):
		e.Reason = task.SafetyOutputVideo
	case strings.HasPrefix(f.Code, "InvalidImage"):
		e.Reason = task.AssetInvalid
	case strings.HasPrefix(f.Code, "InternalService"), strings.HasPrefix(f.Code, "ServerOverloaded"):
		e.Reason = task.VendorUnavailable
	}
	return e
}
