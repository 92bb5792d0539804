// Package comfy is the [engine.Engine] for Comfy API v2, /api/v2: Comfy Cloud, deployments at run.comfy.app, and a ComfyUI of
// one's own behind comfy-api-proxy. Each [engine.Workflow] of the operator is a model. Package comfyui speaks ComfyUI's own API.
//
// It holds the wire types of the API. Sources, read 2026-11-29: docs.comfy.org/openapi-v2.yaml (@ffb27fc of 2026-08-21, and the pages
// of api-reference/v2 as of autumn, by which only deployments list jobs and Comfy Cloud answers 501 to that),
// development/cloud/overview (the header X-API-Key, the key for partner nodes), and Comfy-Org/comfy-api-proxy @572cf9a app.py and
// docs/topology-and-deployment.md (its list of jobs, and metadata as a text). ComfyUI itself has no /api/v2. Unconfirmed: the form of
// the deployments' list, which is not read, and how nodes that call a vendor word a refusal.
package comfy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the address of Comfy Cloud.
const BaseURL = "https://cloud.comfy.org"

const (
	api           = "/api/v2"
	keyForm       = "comfyui-" // how the keys of a Comfy account begin
	responseLimit = 16 << 20   // bytes
	pollCloud     = 5 * time.Second
	pollOwn       = 2 * time.Second
)

// Options configures an Engine.
type Options struct {
	BaseURL   string // with or without /api/v2; "" = the constant BaseURL
	Key       string // of a Comfy account, or a proxy's token; "" = none
	Workflows []engine.Workflow
	HTTP      *http.Client
	Now       func() time.Time // nil = time.Now
}

// Engine makes videos at Comfy, or on a ComfyUI of one's own.
type Engine struct {
	client    *engine.Client
	origin    string     // scheme and host of the API
	extra     *extraData // the key for nodes that call a vendor, by pointer so that printing an engine prints no key; nil = none
	own       bool       // the server is the operator's: a job costs nothing
	workflows []engine.Workflow
}

// New returns an Engine. It fails if there is no workflow or one is wrong; the error names the workflow and its wrong slots. The
// engine of a server of the operator's own is an [engine.Finder]: only the proxy's list of jobs has our task's id.
func New(o Options) (engine.Engine, error) {
	flows, err := engine.PrepareWorkflows(o.Workflows)
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(strings.TrimSuffix(cmp.Or(o.BaseURL, BaseURL), "/"), api)
	at, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("base_url: %w", err)
	}
	host := at.Hostname()
	e := &Engine{
		client: &engine.Client{HTTP: o.HTTP, Base: base + api, Now: o.Now, Fail: errorOf}, origin: at.Scheme + "://" + at.Host,
		own: !strings.HasSuffix(host, ".comfy.org") && !strings.HasSuffix(host, ".comfy.app"), workflows: flows,
	}
	if o.Key != "" {
		e.client.Sign, e.client.Secrets = sign(o.Key), []string{o.Key}
	}
	if strings.HasPrefix(o.Key, keyForm) {
		e.extra = &extraData{o.Key}
	}
	if e.own {
		return &finder{e}, nil
	}
	return e, nil
}

// sign sends the key as v2 documents it, and as all of Comfy Cloud does.
func sign(key string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("X-API-Key", key)
		return engine.Bearer(key)(r)
	}
}

// Capabilities lists the workflows.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, ExternalID: true, Restartable: e.own, PollEvery: pollCloud}
	if e.own {
		c.PollEvery = pollOwn
	}
	for _, w := range e.workflows {
		c.Models = append(c.Models, w.Model)
	}
	return c
}

// Submit uploads the files as assets, fills the workflow's slots and queues it. Our task id is the Idempotency-Key, which works
// once: a second job of the task is refused.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	return e.submit(ctx, job, job.Task)
}

func (e *Engine) submit(ctx context.Context, job engine.Job, key string) (engine.Submission, error) {
	w, err := engine.WorkflowNamed(e.workflows, job.Model)
	if err != nil {
		return engine.Submission{}, err
	}
	files, err := engine.UploadFiles(ctx, job, func(name, kind string, b []byte) (any, error) { return e.upload(ctx, name, kind, b) })
	if err != nil {
		return engine.Submission{}, err
	}
	in := create{Extra: e.extra}
	if in.Workflow, err = w.Fill(job, files); err != nil {
		return engine.Submission{}, err
	}
	if e.own {
		in.Metadata = job.Task
	}
	var out jobState
	_, err = e.client.Do(ctx, engine.Call{
		Method: http.MethodPost, Path: "/jobs", In: in, Out: &out, Header: http.Header{"Idempotency-Key": {key}}, Limit: responseLimit,
	})
	return engine.SubmitResult("", out.ID, err)
}

// upload uploads a file, and returns the reference to it that stands in the workflow where a file's name would.
func (e *Engine) upload(ctx context.Context, name, kind string, b []byte) (asset, error) {
	call := engine.Call{Method: http.MethodPost, Path: "/assets"}
	call.Body, call.Type = engine.MultipartForm(
		engine.FormPart{Name: "content_type", Value: kind}, engine.FormPart{Name: "file_path", Value: name}, engine.FormPart{Name: "tags", Value: "input"},
		engine.FormPart{Name: "file", File: name, Type: kind, Bytes: b},
	)
	a := asset{Type: "core/ASSET"}
	call.Out = &a.Info
	_, err := e.client.Do(ctx, call)
	if err == nil && a.Info.ID == "" {
		err = engine.InvalidResponseError("an upload without an id")
	}
	return a, err
}

// jobPath returns the path of a job.
func jobPath(handle string) string { return "/jobs/" + url.PathEscape(handle) }

// status asks for the job, and returns its status and the link to its video.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var j jobState
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: jobPath(handle), Out: &j, Limit: responseLimit}); err != nil {
		return st, "", err
	}
	st, link, err = j.status()
	if strings.HasPrefix(link, "/") { // below the host, with whatever the API is mounted under
		link = e.origin + link
	}
	return st, link, err
}

// Poll returns the status of the job.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the first video among the workflow's outputs, preferably an MP4.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel asks for the job's end, which comes when the node that works is done.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: jobPath(handle) + "/cancel"})
	return engine.IgnoreNotFound(err)
}

// finder is the engine of a comfy-api-proxy. It keeps the text that a submit sends as metadata with the job.
type finder struct{ *Engine }

var _ engine.Finder = (*finder)(nil)

// Submit is Engine.Submit. If the key was used, the task's job is taken that can still make a video. Else a job begins under
// another key: it costs nothing, and the key may stand for one that has failed or was never begun.
func (e *finder) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	sub, err := e.Engine.Submit(ctx, job)
	if !errors.Is(err, errKeyUsed) {
		return sub, err
	}
	live, n, listErr := e.jobsOf(ctx, job.Task)
	switch {
	case ctx.Err() != nil:
		return engine.Submission{}, ctx.Err()
	case listErr == nil && live != "":
		return engine.Submission{Handle: live}, nil
	}
	return e.submit(ctx, job, fmt.Sprintf("%s/%d", job.Task, n+1))
}

// Find looks for a job of the task that can still make a video, among the newest that the proxy lists.
func (e *finder) Find(ctx context.Context, id string) (string, error) {
	live, _, err := e.jobsOf(ctx, id)
	if err == nil && live == "" {
		err = &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job with the metadata " + id}
	}
	return live, err
}

// jobsOf returns the newest job of the task that can still make a video, and how many jobs the proxy lists for the task.
func (e *finder) jobsOf(ctx context.Context, id string) (live string, n int, err error) {
	var out struct {
		Jobs []jobState `json:"jobs"` // the newest first
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/jobs?limit=100", Out: &out, Limit: responseLimit})
	for _, j := range out.Jobs {
		if string(j.Metadata) != id {
			continue
		}
		n++
		if live == "" && j.mayYield() {
			live = j.ID
		}
	}
	return live, n, err
}
