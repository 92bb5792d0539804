package gateway_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// hangingEngine is an engine whose next call of one kind hangs until its context ends.
type hangingEngine struct {
	*fake.Engine
	submit, poll, open bool
}

func hang(ctx context.Context, once *bool) error {
	if !*once {
		return nil
	}
	*once = false
	<-ctx.Done()
	return ctx.Err()
}

func (e *hangingEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if err := hang(ctx, &e.submit); err != nil {
		return engine.Submission{}, err
	}
	return e.Engine.Submit(ctx, j)
}

func (e *hangingEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if err := hang(ctx, &e.poll); err != nil {
		return engine.Status{}, err
	}
	return e.Engine.Poll(ctx, handle)
}

func (e *hangingEngine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	if err := hang(ctx, &e.open); err != nil {
		return engine.Content{}, err
	}
	return e.Engine.Open(ctx, handle, offset)
}

// useWithDeadline restarts the gateway with a deadline of ten minutes.
func (h *harness) useWithDeadline(e engine.Engine) {
	h.use(e)
	h.config.Registry.Engines[0].Deadline = 10 * time.Minute
	h.Gateway = h.config.build()
}

func TestHangingStepEndsAtTheDeadline(t *testing.T) {
	for _, c := range []struct {
		name   string
		hangs  hangingEngine
		steps  int // before the hanging one
		prompt string
		want   task.State
	}{
		{"a submit", hangingEngine{submit: true}, 0, "a lake", task.Failed},
		{"a poll of an unfinished job", hangingEngine{poll: true}, 1, "a lake slow:1h", task.Failed},
		{"a poll of a job that finished in time", hangingEngine{poll: true}, 1, "a lake", task.Succeeded},
		{"a download, which works the second time", hangingEngine{open: true}, 1, "a lake", task.Succeeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			c.hangs.Engine = h.fake
			h.useWithDeadline(&c.hangs)
			id := h.submit(t, c.prompt).ID
			for range c.steps {
				if _, err := h.Advance(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			h.pass(10*time.Minute - 200*time.Millisecond)
			next, err := h.Advance(t.Context(), id)
			if err != nil || next.After > 0 {
				t.Fatalf("%+v, %v", next, err)
			}
			got := h.read(t, id)
			if got.State != c.want || c.want == task.Failed && got.Failure.Reason != task.Overdue {
				t.Errorf("%s, %+v; want %s", got.State, got.Failure, c.want)
			}
		})
	}
}

// A vendor that polls RUNNING for ever is cut off at the deadline of the job, though the task has none or a later one. It is
// counted from the submit: the task may wait before.
func TestJobEndsAtItsOwnDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		prompt   string
		deadline time.Duration // of the task
		want     task.State
		after    time.Duration // from the submit to the end
		text     string
	}{
		"it runs for ever":                     {"slow:1000h", 0, task.Failed, 10 * time.Minute, "did not finish its work within 10m0s"},
		"the task has a later deadline":        {"slow:1000h", 2 * time.Hour, task.Failed, 10 * time.Minute, "did not finish its work within 10m0s"},
		"the task has an earlier one":          {"slow:1000h", 64 * time.Minute, task.Failed, 4 * time.Minute, "did not end by its deadline, 1h4m0s"},
		"it is in time":                        {"slow:9m", 0, task.Succeeded, 9 * time.Minute, ""},
		"it has finished exactly at its limit": {"slow:10m", 0, task.Succeeded, 10 * time.Minute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.PollEvery = 5 * time.Second
			h.use(h.fake)
			h.config.Registry.Engines[0].Deadline, h.config.Registry.Engines[0].JobDeadline = c.deadline, 10*time.Minute
			h.Gateway = h.config.build()
			id := h.submit(t, c.prompt).ID
			h.pass(time.Hour) // it waits
			begun := h.now()
			got := h.run(t, id)
			if took := got.Finished.Sub(begun); got.State != c.want || took < c.after || took > min(c.after+time.Minute, 10*time.Minute) {
				t.Errorf("ended %s after %v; want %s after %v", got.State, took, c.want, c.after)
			}
			if c.want == task.Failed && (got.Failure.Reason != task.Overdue || !strings.Contains(got.Failure.Text, c.text)) {
				t.Errorf("failure %+v, want one with %q", got.Failure, c.text)
			}
			if live := h.fake.Live(); len(live) != 0 {
				t.Errorf("live jobs: %v", live)
			}
		})
	}
}

func TestHangingPollEndsAtTheJobsDeadline(t *testing.T) {
	h := newHarness(t)
	h.use(&hangingEngine{Engine: h.fake, poll: true})
	h.config.Registry.Engines[0].JobDeadline = 10 * time.Minute
	h.Gateway = h.config.build()
	id := h.submit(t, "a lake slow:1h").ID
	h.advanceAll(t, id)
	h.pass(10*time.Minute - 200*time.Millisecond)
	h.advanceAll(t, id)
	if got := h.read(t, id); got.State != task.Failed || got.Failure.Reason != task.Overdue {
		t.Errorf("%s, %+v", got.State, got.Failure)
	}
}

func TestTaskEndsAtDeadlineIfIngestFails(t *testing.T) {
	for name, broken := range map[string]func(*testing.T, *harness){
		"nothing can be written": func(t *testing.T, h *harness) {
			if err := os.RemoveAll(h.config.Temp); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(h.config.Temp, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"no previews can be cut":      func(t *testing.T, _ *harness) { wrapFFmpeg(t, "echo No space left on device >&2; exit 1") },
		"the video is none":           func(_ *testing.T, h *harness) { h.fake.Video = []byte("<html>") },
		"the vendor does not give it": func(_ *testing.T, h *harness) { h.fake.Video = nil },
		"it is known that ffmpeg is missing": func(t *testing.T, h *harness) {
			t.Setenv("PATH", t.TempDir())
			h.config.FFmpeg = &ffmpegHealth{err: errNoFFmpeg}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.useWithDeadline(h.fake)
			id := h.submit(t, "a lake").ID
			broken(t, h)
			h.Gateway = h.config.build()
			if next, err := h.Advance(t.Context(), id); err != nil || next.Done {
				t.Fatalf("%+v, %v", next, err)
			}
			h.pass(9 * time.Minute)
			next, err := h.Advance(t.Context(), id)
			if next.Done || next.After > time.Minute || err != nil && next.After <= 0 {
				t.Errorf("before the deadline: %+v, %v; want a step by then", next, err)
			}
			h.pass(time.Minute)
			if next, err := h.Advance(t.Context(), id); err != nil || next.After > 0 {
				t.Fatalf("%+v, %v", next, err)
			}
			if got := h.read(t, id); got.State != task.Failed || got.Failure.Reason != task.Overdue {
				t.Errorf("%s, %+v", got.State, got.Failure)
			}
		})
	}
}

func TestLocalTaskIsWokenRemotelyAtItsDeadline(t *testing.T) {
	for lane, want := range map[task.Lane]int{task.Local: 2, task.Remote: 1} {
		h := newHarness(t)
		h.fake.Caps.Lane = lane
		h.useWithDeadline(h.fake)
		made := h.submit(t, "a lake")
		if len(h.wakes) != want || h.wakes[0].Task != made.ID || h.wakes[0].Lane != lane || !h.wakes[0].At.IsZero() {
			t.Errorf("%s: %+v", lane, h.wakes)
		}
		if lane == task.Local && h.wakes[1] != (task.Wake{Task: made.ID, Lane: task.Remote, At: made.Deadline}) {
			t.Errorf("%+v", h.wakes[1])
		}
	}
}
