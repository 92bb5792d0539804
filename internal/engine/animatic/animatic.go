// Package animatic is Filmgate's own engine: package render behind the engine port. It needs no account and no network. What
// it makes is a moving storyboard, not the work of a diffusion model, and it says so.
// It translates a job to a render and a result back. Pictures and motion are made by package render.
package animatic

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/task"
)

// The optional interfaces that Engine implements.
var (
	_ engine.Finder           = (*Engine)(nil)
	_ engine.Previewer        = (*Engine)(nil)
	_ engine.PromptExpander   = (*Engine)(nil)
	_ engine.ReadinessChecker = (*Engine)(nil)
)

// Name is the engine's name unless another is configured.
const Name = "animatic"

// pollEvery is short, since a poll costs one map look-up and a finished video should not wait.
const pollEvery = 100 * time.Millisecond

// Options configures an Engine.
type Options struct {
	Dir     string // folder for unfinished renders; it must exist
	Workers int    // concurrent renders; more wait
	Node    string // tells handles of this process from those of others; "" = there are none
	Encoder render.Encoder
	Decode  func([]byte) (image.Image, error) // decodes an input picture
	Panics  *panics.Recorder                  // records panics of renders, which then fail; nil = they are only logged
	FFmpeg  Health                            // nil = it works
	Blocked *engine.Blocklist                 // the words that it refuses in prompts; nil = a list of its own
	// Rendering is called when a render begins. What it returns is called when the render has ended, with the frames that were drawn.
	// nil = nothing is.
	Rendering func() func(frames int)
}

// Health is the state of this machine's ffmpeg.
type Health interface {
	Err() error                      // nil if it works, otherwise an error with public text
	Check(ctx context.Context) error // the same after a new check, because it was seen to fail
}

// Engine renders animatics in this process. Jobs end with the process: after a restart every handle is NotFound, and the
// capabilities say that a new submit costs nothing.
type Engine struct {
	opts  Options
	slots chan struct{}
	wg    panics.Group

	mu     sync.Mutex
	closed bool
	jobs   map[string]*renderJob
	count  int
}

// renderJob is one render. The fields after mu are guarded by it.
type renderJob struct {
	task   string
	path   string
	raw    string // path of the video without the watermark; "" if the video has none
	cancel context.CancelFunc
	done   chan struct{}

	mu        sync.Mutex
	state     task.State
	progress  float64
	result    render.Result
	failure   *task.Failure
	diskError *DiskError
}

//go:embed blocked.txt
var blockedWords string

// New returns an Engine.
func New(o Options) *Engine {
	if o.Blocked == nil {
		o.Blocked = engine.ParseBlocklist(blockedWords)
	}
	return &Engine{opts: o, slots: make(chan struct{}, max(o.Workers, 1)), jobs: map[string]*renderJob{}}
}

// Capabilities returns what an animatic can be.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Local, Cancel: true, Cleanup: engine.FreesJob, Restartable: true, ExternalID: true, PollEvery: pollEvery,
		Models: []engine.Model{{
			Name: "animatic", Limits: task.Limits{MaxSeconds: 60, Resolutions: []string{"360p", "480p", "512p", "540p", "720p", "768p", "1080p", "2k", "4k"}}, Seed: true, Blocked: e.opts.Blocked,
			Modes:   []engine.Mode{engine.FromText, engine.FromFirst, engine.FromLast, engine.FromFirstLast},
			Caption: true, Loop: true, Sound: engine.SoundOptional, FollowsFrame: true,
			Sends: []engine.Part{engine.PartAudio, engine.PartNegative, engine.PartCamera, engine.PartWatermark, engine.PartAspectRatio, engine.PartResolution},
		}, {Name: task.SequenceModel, Limits: task.Limits{MaxSeconds: int(task.MaxJoined.Seconds())}, Modes: []engine.Mode{engine.FromShots}}},
	}
}

// Submit starts a render, or queues it for a slot. A task that has a job already gets the same handle.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if err := ctx.Err(); err != nil {
		return engine.Submission{}, err
	}
	if h, err := e.Find(ctx, job.Task); err == nil {
		return engine.Submission{Handle: h}, nil
	}
	if err := e.Ready(); err != nil {
		return engine.Submission{}, &engine.Error{Class: engine.Overloaded, WaitCause: engine.MachineBusy, Reason: task.VendorUnavailable, Text: err.Error(), Err: err}
	}
	var spec render.Spec
	if job.Shots == nil {
		var err error
		if spec, err = e.spec(job); err != nil {
			return engine.Submission{}, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return engine.Submission{}, &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "the renderer is stopping"}
	}
	e.count++
	handle := job.Task + "/" + e.opts.Node + strconv.Itoa(e.count)
	// The render outlives this call. It ends by itself, by Cancel or by Close.
	run, cancel := context.WithCancel(context.Background())
	if spec.Watermark {
		spec.RawPath = filepath.Join(e.opts.Dir, fmt.Sprintf("render-%s-%d-raw.mp4", job.Task, e.count))
	}
	w := &renderJob{
		raw: spec.RawPath, task: job.Task, path: filepath.Join(e.opts.Dir, fmt.Sprintf("render-%s-%d.mp4", job.Task, e.count)),
		cancel: cancel, done: make(chan struct{}), state: task.Pending,
	}
	make := func(ctx context.Context, progress func(done, total int)) (render.Result, error) {
		return render.Render(ctx, spec, w.path, progress)
	}
	if job.Shots != nil {
		make = func(ctx context.Context, progress func(done, total int)) (render.Result, error) {
			return e.join(ctx, job, w.path, progress)
		}
	}
	e.jobs[handle] = w
	e.wg.Go(func() { e.run(run, w, make) })
	return engine.Submission{Handle: handle}, nil
}

// Ready returns why no render can succeed on this machine now, or nil.
func (e *Engine) Ready() error {
	if e.opts.FFmpeg == nil {
		return nil
	}
	return e.opts.FFmpeg.Err()
}

// spec returns what the renderer draws for the job.
func (e *Engine) spec(job engine.Job) (render.Spec, error) {
	r := job.Request
	s := render.Spec{
		Prompt: job.Prompt(), Without: r.NegativePrompt, Width: r.Format.Width, Height: r.Format.Height,
		Frames: r.Format.Frames, FrameRate: r.Format.FrameRate,
		Camera: r.Camera, Loop: r.Loop, Watermark: r.Watermark, Audio: engine.WithSound(r), Thumbnails: true, Encoder: e.opts.Encoder,
	}
	if r.Caption {
		s.Caption = r.Prompt // as the caller wrote it, not the expanded prompt
	}
	if r.Seed != nil {
		s.Seed = *r.Seed
	}
	for _, in := range []struct {
		pic *engine.Picture
		to  *image.Image
	}{{job.First, &s.First}, {job.Last, &s.Last}} {
		if in.pic == nil {
			continue
		}
		img, err := e.opts.Decode(in.pic.Bytes)
		if err != nil {
			return s, &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid, Err: err}
		}
		*in.to = img
	}
	if err := s.Check(); err != nil {
		return s, &engine.Error{Class: engine.Refused, Reason: task.AssetInvalid, Text: err.Error(), Err: err}
	}
	return s, nil
}

// run waits for a slot, then makes the video.
func (e *Engine) run(ctx context.Context, w *renderJob, make func(ctx context.Context, progress func(done, total int)) (render.Result, error)) {
	defer close(w.done)
	defer w.cancel()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		w.end(render.Result{}, ctx.Err())
		return
	}
	w.set(task.Running, 0)
	var movie render.Result
	drawn, rendered := 0, e.rendering()
	err := e.opts.Panics.Run(ctx, "render", func() (err error) {
		movie, err = make(ctx, func(done, total int) {
			drawn = done
			w.set(task.Running, float64(done)/float64(total))
		})
		return err
	})
	rendered(drawn)
	if err != nil && ctx.Err() == nil && e.opts.FFmpeg != nil {
		_ = e.opts.FFmpeg.Check(ctx) // so that readers of the failure know whether ffmpeg caused it
	}
	w.end(movie, err)
}

// rendering tells that a render begins, and returns what tells its end.
func (e *Engine) rendering() func(frames int) {
	if e.opts.Rendering == nil {
		return func(int) {}
	}
	return e.opts.Rendering()
}

func (w *renderJob) set(s task.State, progress float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.progress = s, progress
}

func (w *renderJob) end(m render.Result, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.state, w.progress, w.result = task.Succeeded, 1, m
	case errors.Is(err, context.Canceled):
		w.state = task.Cancelled
	case isShotError(err):
		w.state, w.failure = task.Failed, shotFailure(err)
	case isDiskFault(err):
		w.state, w.diskError = task.Failed, &DiskError{err}
	default:
		w.state = task.Failed
		w.failure = &task.Failure{Reason: task.Internal, Detail: err.Error()}
	}
}

func (e *Engine) find(handle string) (*renderJob, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w, ok := e.jobs[handle]; ok {
		return w, nil
	}
	return nil, &engine.Error{Class: engine.NotFound, Reason: task.Internal, Detail: "no render " + handle + " in this process"}
}

// Poll returns the share of frames that are drawn. The error is a *DiskError if the render ended because of the disk: the
// job itself did not fail, and may be submitted again.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if err := ctx.Err(); err != nil {
		return engine.Status{}, err
	}
	w, err := e.find(handle)
	if err != nil {
		return engine.Status{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.diskError != nil {
		return engine.Status{}, w.diskError
	}
	return engine.Status{State: w.state, Progress: w.progress, Failure: w.failure, Understood: w.result.Understood}, nil
}

// Open opens the finished file.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	if _, err := e.finished(ctx, handle); err != nil {
		return engine.Content{}, err
	}
	w, err := e.find(handle)
	if err != nil {
		return engine.Content{}, err
	}
	f, err := os.Open(w.path)
	if err != nil {
		return engine.Content{}, &engine.Error{Class: engine.NotFound, Reason: task.Internal, Err: err}
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Seek(offset, 0)
	}
	if err != nil {
		_ = f.Close()
		return engine.Content{}, &engine.Error{Class: engine.NotFound, Reason: task.Internal, Err: err}
	}
	return engine.Content{Body: f, Type: "video/mp4", Size: info.Size()}, nil
}

// finished returns the result of a job that has SUCCEEDED.
func (e *Engine) finished(ctx context.Context, handle string) (render.Result, error) {
	if err := ctx.Err(); err != nil {
		return render.Result{}, err
	}
	w, err := e.find(handle)
	if err != nil {
		return render.Result{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state != task.Succeeded {
		return render.Result{}, &engine.Error{Class: engine.NotReady, Reason: task.Internal, Detail: "the render is " + string(w.state)}
	}
	return w.result, nil
}

// Previews returns the five previews, the last frame, the poster, the sprite sheet and the hover picture, all made from the
// frames as they were drawn, and the raw video if the video has a watermark.
func (e *Engine) Previews(ctx context.Context, handle string) ([]engine.Preview, error) {
	m, err := e.finished(ctx, handle)
	if err != nil {
		return nil, err
	}
	still := func(r task.Role, jpeg []byte) engine.Preview {
		return engine.Preview{Role: r, Type: "image/jpeg", Bytes: jpeg, Width: m.Width, Height: m.Height}
	}
	out := make([]engine.Preview, 0, len(m.Previews)+5)
	for _, p := range m.Previews {
		out = append(out, still(task.Preview, p))
	}
	out = append(out, still(task.LastFrame, m.Last), still(task.Poster, m.Poster))
	out = append(out, engine.Preview{Role: task.Sprite, Type: m.Sprite.Type, Bytes: m.Sprite.Bytes, Width: m.Sprite.Width, Height: m.Sprite.Height})
	if len(m.Hover.Bytes) > 0 { // otherwise this machine's ffmpeg writes no WebP
		out = append(out, engine.Preview{Role: task.Hover, Type: m.Hover.Type, Bytes: m.Hover.Bytes, Width: m.Hover.Width, Height: m.Hover.Height})
	}
	if m.Raw != "" {
		open := func() (io.ReadCloser, error) { return os.Open(m.Raw) }
		out = append(out, engine.Preview{Role: task.Raw, Type: "video/mp4", Open: open, Width: m.Width, Height: m.Height})
	}
	return out, nil
}

// Cancel ends the render with its encoders' process groups, and removes its files.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	e.mu.Lock()
	w, ok := e.jobs[handle]
	delete(e.jobs, handle)
	e.mu.Unlock()
	if !ok {
		return ctx.Err()
	}
	w.cancel()
	select {
	case <-w.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, path := range []string{w.path, w.raw} {
		if err := os.Remove(path); path != "" && err != nil && !errors.Is(err, os.ErrNotExist) {
			return &engine.Error{Class: engine.Unreachable, Reason: task.Internal, Err: err}
		}
	}
	return nil
}

// Drop ends the render of a task that another process has ended, if there is one. It returns at once.
func (e *Engine) Drop(id string) {
	ctx := context.Background()
	handle, err := e.Find(ctx, id)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && !e.closed {
		e.wg.Go(func() { _ = e.Cancel(ctx, handle) }) // what it leaves, the next start removes
	}
}

// Find returns the handle of a task's job.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for h, w := range e.jobs {
		if w.task == id {
			return h, ctx.Err()
		}
	}
	return "", &engine.Error{Class: engine.NotFound, Reason: task.Internal, Detail: "no render of task " + id}
}

// Close ends all renders, and returns when their encoders have ended. It may be called twice.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, w := range e.jobs {
		w.cancel()
	}
	e.mu.Unlock()
	e.wg.Wait()
}
