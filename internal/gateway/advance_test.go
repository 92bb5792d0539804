package gateway_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

var errFault = errors.New("the plug was pulled")

func prefix(t testing.TB, s string) netip.Prefix {
	t.Helper()
	p, err := netip.ParsePrefix(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSubmitStoresTaskAndWake(t *testing.T) {
	h := newHarness(t)
	made := h.submit(t, "a cat")
	got := h.read(t, made.ID)
	if got.State != task.Queued || got.Engine != "fake" || got.EngineModel != "fake" || got.Request.Seed == nil {
		t.Errorf("stored %+v", got)
	}
	if len(h.wakes) != 1 || h.wakes[0].Task != made.ID || h.wakes[0].Lane != task.Remote {
		t.Errorf("wakes %+v", h.wakes)
	}
	if n := h.fake.Submits(made.ID); n != 0 {
		t.Errorf("submitted %d times before the first step", n)
	}
}

func TestTaskSucceedsWithMeasuredFacts(t *testing.T) {
	h := newHarness(t)
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Succeeded || got.Progress != 1 || len(got.Artifacts) != 1 {
		t.Fatalf("ended %s with %d artifacts", got.State, len(got.Artifacts))
	}
	a := got.Artifacts[0]
	if a.Width != 160 || a.Height != 96 || a.FrameRate != 24 || a.Duration != 500*time.Millisecond {
		t.Errorf("facts %dx%d, %v fps, %v", a.Width, a.Height, a.FrameRate, a.Duration)
	}
	if n := len(a.FilesOf(task.Preview)); n != 5 {
		t.Errorf("%d previews, want 5", n)
	}
	for _, f := range a.Files {
		if !strings.HasPrefix(f.Key, "cdn/20261123/") || len(f.Key) != len("cdn/20261123/")+30+4 {
			t.Errorf("key %q", f.Key)
		}
		body := h.stored(t, f.Key)
		sum := sha256.Sum256(body)
		if int64(len(body)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: %d bytes stored, %d recorded", f.Role, len(body), f.Size)
		}
	}
	if got.Started.IsZero() || got.Finished.Before(got.Started) || got.Attempts[0].Credits != 5 {
		t.Errorf("started %v, finished %v, attempts %+v", got.Started, got.Finished, got.Attempts)
	}
}

func (h *harness) stored(t *testing.T, key string) []byte {
	t.Helper()
	body, err := h.bucket.Open(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestProgressIsReadWhileRunning(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "slow:10s").ID
	seen := map[task.State]bool{}
	last := 0.0
	for range 100 {
		next, err := h.Advance(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		got := h.read(t, id)
		seen[got.State] = true
		if got.Progress < last {
			t.Errorf("progress fell from %v to %v", last, got.Progress)
		}
		last = got.Progress
		if next.Done {
			break
		}
		h.pass(next.After)
	}
	for _, s := range []task.State{task.Pending, task.Running, task.Succeeded} {
		if !seen[s] {
			t.Errorf("never read %s", s)
		}
	}
	if last != 1 {
		t.Errorf("ended with progress %v", last)
	}
}

func TestConcurrentStepsSubmitOnce(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a cat").ID
	for range 20 {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := h.Advance(context.WithoutCancel(t.Context()), id); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.pass(time.Second)
	}
	got := h.read(t, id)
	if got.State != task.Succeeded || len(got.Artifacts) != 1 {
		t.Fatalf("ended %s with %d artifacts", got.State, len(got.Artifacts))
	}
	if n := h.fake.Submits(id); n != 1 {
		t.Errorf("submitted %d times", n)
	}
}

// submitHookedEngine is an engine that calls a hook before it takes its first job.
type submitHookedEngine struct {
	*fake.Engine
	hook func()
}

func (e *submitHookedEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if hook := e.hook; hook != nil {
		e.hook = nil
		hook()
	}
	return e.Engine.Submit(ctx, j)
}

func TestTaskIsWrittenDuringSubmit(t *testing.T) {
	for name, c := range map[string]struct {
		write func(t *testing.T, h *harness, id string)
		ends  task.State
	}{
		"by a step that does not find the job yet: the job is kept": {func(t *testing.T, h *harness, id string) {
			t.Helper()
			h.step(t, id)
		}, task.Succeeded},
		"by its owner's cancel: the job is cancelled": {func(t *testing.T, h *harness, id string) {
			t.Helper()
			if _, err := h.Cancel(t.Context(), h.who, id); err != nil {
				t.Error(err)
			}
		}, task.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			id := h.submit(t, "a cat").ID
			e := &submitHookedEngine{Engine: h.fake, hook: func() { c.write(t, h, id) }}
			h.use(e)
			version := h.read(t, id).Version
			h.step(t, id)
			if c.ends == task.Cancelled {
				h.run(t, id)
			}
			if got := h.read(t, id); e.hook != nil || got.Version < version+2 {
				t.Fatalf("version %d after %d: the task was not written during the submit", got.Version, version)
			}
			if live := len(h.fake.Live()); (live == 1) != (c.ends == task.Succeeded) {
				t.Errorf("%d jobs at the engine", live)
			}
			if got := h.run(t, id); got.State != c.ends {
				t.Errorf("ended %s, want %s", got.State, c.ends)
			}
			if n := h.fake.Submits(id); n != 1 {
				t.Errorf("submitted %d times", n)
			}
		})
	}
}

// Whichever write a process dies in, the next one recovers.
func TestCrashAtAnyWriteSubmitsOnce(t *testing.T) {
	for at := 1; at <= 6; at++ {
		t.Run("write "+string(rune('0'+at)), func(t *testing.T) {
			h := newHarness(t)
			id := h.submit(t, "a cat").ID
			h.crashAt(t, id, at)
			got := h.run(t, id)
			if got.State != task.Succeeded || len(got.Artifacts) != 1 {
				t.Fatalf("ended %s with %d artifacts", got.State, len(got.Artifacts))
			}
			if n := h.fake.Submits(id); n != 1 {
				t.Errorf("submitted %d times", n)
			}
		})
	}
}

// hookedEngine is an engine that calls a hook in Open.
type hookedEngine struct {
	engine.Engine
	hook   func()
	called bool
}

func (o *hookedEngine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	c, err := o.Engine.Open(ctx, handle, offset)
	o.called = true
	o.hook()
	return c, err
}

// blindEngine is an engine that can't find a job, and is not safe to submit to twice.
type blindEngine struct{ engine.Engine }

func TestUnconfirmedSubmitIsNotRepeated(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.ExternalID = false
	h.use(blindEngine{h.fake})
	id := h.submit(t, "a cat").ID
	h.crashAt(t, id, 2) // the write of the handle
	got := h.run(t, id)
	if got.State != task.Failed || !strings.Contains(got.Failure.Text, "not sent again") {
		t.Fatalf("ended %s: %+v", got.State, got.Failure)
	}
	if n := h.fake.Submits(id); n != 1 {
		t.Errorf("submitted %d times", n)
	}
}

// lossyEngine is an engine that takes submits and whose first answers are lost.
type lossyEngine struct {
	*fake.Engine
	lost int
}

func (m *lossyEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	sub, err := m.Engine.Submit(ctx, j)
	if m.lost--; m.lost >= 0 {
		return engine.Submission{}, &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true, Detail: "connection reset"}
	}
	return sub, err
}

// blindLossyEngine is a lossyEngine that can't find a job either.
type blindLossyEngine struct{ engine.Engine }

func TestLostSubmitAnswerIsNotPaidTwice(t *testing.T) {
	for _, c := range []struct {
		name    string
		made    func(*lossyEngine) engine.Engine
		state   task.State
		submits int
	}{
		{"the engine finds the job", func(m *lossyEngine) engine.Engine { return m }, task.Succeeded, 1},
		{"the engine can't find jobs", func(m *lossyEngine) engine.Engine { return blindLossyEngine{m} }, task.Failed, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			h.use(c.made(&lossyEngine{Engine: h.fake, lost: 1}))
			got := h.run(t, h.submit(t, "a cat").ID)
			if got.State != c.state || h.fake.Submits(got.ID) != c.submits {
				t.Errorf("ended %s after %d submits, want %s after %d (%+v)", got.State, h.fake.Submits(got.ID), c.state, c.submits, got.Failure)
			}
		})
	}
}

func TestAttemptNamesTheUsedKey(t *testing.T) {
	h := newHarness(t)
	wrapped, err := engine.Wrap(engine.Policy{Now: h.now}, engine.Key{Name: "team", Engine: h.fake})
	if err != nil {
		t.Fatal(err)
	}
	h.use(wrapped)
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Succeeded || got.Attempts[0].Key != "team" {
		t.Errorf("ended %s, attempts %+v", got.State, got.Attempts)
	}
}

func TestTaskEndsAsTheEngineDoes(t *testing.T) {
	for _, c := range []struct {
		prompt  string
		state   task.State
		reason  task.Reason
		submits int
	}{
		{"fail:SAFETY.INPUT.TEXT", task.Failed, task.SafetyInputText, 1},
		{"fail:SAFETY.OUTPUT.VIDEO", task.Failed, task.SafetyOutputVideo, 1},
		{"fail:INTERNAL", task.Failed, task.Internal, 5},
		{"fail:INTERNAL times:2", task.Succeeded, "", 3},
		{"refuse:refused", task.Failed, task.SafetyInputText, 0},
		{"refuse:account", task.Failed, task.VendorRefused, 0},
		{"refuse:unreachable times:3", task.Succeeded, "", 1},
		{"refuse:unreachable", task.Failed, task.VendorUnavailable, 0},
		{"refuse:overloaded times:30", task.Succeeded, "", 1},
		{"state:UNHEARD", task.Failed, task.VendorUnavailable, 1},
		{"lost:yes", task.Failed, task.VendorUnavailable, 1},
		{"cut:30", task.Succeeded, "", 1},
		{"short:60", task.Failed, task.BadOutput, 1},
	} {
		t.Run(c.prompt, func(t *testing.T) {
			h := newHarness(t)
			got := h.run(t, h.submit(t, c.prompt).ID)
			if got.State != c.state {
				t.Fatalf("ended %s (%+v), want %s", got.State, got.Failure, c.state)
			}
			if c.reason != "" && (got.Failure.Reason != c.reason || got.Failure.Text == "") {
				t.Errorf("failure %+v, want %s", got.Failure, c.reason)
			}
			if n := h.fake.Submits(got.ID); n != c.submits {
				t.Errorf("submitted %d times, want %d", n, c.submits)
			}
		})
	}
}

func TestEngineAtItsLimitThrottlesTheTask(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "refuse:overloaded times:1").ID
	next, err := h.Advance(t.Context(), id)
	if err != nil || next.After <= 0 {
		t.Fatalf("next %+v, %v", next, err)
	}
	if got := h.read(t, id); got.State != task.Throttled || got.QueueWait != next.After {
		t.Errorf("state %s, wait %v, want THROTTLED for %v", got.State, got.QueueWait, next.After)
	}
}

func TestLostJobOfRestartableEngineIsSubmittedAgain(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Restartable = true
	id := h.submit(t, "lost:yes").ID
	got := h.run(t, id)
	if got.State != task.Failed || h.fake.Submits(id) != 5 {
		t.Errorf("ended %s after %d submits, want FAILED after 5", got.State, h.fake.Submits(id))
	}
}

func TestStoppedWorkerFailsNoTask(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a cat").ID
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.Advance(ctx, id); err == nil {
		t.Error("the step continued after its context ended")
	}
	if got := h.run(t, id); got.State != task.Succeeded {
		t.Errorf("ended %s", got.State)
	}
}

func TestCancelEndsTaskAndJob(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "slow:1h").ID
	for range 3 {
		if _, err := h.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
	}
	got, err := h.Cancel(t.Context(), h.who, id)
	if err != nil || got.State != task.Cancelled {
		t.Fatalf("%s, %v", got.State, err)
	}
	h.run(t, id)
	if live := h.fake.Live(); len(live) != 0 {
		t.Errorf("live jobs: %v", live)
	}
	if next, err := h.Advance(t.Context(), id); err != nil || !next.Done {
		t.Errorf("a step after it: %+v, %v", next, err)
	}
	if _, err := h.Cancel(t.Context(), h.who, id); task.CodeOf(err) != task.Conflict {
		t.Errorf("a second cancel: %v, want a conflict", err)
	}
}

func TestCancelDuringIngestLeavesNoFiles(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a cat").ID
	opened := &hookedEngine{Engine: h.fake, hook: func() { _, _ = h.Cancel(context.WithoutCancel(t.Context()), h.who, id) }}
	h.use(opened)
	got := h.run(t, id)
	if got.State != task.Cancelled || len(got.Artifacts) != 0 || !opened.called {
		t.Fatalf("ended %s with %d artifacts", got.State, len(got.Artifacts))
	}
	for _, key := range h.bucket.put {
		if _, err := h.bucket.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%s still exists: %v", key, err)
		}
	}
	if len(h.bucket.put) == 0 {
		t.Error("no file was ever stored: the test proves nothing")
	}
}

// previewingEngine is an engine with files beside its video.
type previewingEngine struct {
	engine.Engine
	previews []engine.Preview
}

func (s *previewingEngine) Previews(context.Context, string) ([]engine.Preview, error) {
	return s.previews, nil
}

// readingEngine is an engine that says what it read in the prompt.
type readingEngine struct {
	engine.Engine
	read *task.Understood
}

func (e *readingEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	st, err := e.Engine.Poll(ctx, handle)
	if st.State == task.Succeeded {
		st.Understood = e.read
	}
	return st, err
}

func TestWhatAnEngineReadInThePromptIsStored(t *testing.T) {
	h := newHarness(t)
	want := &task.Understood{Moves: []task.UnderstoodMove{{Name: "pan left", To: time.Second}}, Drawn: []string{"cat"}, Cards: []string{"gizmo"}}
	h.use(&readingEngine{h.fake, want})
	if got := h.run(t, h.submit(t, "a cat").ID); !reflect.DeepEqual(got.Understood, want) {
		t.Errorf("the task has %+v, want %+v", got.Understood, want)
	}
}

func TestEnginesOtherFilesAreStored(t *testing.T) {
	h := newHarness(t)
	e := &previewingEngine{Engine: h.fake}
	for range 5 {
		e.previews = append(e.previews, engine.Preview{Role: task.Preview, Type: "image/jpeg", Bytes: []byte("still"), Width: 320, Height: 192})
	}
	opened := 0
	e.previews = append(e.previews, engine.Preview{Role: task.Hover, Type: "image/webp", Bytes: []byte("hover"), Width: 160, Height: 96},
		engine.Preview{Role: task.Raw, Type: "video/mp4", Width: 320, Height: 192, Open: func() (io.ReadCloser, error) {
			if opened++; opened == 1 {
				return nil, errFault
			}
			return io.NopCloser(strings.NewReader("raw")), nil
		}})
	h.use(e)
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Succeeded || opened != 2 {
		t.Fatalf("ended %s; the raw video was opened %d times, want once more after it failed", got.State, opened)
	}
	for role, want := range map[task.Role]task.File{
		task.Hover: {Type: "image/webp", Size: 5, Width: 160, Height: 96}, task.Raw: {Type: "video/mp4", Size: 3, Width: 320, Height: 192},
	} {
		f, ok := got.Artifacts[0].FirstFile(role)
		if !ok || f.Type != want.Type || f.Size != want.Size || f.Width != want.Width || f.Height != want.Height {
			t.Errorf("%s is %+v", role, f)
		}
		if ext := map[task.Role]string{task.Hover: ".webp", task.Raw: ".mp4"}[role]; !strings.HasSuffix(f.Key, ext) {
			t.Errorf("%s is stored as %s", role, f.Key)
		}
		if info, err := h.bucket.Stat(t.Context(), f.Key); err != nil || info.Size != want.Size {
			t.Errorf("%s: %+v, %v", role, info, err)
		}
	}
}
