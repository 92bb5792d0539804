// Package minimax is the engine for MiniMax's Hailuo models: the API's version 2, and version 1, which answers in three
// steps and with HTTP 200 whatever happens.
//
// What may enter: both versions' wires and the table of models. Wire facts: platform.minimax.io/docs/api-reference,
// video-generation-v2-{create,query,delete}, video-generation-{t2v,i2v,fl2v,query,download}, errorcode; codes of plans and
// accounts also by MiniMax-AI/cli @9f2eab0 src/errors/api.ts and MiniMax-AI/MiniMax-MCP @2910d66 minimax_mcp/client.py.
// Not confirmed by the vendor's docs: aigc_watermark outside of China, and the status "expired" of version 2.
package minimax

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

// China is the BaseURL in mainland China, which was https://api.minimaxi.com before.
const China = "https://api.minimax.cn"

const defaultURL = "https://api.minimax.io"

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // "" = https://api.minimax.io
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at MiniMax.
type Engine struct{ client *engine.Client }

// New returns an Engine.
func New(o Options) *Engine {
	return &Engine{client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, defaultURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

// Submit asks for the video. The handle is the API's version and the task's id.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	for _, v := range variants() {
		if v.Name != job.Model {
			continue
		}
		if err := v.check(job.Request); err != nil {
			return engine.Submission{}, err
		}
		submit := e.submitV2
		if v.version == "v1" {
			submit = e.submitV1
		}
		id, err := submit(ctx, job)
		return engine.SubmitResult(v.version+"/", id, err)
	}
	return engine.Submission{}, &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: "no model " + job.Model}
}

// status asks for the task in the version that made it.
func (e *Engine) status(ctx context.Context, handle string) (engine.Status, string, error) {
	switch version, id, _ := strings.Cut(handle, "/"); version {
	case "v1":
		return e.statusV1(ctx, id)
	case "v2":
		return e.statusV2(ctx, id)
	default:
		return engine.Status{}, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no task " + handle}
	}
}

// Poll returns the status of the task.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel takes a queued task of version 2 back. The same call would delete the record of one that has ended, whose video
// is not fetched yet perhaps, so the task is looked at before. Version 1 has no such call.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	version, id, _ := strings.Cut(handle, "/")
	if version != "v2" {
		return ctx.Err()
	}
	st, _, err := e.statusV2(ctx, id)
	if err == nil && st.State == task.Pending {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/v2/video_generation/" + url.PathEscape(id)})
		if err != nil && engine.AsError(err).Class == engine.Refused {
			return nil // it began in between
		}
	}
	return engine.IgnoreNotFound(err)
}
