// Package localai is the engine for LocalAI's POST /video, whose answer comes only when the video is there. The
// engine makes that call in the background, so that a submit returns at once; the work does not outlive this process.
//
// What may enter: this API's wire types, and the way from our words to its own and back.
package localai

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// BaseURL is where a LocalAI on this machine lies.
const BaseURL = "http://127.0.0.1:8080"

// patience is how long a video may take; the client handed in must wait as long.
const patience = time.Hour

// Options is what an Engine is made of.
type Options struct {
	Key     string         // "" = the server wants none
	Models  []engine.Model // what the server has installed; nil = one named "video" of up to 20 s
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
}

// Engine makes videos at a LocalAI. After a restart every handle is Lost, and the capabilities say that asking again
// costs nothing.
type Engine struct {
	client *engine.Client
	models []engine.Model
	wg     sync.WaitGroup

	mu     sync.Mutex
	closed bool
	jobs   map[string]*work
	count  int
}

// work is one call. Fields after cancel are guarded by the Engine's mutex.
type work struct {
	task   string
	cancel context.CancelFunc

	state   task.State
	link    string
	failure *task.Failure
}

// New makes an Engine.
func New(o Options) *Engine {
	e := &Engine{models: o.Models, jobs: map[string]*work{}}
	if e.models == nil {
		e.models = []engine.Model{{
			Name: "video", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}, MaxSeconds: 20, Seed: true,
		}}
	}
	e.client = &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Timeout: patience, Fail: refusal,
	}
	if o.Key != "" {
		e.client.Sign = engine.Bearer(o.Key)
	}
	return e
}

// Capabilities says what the models can do.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: true, Restartable: true, ExternalID: true, PollEvery: time.Second,
	}
}

// Submit begins the call. A job of a task that is already at work gets the same handle.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if handle, err := e.Find(ctx, job.Task); err == nil {
		return handle, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return "", &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the engine is stopping"}
	}
	e.count++
	handle := job.Task + "/" + strconv.Itoa(e.count)
	// The call outlives this one; it ends by itself, by Cancel or by Close.
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &work{task: job.Task, cancel: cancel, state: task.Running}
	e.jobs[handle] = w
	e.wg.Go(func() { e.run(run, w, requestOf(job)) })
	return handle, nil
}

// requestOf writes the job in LocalAI's words.
func requestOf(job engine.Job) request {
	r := job.Request
	in := request{
		Model: job.Model, Prompt: job.Prompt(), Negative: r.NegativePrompt, Seconds: strconv.Itoa(r.Seconds), Seed: r.Seed,
		Width: r.Format.Width, Height: r.Format.Height, FPS: r.Format.FrameRate, Frames: r.Format.Frames, CfgScale: r.CfgScale,
		ResponseFormat: "url",
	}
	if job.First != nil {
		in.Start = base64.StdEncoding.EncodeToString(job.First.Bytes)
	}
	if job.Last != nil {
		in.End = base64.StdEncoding.EncodeToString(job.Last.Bytes)
	}
	return in
}

// run makes the call and keeps what came of it.
func (e *Engine) run(ctx context.Context, w *work, in request) {
	defer w.cancel()
	var out answer
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/video", In: in, Out: &out})
	if err == nil && (len(out.Data) == 0 || out.Data[0].URL == "") {
		err = engine.Nonsense("a success without a video")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err == nil:
		w.state, w.link = task.Succeeded, out.Data[0].URL
	case errors.Is(err, context.Canceled):
		w.state = task.Cancelled
	default:
		w.state, w.failure = task.Failed, engine.AsError(err).Failure()
	}
}

// look tells what came of the call so far.
func (e *Engine) look(ctx context.Context, handle string) (engine.Status, string, error) {
	if err := ctx.Err(); err != nil {
		return engine.Status{}, "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w, ok := e.jobs[handle]
	if !ok {
		return engine.Status{}, "", lost("no call " + handle + " in this process")
	}
	return engine.Status{State: w.state, Failure: w.failure}, w.link, nil
}

func lost(detail string) error {
	return &engine.Error{Class: engine.Lost, Reason: task.VendorUnavailable, Detail: detail}
}

// Poll tells whether the call has ended.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.Look(e.look).Poll(ctx, handle)
}

// Open opens the video where LocalAI keeps it.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.Look(e.look).Open(ctx, e.client, handle, offset)
}

// Cancel hangs up, which ends LocalAI's work, and forgets the call.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w, ok := e.jobs[handle]; ok {
		w.cancel()
		delete(e.jobs, handle)
	}
	return ctx.Err()
}

// Find returns the handle of a task that is at work here.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for handle, w := range e.jobs {
		if w.task == id {
			return handle, ctx.Err()
		}
	}
	return "", lost("no call for task " + id)
}

// Close hangs up on all calls and returns when they have ended. It may be called twice.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, w := range e.jobs {
		w.cancel()
	}
	e.mu.Unlock()
	e.wg.Wait()
}

// refusal sorts a 400 that speaks of safety.
func refusal(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusBadRequest && strings.Contains(strings.ToLower(string(body)), "safety") {
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	}
	return nil
}
