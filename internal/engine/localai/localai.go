// Package localai is the [engine.Engine] for LocalAI's POST /video, which responds only when the video is finished. The
// engine makes that call in the background, so that a submit returns at once. Jobs do not survive a restart of this process.
//
// It holds the API's wire types and the background calls. Sources: mudler/LocalAI, core/schema/localai.go (VideoRequest),
// core/http/endpoints/localai/video.go and core/http/app.go. Unconfirmed: how its backends report a refused prompt; a 400
// that mentions safety is taken as one.
package localai

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

var _ engine.Finder = (*Engine)(nil)

// BaseURL is the address of a LocalAI on this machine.
const BaseURL = "http://127.0.0.1:8080"

const (
	callTimeout = time.Hour // how long a video may take; Options.HTTP must not have a shorter timeout
	pollEvery   = time.Second
	refusalWait = time.Second // a server that is busy, or does not have the model, says so at once
	frameRate   = 24          // frames a second if the job names none
)

// Options configures an Engine.
type Options struct {
	Key     string         // "" = the server needs none
	Models  []engine.Model // the models installed on the server; nil = one named "video", of up to 20 s
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
	Panics  *panics.Recorder // counts calls that panic, which fail; nil = they are only logged

	// RefusalWait is how long Submit waits for a refusal before it counts the call as taken; 0 = a second, negative = not at all.
	RefusalWait time.Duration
}

// Engine makes videos on a LocalAI server. After a restart every handle is [engine.NotFound]; submitting again costs nothing.
type Engine struct {
	client      *engine.Client
	models      []engine.Model
	panics      *panics.Recorder
	wg          panics.Group
	refusalWait time.Duration

	mu     sync.Mutex
	closed bool
	jobs   map[string]*backgroundCall
	count  int
}

// backgroundCall is one job. The Engine's mutex guards the fields after cancel.
type backgroundCall struct {
	task   string
	cancel context.CancelFunc
	ended  chan struct{}

	state   task.State
	link    string
	failure *task.Failure
	err     error // of a failure
}

// New returns an Engine.
func New(o Options) *Engine {
	e := &Engine{models: o.Models, panics: o.Panics, jobs: map[string]*backgroundCall{}, refusalWait: cmp.Or(o.RefusalWait, refusalWait)}
	if e.models == nil {
		e.models = []engine.Model{{
			Name: "video", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}, Limits: task.Limits{MaxSeconds: 20}, Seed: true,
		}}
	}
	e.models = engine.Sending(e.models, engine.PartNegative, engine.PartCfgScale, engine.PartAspectRatio, engine.PartResolution)
	e.client = &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Timeout: callTimeout, Fail: errorOf,
	}
	if o.Key != "" {
		e.client.Sign = engine.Bearer(o.Key)
	}
	return e
}

// Capabilities describes the models. Jobs cannot be cancelled: LocalAI goes on rendering if its caller hangs up
// (core/backend/video.go uses the server's own context).
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cleanup: engine.FreesJob, Restartable: true, ExternalID: true, PollEvery: pollEvery,
	}
}

// Submit starts the call, and returns its error if it is refused at once. If the task already has a call here that runs or has
// succeeded, Submit returns its handle; one that has failed is forgotten, so that a retry reaches the server.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if err := ctx.Err(); err != nil {
		return engine.Submission{}, err
	}
	handle, w, err := e.start(ctx, job)
	if err != nil || e.refusalWait < 0 {
		return engine.Submission{Handle: handle}, err
	}
	timer := time.NewTimer(e.refusalWait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done(): // the call goes on
	case <-w.ended:
		return e.ended(handle, w)
	}
	return engine.Submission{Handle: handle}, nil
}

// start returns the task's call, which it starts if there is none, and its handle.
func (e *Engine) start(ctx context.Context, job engine.Job) (string, *backgroundCall, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if handle, w := e.callOf(job.Task); w != nil {
		if w.state == task.Running || w.state == task.Succeeded {
			return handle, w, nil
		}
		delete(e.jobs, handle)
	}
	if e.closed {
		return "", nil, &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the engine is stopping"}
	}
	e.count++
	handle := job.Task + "/" + strconv.Itoa(e.count)
	// The call runs until it has a result, or until Cancel or Close.
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &backgroundCall{task: job.Task, cancel: cancel, ended: make(chan struct{}), state: task.Running}
	e.jobs[handle] = w
	e.wg.Go(func() { e.run(run, w, requestOf(job)) })
	return handle, w, nil
}

// ended returns the handle of a call that has ended, or the error of one that failed, which is then forgotten.
func (e *Engine) ended(handle string, w *backgroundCall) (engine.Submission, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.err != nil {
		delete(e.jobs, handle)
		return engine.Submission{}, w.err
	}
	return engine.Submission{Handle: handle}, nil
}

// requestOf returns the body of POST /video for the job. LocalAI reads only the number of frames, although its schema has
// seconds too.
func requestOf(job engine.Job) request {
	r := job.Request
	in := request{
		Model: job.Model, Prompt: job.Prompt(), Negative: r.NegativePrompt, Seconds: strconv.Itoa(r.Seconds),
		Width: r.Format.Width, Height: r.Format.Height, FPS: r.Format.FrameRate, Frames: r.Format.Frames, CfgScale: r.CfgScale,
		ResponseFormat: "url",
	}
	if in.Frames == 0 {
		in.FPS = cmp.Or(in.FPS, frameRate)
		in.Frames = r.Seconds * in.FPS
	}
	if r.Seed != nil {
		in.Seed = foldSeed(*r.Seed)
	}
	if job.First != nil {
		in.Start = base64.StdEncoding.EncodeToString(job.First.Bytes)
	}
	if job.Last != nil {
		in.End = base64.StdEncoding.EncodeToString(job.Last.Bytes)
	}
	return in
}

// foldSeed maps a seed to LocalAI's range, the positive int32. Its backends take 0 as no seed.
func foldSeed(seed uint32) int32 { return int32(seed%math.MaxInt32) + 1 } //nolint:gosec // at most MaxInt32

// run makes the call and stores its result in w.
func (e *Engine) run(ctx context.Context, w *backgroundCall, in request) {
	defer close(w.ended)
	defer w.cancel()
	var out videoResponse
	err := e.panics.Run(ctx, "localai", func() error {
		_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/video", In: in, Out: &out})
		return err
	})
	if err == nil && (len(out.Data) == 0 || out.Data[0].URL == "") {
		err = engine.NoVideo("a success without a video")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err == nil:
		w.state, w.link = task.Succeeded, out.Data[0].URL
	case errors.Is(err, context.Canceled):
		w.state = task.Cancelled
	default:
		w.state, w.failure, w.err = task.Failed, engine.AsError(err).Failure(), err
	}
}

// status returns the status of the call and the link to its video.
func (e *Engine) status(ctx context.Context, handle string) (engine.Status, string, error) {
	if err := ctx.Err(); err != nil {
		return engine.Status{}, "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w, ok := e.jobs[handle]
	if !ok {
		return engine.Status{}, "", notFound("no call " + handle + " in this process")
	}
	return engine.Status{State: w.state, Failure: w.failure}, w.link, nil
}

func notFound(detail string) error {
	return &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: detail}
}

// Poll returns the status of the call.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the video on the LocalAI server.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel ends the call and forgets it. LocalAI still finishes the video.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w, ok := e.jobs[handle]; ok {
		w.cancel()
		delete(e.jobs, handle)
	}
	return ctx.Err()
}

// Find returns the handle of the task's call.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if handle, w := e.callOf(id); w != nil {
		return handle, ctx.Err()
	}
	return "", notFound("no call for task " + id)
}

// callOf returns the task's call and its handle; nil if there is none. The caller holds the mutex.
func (e *Engine) callOf(id string) (string, *backgroundCall) {
	for handle, w := range e.jobs {
		if w.task == id {
			return handle, w
		}
	}
	return "", nil
}

// Close cancels all calls and returns when they have ended. It may be called twice.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, w := range e.jobs {
		w.cancel()
	}
	e.mu.Unlock()
	e.wg.Wait()
}

// errorOf classifies a 400 that mentions safety as a refused prompt.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusBadRequest && strings.Contains(strings.ToLower(string(body)), "safety") {
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	}
	return nil
}
