// Package comfyui is the [engine.Engine] for a ComfyUI server, by its own API. Each [engine.Workflow] of the operator is a
// model; its named slots are filled with the parts of a job.
//
// It holds the server's wire types. Sources: Comfy-Org/ComfyUI, server.py (the routes /prompt,
// /queue, /history, /view, /upload/image and /interrupt) and execution.py (validate_prompt). Unconfirmed: how nodes that
// call a vendor word the vendor's refusal of a prompt.
package comfyui

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

var _ engine.Finder = (*Engine)(nil)

// BaseURL is the address of a ComfyUI on this machine.
const BaseURL = "http://127.0.0.1:8188"

const (
	responseLimit = 64 << 20 // bytes; the queue and the history contain whole workflows
	findLimit     = 200      // entries of the history that Find reads
)

// Options configures an Engine.
type Options struct {
	BaseURL   string // "" = the constant BaseURL
	Key       string // bearer token for a proxy in front of the server, which has no keys itself; "" = none
	Workflows []engine.Workflow
	HTTP      *http.Client
	Now       func() time.Time // nil = time.Now
}

// Engine makes videos on a ComfyUI server.
type Engine struct {
	client    *engine.Client
	workflows []engine.Workflow
}

// New returns an Engine. It fails if there is no workflow or one is wrong; the error names the workflow and its wrong slots.
func New(o Options) (*Engine, error) {
	flows, err := engine.PrepareWorkflows(o.Workflows)
	if err != nil {
		return nil, err
	}
	c := &engine.Client{HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Fail: errorOf}
	if o.Key != "" {
		c.Sign, c.Secrets = engine.Bearer(o.Key), []string{o.Key}
	}
	return &Engine{client: c, workflows: flows}, nil
}

// Capabilities lists the workflows. The server is the operator's own, so a job that its restart loses can be submitted
// again at no cost.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, Restartable: true, PollEvery: 2 * time.Second}
	for _, w := range e.workflows {
		c.Models = append(c.Models, w.Model)
	}
	return c
}

// Submit uploads the files, fills the workflow's slots and queues it. It sends our task id, a UUID, as prompt_id and as
// client_id: servers since 2025 use prompt_id as the job's id; older ones choose an id and store client_id with the job.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	w, err := engine.WorkflowNamed(e.workflows, job.Model)
	if err != nil {
		return engine.Submission{}, err
	}
	files, err := engine.UploadFiles(ctx, job, func(name, kind string, b []byte) (any, error) { return e.upload(ctx, name, kind, b) })
	if err != nil {
		return engine.Submission{}, err
	}
	graph, err := w.Fill(job, files)
	if err != nil {
		return engine.Submission{}, err
	}
	var out struct {
		PromptID string `json:"prompt_id"`
	}
	_, err = e.client.Do(ctx, engine.Call{
		Method: http.MethodPost, Path: "/prompt", Out: &out,
		In: map[string]any{"prompt": graph, "prompt_id": job.Task, "client_id": job.Task},
	})
	return engine.SubmitResult("", out.PromptID, err)
}

// upload uploads a file for the nodes LoadImage and LoadAudio and returns its name on the server. Recordings go the same way as images
// (Comfy-Org/ComfyUI_frontend, src/extensions/core/uploadAudio.ts).
func (e *Engine) upload(ctx context.Context, name, kind string, b []byte) (string, error) {
	call := engine.Call{Method: http.MethodPost, Path: "/upload/image"}
	call.Body, call.Type = engine.MultipartForm(
		engine.FormPart{Name: "overwrite", Value: "true"}, engine.FormPart{Name: "subfolder", Value: "filmgate"},
		engine.FormPart{Name: "image", File: name, Type: kind, Bytes: b},
	)
	var out struct {
		Name      string `json:"name"`
		Subfolder string `json:"subfolder"`
	}
	call.Out = &out
	_, err := e.client.Do(ctx, call)
	if err == nil && out.Name == "" {
		err = engine.InvalidResponseError("an upload without a name")
	}
	return path.Join(out.Subfolder, out.Name), err
}

// status reads the history, which holds finished jobs, and then the queue. A job that ends between the two calls is in
// neither, so status tries both twice.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	for range 2 {
		done, found, err := e.history(ctx, handle)
		if err != nil {
			return st, "", err
		}
		if found {
			st, err = done.status()
			link = done.video()
			if err == nil && st.State == task.Succeeded && link == "" {
				st = engine.NoVideoSaved(done.seen())
			}
			return st, link, err
		}
		q, err := e.queue(ctx)
		if err != nil {
			return st, "", err
		}
		if _, ok := q.position(q.Running, handle); ok {
			return engine.Status{State: task.Running}, "", nil
		}
		if n, ok := q.position(q.Pending, handle); ok {
			return engine.Status{State: task.Pending, Text: fmt.Sprintf("%d ahead in the queue", n+len(q.Running))}, "", nil
		}
	}
	return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "neither in the queue nor in the history: " + handle}
}

// Poll returns the status of the job, without progress: the server reports that only by WebSocket.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the first video among the workflow's outputs, preferably an MP4.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel removes the job from the queue or interrupts it. Servers that do not know prompt_id interrupt whatever is
// running, so Cancel interrupts only if our job is.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	q, err := e.queue(ctx)
	if err != nil {
		return err
	}
	if _, ok := q.position(q.Running, handle); ok {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/interrupt", In: map[string]string{"prompt_id": handle}})
	} else if _, ok := q.position(q.Pending, handle); ok {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/queue", In: map[string][]string{"delete": {handle}}})
	}
	return err
}

// Find looks for the job of a task by the task's id: in the queue, then in the history, and then in the newest entries of
// the history by client_id, because older servers choose the job's id themselves.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	q, err := e.queue(ctx)
	if err != nil {
		return "", err
	}
	waiting := append(q.Running, q.Pending...)
	if handle, ok := findTask(waiting, id); ok {
		return handle, nil
	}
	if _, found, err := e.history(ctx, id); err != nil || found {
		return id, err
	}
	latest := map[string]entry{}
	_, err = e.client.Do(ctx, engine.Call{
		Method: http.MethodGet, Path: fmt.Sprintf("/history?max_items=%d", findLimit), Out: &latest, Limit: responseLimit,
	})
	if err != nil {
		return "", err
	}
	for _, p := range latest {
		if handle, ok := findTask([]queueItem{p.Prompt}, id); ok {
			return handle, nil
		}
	}
	return "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job with the id or client_id " + id}
}

// findTask returns the handle of the task's job, if the list has it.
func findTask(list []queueItem, task string) (handle string, ok bool) {
	for _, i := range list {
		if i.id == task || i.clientID == task {
			return i.id, true
		}
	}
	return "", false
}

// history returns the job's entry of the history; found reports whether there is one.
func (e *Engine) history(ctx context.Context, handle string) (done entry, found bool, err error) {
	out := map[string]entry{}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/history/" + url.PathEscape(handle), Out: &out, Limit: responseLimit})
	done, found = out[handle]
	return done, found, err
}

func (e *Engine) queue(ctx context.Context) (queue, error) {
	var q queue
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/queue", Out: &q, Limit: responseLimit})
	return q, err
}
