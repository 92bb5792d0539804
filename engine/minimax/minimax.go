// Package minimax is the engine for MiniMax's Hailuo models: the API's version 2, and version 1, which answers in three
// steps and with HTTP 200 whatever happens.
//
// What may enter: both versions' wires and the table of models. Wire facts: platform.minimax.io, video generation.
package minimax

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// China is the BaseURL in mainland China.
const China = "https://api.minimaxi.com"

const world = "https://api.minimax.io"

// Options is what an Engine is made of.
type Options struct {
	Key     string
	BaseURL string // "" = https://api.minimax.io
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at MiniMax.
type Engine struct{ client *engine.Client }

// New makes an Engine.
func New(o Options) *Engine {
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, world), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: refused,
	}}
}

// variant is a model and the version of the API that serves it.
type variant struct {
	engine.Model
	version string // "v1" or "v2"; handles begin with it
}

func variants() []variant {
	const t, f, l, fl = engine.FromText, engine.FromFirst, engine.FromLast, engine.FromFirstLast
	pictures := func(m engine.Model) engine.Model {
		m.ImageTypes, m.ImageBytes, m.ImageMinSide = []string{"image/jpeg", "image/png", "image/webp"}, 20<<20, 300
		m.Seconds, m.PromptLimit = []int{6, 10}, 2000
		return m
	}
	h3 := engine.Model{
		Name: "MiniMax-H3", Modes: []engine.Mode{t, f, fl}, Resolutions: []string{"768p", "2k"}, PromptLimit: 7000, Seed: true,
		AspectRatios: []string{"16:9", "21:9", "4:3", "1:1", "3:4", "9:16"},
	}
	for s := 5; s <= 15; s++ {
		h3.Seconds = append(h3.Seconds, s)
	}
	return []variant{
		{h3, "v2"},
		{pictures(engine.Model{Name: "MiniMax-Hailuo-2.3", Modes: []engine.Mode{t, f}, Resolutions: []string{"768p", "1080p"}}), "v1"},
		{pictures(engine.Model{Name: "MiniMax-Hailuo-2.3-Fast", Modes: []engine.Mode{f}, Resolutions: []string{"768p", "1080p"}}), "v1"},
		{pictures(engine.Model{Name: "MiniMax-Hailuo-02", Modes: []engine.Mode{t, f, l, fl}, Resolutions: []string{"768p", "1080p"}}), "v1"},
	}
}

// Capabilities says what Hailuo can do. MiniMax has no call that ends work.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Callbacks: engine.Unsigned, PollEvery: 10 * time.Second}
	for _, v := range variants() {
		c.Models = append(c.Models, v.Model)
	}
	return c
}

// Submit asks for the video. The handle is the API's version and the task's id.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (string, error) {
	for _, v := range variants() {
		if v.Name != job.Model {
			continue
		}
		submit := e.submit2
		if v.version == "v1" {
			submit = e.submit1
		}
		id, err := engine.Accepted(submit(ctx, job))
		if err != nil {
			return "", err
		}
		return v.version + "/" + id, nil
	}
	return "", &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// look asks for the task in the version that made it.
func (e *Engine) look(ctx context.Context, handle string) (engine.Status, string, error) {
	switch version, id, _ := strings.Cut(handle, "/"); version {
	case "v1":
		return e.look1(ctx, id)
	case "v2":
		return e.look2(ctx, id)
	default:
		return engine.Status{}, "", &engine.Error{Class: engine.Lost, Reason: task.VendorUnavailable, Detail: "no task " + handle}
	}
}

// Poll asks how the task stands.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.Look(e.look).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.Look(e.look).Open(ctx, e.client, handle, offset)
}

// Cancel does nothing: there is no such call.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }
