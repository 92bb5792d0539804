// Package enginetest is the test suite of the engine port: it checks the sentences of the port's documentation one by one.
// [Run] takes any engine, [RunVendor] one that speaks HTTP with a vendor. An engine's own test passes a [Harness] or a
// [Vendor] and is about ten lines long.
package enginetest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// pollTimeout is how long a test waits for a job before it fails.
const pollTimeout = 60 * time.Second

// Harness is one engine to test.
type Harness struct {
	Engine engine.Engine
	// Job returns a small job that the engine can do, for a task id.
	Job func(task string) engine.Job
	// Slow returns a job that is still running at the next call. nil = every job is.
	Slow func(task string) engine.Job
	// Pass advances the engine's clock. nil = wait in real time.
	Pass func(d time.Duration)
}

// Run tests the engine that open returns, a new one for each sentence of the port.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	for _, c := range []struct {
		name string
		try  func(t *testing.T, h Harness)
	}{
		{"capabilities are complete", capabilities},
		{"a job runs to its end and its video can be opened", runsToEnd},
		{"progress never falls and states move forwards", progress},
		{"the video can be opened from an offset", fromOffset},
		{"a video that is not finished can't be opened", notReady},
		{"an unknown handle is not found", unknownHandle},
		{"a cancelled job never succeeds", cancelledJob},
		{"cancelling twice or an unknown job is no error", cancelTwice},
		{"every job has its own handle", distinctHandles},
		{"the same seed gives the same video", sameSeed},
		{"an ended context ends a call", endedContext},
		{"requests beyond the limits are refused by field", fieldErrors},
		{"there are five previews of the right size", previews},
		{"a job is found by our task id", findByTask},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(t, open(t)) })
	}
}

// taskID returns a task id that is a valid UUID and differs by n.
func taskID(n byte) string {
	return "00000000-0000-4000-8000-0000000000" + string("0123456789abcdef"[n>>4]) + string("0123456789abcdef"[n&15])
}

func (h Harness) slow(task string) engine.Job {
	if h.Slow != nil {
		return h.Slow(task)
	}
	return h.Job(task)
}

// pass waits as long as the engine asks.
func (h Harness) pass(t *testing.T, st engine.Status) {
	t.Helper()
	d := st.Next
	if d <= 0 {
		d = h.Engine.Capabilities().PollEvery
	}
	if h.Pass != nil {
		h.Pass(d)
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}

func submit(t *testing.T, h Harness, j engine.Job) string {
	t.Helper()
	sub, err := h.Engine.Submit(t.Context(), j)
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	if sub.Handle == "" {
		t.Fatal("Submit gave an empty handle")
	}
	return sub.Handle
}

// follow polls until the job has ended and returns every status.
func follow(t *testing.T, h Harness, handle string) []engine.Status {
	t.Helper()
	var seen []engine.Status
	for giveUp := time.Now().Add(pollTimeout); time.Now().Before(giveUp); {
		st, err := h.Engine.Poll(t.Context(), handle)
		if err != nil {
			t.Fatalf("Poll: %v", err)
		}
		seen = append(seen, st)
		if st.State.Terminal() {
			return seen
		}
		h.pass(t, st)
	}
	t.Fatalf("the work did not end; last %+v", seen[len(seen)-1])
	return nil
}

func succeed(t *testing.T, h Harness, handle string) []engine.Status {
	t.Helper()
	seen := follow(t, h, handle)
	if last := seen[len(seen)-1]; last.State != task.Succeeded {
		t.Fatalf("ended %s (%+v), want SUCCEEDED", last.State, last.Failure)
	}
	return seen
}

func read(t *testing.T, h Harness, handle string, offset int64) ([]byte, engine.Content) {
	t.Helper()
	c, err := h.Engine.Open(t.Context(), handle, offset)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer func() { _ = c.Body.Close() }()
	b, err := io.ReadAll(c.Body)
	if err != nil {
		t.Fatalf("read the video: %v", err)
	}
	return b, c
}

func wantClass(t *testing.T, err error, classes ...engine.Class) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want class %v", classes)
	}
	if got := engine.AsError(err).Class; !slices.Contains(classes, got) {
		t.Fatalf("class %s (%v), want %v", got, err, classes)
	}
}

func capabilities(t *testing.T, h Harness) {
	c := h.Engine.Capabilities()
	if c.Lane != task.Local && c.Lane != task.Remote {
		t.Errorf("lane %q", c.Lane)
	}
	if c.PollEvery <= 0 {
		t.Error("PollEvery must be more than 0")
	}
	if len(c.Models) == 0 {
		t.Fatal("no models")
	}
	if first := c.Models[0]; !first.Until.IsZero() {
		t.Errorf("a route without a model gets %s", first.EndText(time.Now()))
	}
	for _, m := range offered(h.Engine) {
		follows := slices.Equal(m.Modes, []engine.Mode{engine.FromVideo}) && !m.Video.FreeLength
		if m.Name == "" || len(m.Seconds) == 0 && m.MaxSeconds == 0 && !follows {
			t.Errorf("model %+v has no name or no lengths", m)
		}
	}
}

// offered returns the engine's models without those of which only the end is known.
func offered(e engine.Engine) []engine.Model {
	return slices.DeleteFunc(slices.Clone(e.Capabilities().Models), func(m engine.Model) bool {
		return !m.Until.IsZero() && len(m.Modes) == 0
	})
}

func runsToEnd(t *testing.T, h Harness) {
	handle := submit(t, h, h.Job(taskID(1)))
	succeed(t, h, handle)
	video, c := read(t, h, handle, 0)
	if len(video) < 12 || string(video[4:8]) != "ftyp" && (c.Type != "video/webm" || string(video[:4]) != "\x1aE\xdf\xa3") {
		t.Fatalf("neither an MP4 nor, as it says, a WebM: %q of type %s", video[:min(len(video), 12)], c.Type)
	}
	if c.Size >= 0 && c.Size != int64(len(video)) {
		t.Errorf("told %d bytes, gave %d", c.Size, len(video))
	}
}

func progress(t *testing.T, h Harness) {
	order := []task.State{task.Throttled, task.Pending, task.Running, task.Succeeded}
	before := engine.Status{State: task.Throttled}
	for _, st := range succeed(t, h, submit(t, h, h.Job(taskID(1)))) {
		if st.Progress < before.Progress || st.Progress > 1 {
			t.Errorf("progress went from %v to %v", before.Progress, st.Progress)
		}
		if slices.Index(order, st.State) < slices.Index(order, before.State) {
			t.Errorf("state went from %s to %s", before.State, st.State)
		}
		before = st
	}
}

func fromOffset(t *testing.T, h Harness) {
	handle := submit(t, h, h.Job(taskID(1)))
	succeed(t, h, handle)
	whole, _ := read(t, h, handle, 0)
	half := len(whole) / 2
	rest, c := read(t, h, handle, int64(half))
	if !bytes.Equal(rest, whole[half:]) {
		t.Errorf("from offset %d came %d bytes that are not the rest", half, len(rest))
	}
	if c.Size >= 0 && c.Size != int64(len(whole)) {
		t.Errorf("Size must be the whole file's, %d, not %d", len(whole), c.Size)
	}
}

func notReady(t *testing.T, h Harness) {
	handle := submit(t, h, h.slow(taskID(1)))
	_, err := h.Engine.Open(t.Context(), handle, 0)
	wantClass(t, err, engine.NotReady, engine.NotFound)
	_ = h.Engine.Cancel(t.Context(), handle)
}

func unknownHandle(t *testing.T, h Harness) {
	_, err := h.Engine.Poll(t.Context(), "no-such-handle")
	wantClass(t, err, engine.NotFound)
	_, err = h.Engine.Open(t.Context(), "no-such-handle", 0)
	wantClass(t, err, engine.NotFound)
}

func cancelledJob(t *testing.T, h Harness) {
	if !h.Engine.Capabilities().Cancel {
		t.Skip("the engine can't cancel")
	}
	handle := submit(t, h, h.slow(taskID(1)))
	if err := h.Engine.Cancel(t.Context(), handle); err != nil {
		t.Fatalf("Cancel: %v", err)
	}
	st, err := h.Engine.Poll(t.Context(), handle)
	if err != nil {
		wantClass(t, err, engine.NotFound)
		return
	}
	for range 100 {
		if st.State.Terminal() {
			break
		}
		h.pass(t, st)
		if st, err = h.Engine.Poll(t.Context(), handle); err != nil {
			t.Fatalf("Poll: %v", err)
		}
	}
	if st.State != task.Cancelled && st.State != task.Failed {
		t.Errorf("state %s after Cancel", st.State)
	}
}

func cancelTwice(t *testing.T, h Harness) {
	handle := submit(t, h, h.slow(taskID(1)))
	for range 2 {
		if err := h.Engine.Cancel(t.Context(), handle); err != nil {
			t.Errorf("Cancel: %v", err)
		}
	}
	if err := h.Engine.Cancel(t.Context(), "no-such-handle"); err != nil {
		t.Errorf("Cancel of what is unknown: %v", err)
	}
}

func distinctHandles(t *testing.T, h Harness) {
	seen := map[string]bool{}
	for n := range byte(4) {
		handle := submit(t, h, h.slow(taskID(n)))
		if seen[handle] {
			t.Errorf("handle %q given twice", handle)
		}
		seen[handle] = true
		defer func() { _ = h.Engine.Cancel(context.WithoutCancel(t.Context()), handle) }()
	}
}

func sameSeed(t *testing.T, h Harness) {
	if !h.Engine.Capabilities().Models[0].Seed {
		t.Skip("the engine has no seeds")
	}
	var videos [2][]byte
	for i := range videos {
		handle := submit(t, h, h.Job(taskID(byte(i))))
		succeed(t, h, handle)
		videos[i], _ = read(t, h, handle, 0)
	}
	if !bytes.Equal(videos[0], videos[1]) {
		t.Error("two videos of one request and seed differ")
	}
}

func endedContext(t *testing.T, h Harness) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.Engine.Submit(ctx, h.Job(taskID(1))); err == nil {
		t.Error("Submit took a job with a context that has ended")
	}
	if _, err := h.Engine.Poll(ctx, "any"); err == nil {
		t.Error("Poll answered a context that has ended")
	}
}

func previews(t *testing.T, h Harness) {
	s, ok := h.Engine.(engine.Previewer)
	if !ok {
		t.Skip("the engine makes no previews")
	}
	j := h.Job(taskID(1))
	handle := submit(t, h, j)
	succeed(t, h, handle)
	got, err := s.Previews(t.Context(), handle)
	if err != nil {
		t.Fatalf("Previews: %v", err)
	}
	n := 0
	for _, p := range got {
		if p.Role != task.Preview {
			continue
		}
		n++
		if p.Width != j.Request.Format.Width || p.Height != j.Request.Format.Height || !bytes.HasPrefix(p.Bytes, []byte{0xff, 0xd8}) {
			t.Errorf("preview %d is %dx%d %s", n, p.Width, p.Height, p.Type)
		}
	}
	if n != 5 {
		t.Errorf("%d previews, want 5", n)
	}
}

func findByTask(t *testing.T, h Harness) {
	f, ok := h.Engine.(engine.Finder)
	if !ok {
		t.Skip("the engine can't find jobs")
	}
	handle := submit(t, h, h.slow(taskID(7)))
	got, err := f.Find(t.Context(), taskID(7))
	if err != nil || got != handle {
		t.Errorf("Find gave %q, %v, want %q", got, err, handle)
	}
	_, err = f.Find(t.Context(), taskID(8))
	wantClass(t, err, engine.NotFound)
	_ = h.Engine.Cancel(t.Context(), handle)
}

// Wait polls the job until it has SUCCEEDED, and fails the test if it ends otherwise.
func Wait(t *testing.T, h Harness, handle string) {
	t.Helper()
	succeed(t, h, handle)
}
