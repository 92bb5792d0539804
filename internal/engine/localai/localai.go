// Package localai is the engine for LocalAI's POST /video, whose answer comes only when the video is there. The
// engine makes that call in the background, so that a submit returns at once; the work does not outlive this process.
//
// Wire facts: mudler/LocalAI, core/schema/localai.go (VideoRequest), core/http/endpoints/localai/video.go and
// core/http/app.go. Unconfirmed: what its backends say of a prompt that they refuse; a 400 that speaks of safety is taken
// for it.
//
// What may enter: this API's wire types, and the way from our words to its own and back.
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

// BaseURL is where a LocalAI on this machine lies.
const BaseURL = "http://127.0.0.1:8080"

const (
	callTimeout  = time.Hour // how long a video may take; the client handed in must wait as long
	pollEvery    = time.Second
	maxRetryWait = time.Minute // before a server that had no room is asked again
	frameRate    = 24          // where nobody named one
)

// Options configures an Engine.
type Options struct {
	Key     string         // "" = the server wants none
	Models  []engine.Model // what the server has installed; nil = one named "video" of up to 20 s
	BaseURL string         // "" = BaseURL
	HTTP    *http.Client
	Now     func() time.Time
	Panics  *panics.Recorder // of calls that panic, which fail; nil = they are only logged
}

// Engine makes videos at a LocalAI. After a restart every handle is Lost, and the capabilities say that asking again
// costs nothing.
type Engine struct {
	client *engine.Client
	models []engine.Model
	panics *panics.Recorder
	wg     panics.Group

	mu     sync.Mutex
	closed bool
	jobs   map[string]*backgroundCall
	count  int
}

// backgroundCall is one call. Fields after cancel are guarded by the Engine's mutex.
type backgroundCall struct {
	task   string
	cancel context.CancelFunc

	state   task.State
	link    string
	failure *task.Failure
}

// New returns an Engine.
func New(o Options) *Engine {
	e := &Engine{models: o.Models, panics: o.Panics, jobs: map[string]*backgroundCall{}}
	if e.models == nil {
		e.models = []engine.Model{{
			Name: "video", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}, Limits: task.Limits{MaxSeconds: 20}, Seed: true,
		}}
	}
	e.client = &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Timeout: callTimeout, Fail: errorOf,
	}
	if o.Key != "" {
		e.client.Sign = engine.Bearer(o.Key)
	}
	return e
}

// Capabilities says what the models can do. Work can't be ended early: LocalAI renders on when its caller has hung up
// (core/backend/video.go works under the server's own context).
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Restartable: true, ExternalID: true, PollEvery: pollEvery,
	}
}

// Submit begins the call. A job of a task that is already at work gets the same handle.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if err := ctx.Err(); err != nil {
		return engine.Submission{}, err
	}
	if handle, err := e.Find(ctx, job.Task); err == nil {
		return engine.Submission{Handle: handle}, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return engine.Submission{}, &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the engine is stopping"}
	}
	e.count++
	handle := job.Task + "/" + strconv.Itoa(e.count)
	// The call outlives this one; it ends by itself, by Cancel or by Close.
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w := &backgroundCall{task: job.Task, cancel: cancel, state: task.Running}
	e.jobs[handle] = w
	e.wg.Go(func() { e.run(run, w, requestOf(job)) })
	return engine.Submission{Handle: handle}, nil
}

// requestOf writes the job in LocalAI's words. It reads frames alone, though its schema has seconds too.
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

// foldSeed folds ours, which may be twice as large, into LocalAI's: a positive int32. Its backends take 0 for none.
func foldSeed(ours uint32) int32 { return int32(ours%math.MaxInt32) + 1 } //nolint:gosec // at most MaxInt32

// postVideo asks for the video as often as the server has no room, or is still loading the model: 503 with the time to wait
// (applyBackendAdmission and respondModelLoading of core/http/app.go).
func (e *Engine) postVideo(ctx context.Context, in request) (out videoResponse, err error) {
	for {
		_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/video", In: in, Out: &out})
		if err == nil || engine.AsError(err).Class != engine.Overloaded {
			return out, err
		}
		timer := time.NewTimer(cmp.Or(min(engine.AsError(err).RetryAfter, maxRetryWait), pollEvery))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return out, ctx.Err()
		}
	}
}

// run makes the call and keeps what came of it.
func (e *Engine) run(ctx context.Context, w *backgroundCall, in request) {
	defer w.cancel()
	var out videoResponse
	err := e.panics.Run(ctx, "localai", func() (err error) {
		out, err = e.postVideo(ctx, in)
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
		w.state, w.failure = task.Failed, engine.AsError(err).Failure()
	}
}

// status tells what came of the call so far.
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

// Poll tells whether the call has ended.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the video where LocalAI keeps it.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel hangs up and forgets the call; what LocalAI makes, it makes to its end.
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
	return "", notFound("no call for task " + id)
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

// errorOf sorts a 400 that speaks of safety.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	if status == http.StatusBadRequest && strings.Contains(strings.ToLower(string(body)), "safety") {
		return &engine.Error{Class: engine.Refused, Reason: task.SafetyInputText}
	}
	return nil
}
