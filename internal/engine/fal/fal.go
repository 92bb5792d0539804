// Package fal is the [engine.Engine] for fal.ai's queue (queue.fal.run), which serves the models of many makers. Each model
// has its own path and its own inputs.
//
// It holds the queue's wire types and the models (models.yaml). Sources: fal-ai/fal, fal_client/client.py; fal-ai/fal-js,
// libs/client/src; and the pages model-apis/errors and model-apis/request-errors of fal.ai/docs. Unconfirmed: how long
// results are kept, and the seed ranges of models that document none.
package fal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// BaseURL is the URL of the queue.
const BaseURL = "https://queue.fal.run"

// Options configures an Engine.
type Options struct {
	BaseURL string // "" = the constant BaseURL
	Key     string // "id:secret"
	HTTP    *http.Client
	Now     func() time.Time  // nil = time.Now
	Models  engine.ModelTable // added to the models of this package; a model with a known name replaces it
}

// Engine makes videos at fal.
type Engine struct {
	queue   *engine.Client
	results *engine.Client // queue with resultErrorOf: an error of the result means that the job failed
	models  engine.ModelTable
	keys    *webhookKeys
}

// New returns an Engine.
func New(o Options) *Engine {
	queue := &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Fail: errorOf,
		Sign: func(r *http.Request) error {
			r.Header.Set("Authorization", "Key "+o.Key)
			return nil
		},
	}
	results := *queue
	results.Fail = resultErrorOf
	public := &engine.Client{HTTP: o.HTTP, Base: keySetURL, Now: o.Now}
	if o.BaseURL != "" { // a server in fal's place publishes its own keys
		public.Base = strings.TrimSuffix(o.BaseURL, "/") + "/.well-known/jwks.json"
	}
	e := &Engine{queue: queue, results: &results, models: engine.ReadHosted(table, DefaultInputs()).With(o.Models), keys: &webhookKeys{client: public, now: o.Now}}
	if e.keys.now == nil {
		e.keys.now = time.Now
	}
	return e
}

// Capabilities lists the models. The queue does not take an id of ours, so jobs cannot be found by task.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: e.models.Models(), Cancel: true, Callbacks: engine.SignedCallbacks, PollEvery: 3 * time.Second}
}

// Submit queues the job. The handle is the path of the request.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	endpoint, err := e.models.EndpointFor(job)
	if err != nil {
		return engine.Submission{}, err
	}
	inputs, err := endpoint.Body(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	header := http.Header{}
	if job.Request.LowPriority {
		header.Set("X-Fal-Queue-Priority", "low")
	}
	query := ""
	if job.CallbackURL != "" {
		query = "?fal_webhook=" + url.QueryEscape(job.CallbackURL)
	}
	var out struct {
		RequestID string `json:"request_id"`
	}
	_, err = e.queue.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/" + endpoint.Path + query, Header: header, In: inputs, Out: &out})
	return engine.SubmitResult(appOf(endpoint.Path)+"/requests/", out.RequestID, err)
}

// CheckPath returns an error if path cannot be the path of a model.
func CheckPath(path string) error {
	first, _, _ := strings.Cut(path, "/")
	if !pathPattern.MatchString(path) || strings.Count(path, "/")+1 < appDepth(first) {
		return fmt.Errorf("%q is no path of fal's, such as fal-ai/veo3.1/image-to-video", path)
	}
	return nil
}

// pathPattern matches paths of two or more segments.
var pathPattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`)

// appOf returns the part of a model's path that its requests are found under: namespace if any, owner and alias (AppId of
// client.py).
func appOf(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[:min(len(parts), appDepth(parts[0]))], "/")
}

// appDepth returns the number of path segments of an app whose first segment is first.
func appDepth(first string) int {
	if first == "workflows" || first == "comfy" {
		return 3
	}
	return 2
}

// requestPath returns the path for a handle; ok is false if the handle is not one of ours.
func requestPath(handle string) (path string, ok bool) {
	app, id, ok := strings.Cut(handle, "/requests/")
	if parts := strings.Split(app, "/"); !ok || id == "" || len(parts) != appDepth(parts[0]) {
		return "", false
	}
	return "/" + app + "/requests/" + url.PathEscape(id), true
}

// stateTable maps the queue's states to ours. Failed and cancelled requests are COMPLETED too; their result has the error.
func stateTable() map[string]task.State {
	return map[string]task.State{"IN_QUEUE": task.Pending, "IN_PROGRESS": task.Running, "COMPLETED": task.Succeeded}
}

// status asks for the status of the request, and for its result if it is completed.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	path, ok := requestPath(handle)
	if !ok {
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no request " + handle}
	}
	var out struct {
		Status        string `json:"status"`
		QueuePosition int    `json:"queue_position"`
	}
	if _, err = e.queue.Do(ctx, engine.Call{Method: http.MethodGet, Path: path + "/status", Out: &out}); err != nil {
		return st, "", err
	}
	if st.State, err = engine.StateOf(out.Status, stateTable()); err != nil {
		return st, "", err
	}
	if st.State == task.Pending {
		st.Text = fmt.Sprintf("%d ahead in the queue", out.QueuePosition)
	}
	if st.State != task.Succeeded {
		return st, "", nil
	}
	link, err = e.result(ctx, path)
	var bad *engine.Error
	switch {
	case errors.Is(err, errCancelled):
		return engine.Status{State: task.Cancelled}, "", nil
	case errors.As(err, &bad) && bad.Class == engine.Refused:
		return engine.Status{State: task.Failed, Failure: bad.Failure()}, "", nil
	}
	st.Progress = 1
	return st, link, err
}

// result returns the URL of the finished video; "" if the result has none.
func (e *Engine) result(ctx context.Context, path string) (string, error) {
	type file struct {
		URL string `json:"url"`
	}
	var out struct {
		Video  file   `json:"video"`
		Videos []file `json:"videos"`
	}
	_, err := e.results.Do(ctx, engine.Call{Method: http.MethodGet, Path: path, Out: &out})
	if out.Video.URL == "" && len(out.Videos) > 0 {
		out.Video = out.Videos[0]
	}
	return out.Video.URL, err
}

// Poll returns the status of the request.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the result's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.queue, handle, offset)
}

// Cancel removes the request from the queue, or asks its runner to stop.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	path, ok := requestPath(handle)
	if !ok {
		return nil
	}
	_, err := e.queue.Do(ctx, engine.Call{Method: http.MethodPut, Path: path + "/cancel"})
	return engine.IgnoreEnded(err)
}
