// Package minimax is the [engine.Engine] for MiniMax's Hailuo models. It uses version 2 of the API, and version 1 for older
// models; version 1 takes three calls to a video and answers errors with HTTP 200.
//
// It holds the wire types of both versions and the models (models.yaml). Sources: platform.minimax.io/docs/api-reference,
// video-generation-v2-{create,query,delete}, video-generation-{t2v,i2v,fl2v,query,download}, errorcode; codes of plans and
// accounts also from MiniMax-AI/cli @9f2eab0 src/errors/api.ts and MiniMax-AI/MiniMax-MCP @2910d66 minimax_mcp/client.py.
// Not confirmed by the vendor's docs: aigc_watermark outside China, and the status "expired" of version 2.
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

// Base URLs of the API: China is that in mainland China, which used to be https://api.minimaxi.com.
const (
	BaseURL = "https://api.minimax.io"
	China   = "https://api.minimax.cn"
)

// Options configures an Engine.
type Options struct {
	Key     string
	BaseURL string // "" = the constant BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at MiniMax.
type Engine struct {
	client *engine.Client
	models []engine.Row[call]
}

// New returns an Engine.
func New(o Options) *Engine {
	return &Engine{models: rows(), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}}
}

// Submit creates a task. The handle is the version of the API, a slash and the task's id.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	row, err := engine.RowOf(e.models, job.Model)
	if err == nil {
		err = row.Call.check(job.Request)
	}
	if err != nil {
		return engine.Submission{}, err
	}
	submit := e.submitV2
	if row.Call.Version == "v1" {
		submit = e.submitV1
	}
	id, err := submit(ctx, job)
	return engine.SubmitResult(row.Call.Version+"/", id, err)
}

// status asks for the task by the version of the API that created it.
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

// Cancel cancels a queued task of version 2. For a finished task the same call deletes its record, and with it a video that
// may not have been fetched yet, so Cancel asks for the status first. Version 1 cannot cancel tasks.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	version, id, _ := strings.Cut(handle, "/")
	if version != "v2" {
		return ctx.Err()
	}
	st, _, err := e.statusV2(ctx, id)
	if err == nil && st.State == task.Pending {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: "/v2/video_generation/" + url.PathEscape(id)})
		if err != nil && engine.AsError(err).Class == engine.Refused {
			return nil // it started in the meantime
		}
	}
	return engine.IgnoreNotFound(err)
}
