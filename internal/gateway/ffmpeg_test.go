package gateway_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// ffmpegHealth is the health of ffmpeg, which tests set.
type ffmpegHealth struct {
	mu  sync.Mutex
	err error
}

func (m *ffmpegHealth) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

func (m *ffmpegHealth) Check(context.Context) error { return m.Err() }

func (m *ffmpegHealth) set(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

var errNoFFmpeg = errors.New("ffmpeg is missing on this server")

// ffmpegEngine is an engine that needs ffmpeg, as the animatic does.
type ffmpegEngine struct {
	*fake.Engine
	ffmpegHealth *ffmpegHealth
}

func (r ffmpegEngine) Ready() error { return r.ffmpegHealth.Err() }

func (r ffmpegEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if err := r.Ready(); err != nil {
		return engine.Submission{}, &engine.Error{Class: engine.Overloaded, WaitCause: engine.MachineBusy, Reason: task.VendorUnavailable, Text: err.Error()}
	}
	return r.Engine.Submit(ctx, j)
}

func TestSubmitSaysWhyNoEngineIsReady(t *testing.T) {
	h := newHarness(t)
	m := &ffmpegHealth{err: errNoFFmpeg}
	h.use(ffmpegEngine{h.fake, m})
	_, err := h.Submit(t.Context(), h.who, request("a lake"))
	var e *task.Error
	if !errors.As(err, &e) || e.Code != task.Unavailable || e.RetryAfter <= 0 ||
		e.Detail != "No video can be made at the moment: ffmpeg is missing on this server. Try again later." {
		t.Errorf("%+v", err)
	}
	wrong := request("a lake")
	wrong.Seconds = 1000
	if _, err := h.Submit(t.Context(), h.who, wrong); task.CodeOf(err) != task.Invalid {
		t.Errorf("a request that can't be carried out in any case: %v", err)
	}
	m.set(nil)
	if got := h.run(t, h.submit(t, "a lake").ID); got.State != task.Succeeded {
		t.Errorf("once it works: %s, %+v", got.State, got.Failure)
	}
}

func TestSubmitSkipsUnreadyEngines(t *testing.T) {
	h := newHarness(t)
	h.registry(ffmpegEngine{h.fake, &ffmpegHealth{err: errNoFFmpeg}}, h.engine(t))
	if made := h.submit(t, "a lake"); made.Engine != "b" {
		t.Errorf("it went to %s", made.Engine)
	}
}

func TestTaskWaitsForAnUnreadyEngine(t *testing.T) {
	h := newHarness(t)
	m := &ffmpegHealth{}
	h.use(ffmpegEngine{h.fake, m})
	id := h.submit(t, "a lake").ID
	m.set(errNoFFmpeg)
	for range 100 {
		next, err := h.Advance(t.Context(), id)
		if err != nil || next.Done || next.After <= 0 || next.After > 15*time.Second {
			t.Fatalf("%+v, %v", next, err)
		}
		h.pass(next.After)
	}
	got := h.read(t, id)
	if got.State != task.Throttled || got.ProgressText != "waiting: ffmpeg is missing on this server" || len(got.Attempts) != 0 {
		t.Errorf("%s, %q, %d attempts", got.State, got.ProgressText, len(got.Attempts))
	}
	if events, err := h.store.Events(t.Context(), id); err != nil || len(events) > 3 {
		t.Errorf("%d events, %v", len(events), err)
	}
	m.set(nil)
	if got := h.run(t, id); got.State != task.Succeeded {
		t.Errorf("%s, %+v", got.State, got.Failure)
	}
}

func TestFailureOfTheMachineIsNoAttempt(t *testing.T) {
	h := newHarness(t)
	m := &ffmpegHealth{}
	h.use(ffmpegEngine{h.fake, m})
	id := h.submit(t, "a lake fail:INTERNAL times:1").ID
	for range 3 {
		next, err := h.Advance(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		h.pass(next.After)
	}
	m.set(errNoFFmpeg)
	h.pass(time.Minute)
	if next, err := h.Advance(t.Context(), id); err != nil || next.Done {
		t.Fatalf("%+v, %v", next, err)
	}
	if got := h.read(t, id); got.State.Terminal() || len(got.Attempts) != 0 || got.ProgressText != "waiting: ffmpeg is missing on this server" {
		t.Errorf("%s, %d attempts, %q", got.State, len(got.Attempts), got.ProgressText)
	}
	m.set(nil)
	h.pass(time.Minute)
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s, %+v, %d attempts", got.State, got.Failure, len(got.Attempts))
	}
}

func TestResultWaitsForFFmpeg(t *testing.T) {
	h := newHarness(t)
	m := &ffmpegHealth{}
	h.config.FFmpeg = m
	h.use(h.fake)
	id := h.submit(t, "a lake").ID
	m.set(errNoFFmpeg)
	for range 20 {
		next, err := h.Advance(t.Context(), id)
		if err != nil || next.Done {
			t.Fatalf("%+v, %v", next, err)
		}
		h.pass(next.After)
	}
	if got := h.read(t, id); got.ProgressText != "waiting for previews: ffmpeg is missing on this server" || len(h.bucket.put) > 0 {
		t.Errorf("%q; stored %q", got.ProgressText, h.bucket.put)
	}
	m.set(nil)
	if got := h.run(t, id); got.State != task.Succeeded || got.ProgressText != "" || len(got.Attempts) != 1 {
		t.Errorf("%s, %+v, %q", got.State, got.Failure, got.ProgressText)
	}
}

// wrapFFmpeg runs a script before each run of ffmpeg.
func wrapFFmpeg(t *testing.T, script string) {
	t.Helper()
	dir, path := t.TempDir(), os.Getenv("PATH")
	program := "#!/bin/sh\nPATH='" + path + "'\ndir='" + dir + "'\n" + script + "\nexec ffmpeg \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(program), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+path)
}

// The first ffmpeg hangs, and only one runs at once. It ends at its task's deadline, and the next task goes on.
func TestHangingPreviewsDoNotBlockOthers(t *testing.T) {
	h := newHarness(t)
	h.config.Workers = 1
	h.use(h.fake)
	h.config.Registry.Engines[0].Deadline = time.Hour
	h.Gateway = h.config.build()
	hangs, waits := h.submit(t, "a lake").ID, h.submit(t, "a hill").ID
	for _, id := range []string{hangs, waits} {
		if _, err := h.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	wrapFFmpeg(t, `if mkdir "$dir/hung" 2> /dev/null; then sleep 1000; fi`)
	h.pass(time.Hour - 100*time.Millisecond)
	var first sync.WaitGroup
	first.Go(func() { _, _ = h.Advance(t.Context(), hangs) })
	for range 20 {
		if next, err := h.Advance(t.Context(), waits); err != nil {
			t.Fatal(err)
		} else if next.Done {
			break
		}
	}
	first.Wait()
	for _, id := range []string{hangs, waits} {
		if got := h.read(t, id); got.State != task.Succeeded && (got.Failure == nil || got.Failure.Reason != task.Overdue) {
			t.Errorf("%s, %+v", got.State, got.Failure)
		}
	}
}
