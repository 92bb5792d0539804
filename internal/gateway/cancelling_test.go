package gateway_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// stubbornEngine is an engine whose first cancels fail, and that may ignore the others.
type stubbornEngine struct {
	*fake.Engine
	fails   int // cancels
	class   engine.Class
	ignores bool // cancels are accepted and have no effect
	forgets bool // cancelled jobs are unknown
	cancels int
	ended   bool
}

func (s *stubbornEngine) Cancel(ctx context.Context, handle string) error {
	s.cancels++
	if s.cancels <= s.fails {
		return &engine.Error{Class: s.class, Reason: task.VendorUnavailable, Detail: "no route to host"}
	}
	if s.ignores {
		return nil
	}
	s.ended = true
	return s.Engine.Cancel(ctx, handle)
}

func (s *stubbornEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if s.ended && s.forgets {
		return engine.Status{}, &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job"}
	}
	return s.Engine.Poll(ctx, handle)
}

// cancel cancels the task as its owner does.
func (h *harness) cancel(t *testing.T, id string) {
	t.Helper()
	if got, err := h.Cancel(t.Context(), h.who, id); err != nil || got.State != task.Cancelled {
		t.Fatalf("Cancel: %s, %v", got.State, err)
	}
}

// running returns a task whose job runs for an hour.
func (h *harness) running(t *testing.T) string {
	t.Helper()
	id := h.submit(t, "slow:30m").ID
	h.step(t, id)
	h.pass(time.Second)
	h.step(t, id)
	if got := h.read(t, id); got.State != task.Running {
		t.Fatalf("the task is %s", got.State)
	}
	return id
}

// lastEvent returns the text of the task's newest event.
func (h *harness) lastEvent(t *testing.T, id string) string {
	t.Helper()
	all, err := h.store.Events(t.Context(), id)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d events, %v", len(all), err)
	}
	return all[len(all)-1].Text
}

func TestCancelInEachState(t *testing.T) {
	for name, c := range map[string]struct {
		prompt string
		until  func(h *harness, got task.Task) bool
	}{
		"queued":                     {"slow:1h", func(_ *harness, got task.Task) bool { return got.State == task.Queued }},
		"throttled":                  {"refuse:overloaded", func(_ *harness, got task.Task) bool { return got.State == task.Throttled }},
		"waiting after a failed try": {"refuse:unreachable", func(_ *harness, got task.Task) bool { return len(got.Attempts) == 1 }},
		"pending":                    {"slow:1h", func(_ *harness, got task.Task) bool { return got.State == task.Pending }},
		"running":                    {"slow:1h", func(_ *harness, got task.Task) bool { return got.State == task.Running }},
		"done at the engine, untaken": {"a cat", func(h *harness, got task.Task) bool {
			return got.State == task.Running && h.now().Sub(got.Created) > time.Minute
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			id := h.submit(t, c.prompt).ID
			for range 10 {
				if c.until(h, h.read(t, id)) {
					break
				}
				h.step(t, id)
				h.pass(time.Second)
				if h.read(t, id).State == task.Running {
					h.pass(2 * time.Minute)
				}
			}
			if !c.until(h, h.read(t, id)) {
				t.Fatalf("the task is %s", h.read(t, id).State)
			}
			submits := h.fake.Submits(id)
			h.cancel(t, id)
			h.run(t, id)
			h.pass(24 * time.Hour)
			if got := h.run(t, id); got.State != task.Cancelled || got.Cancelling || len(got.Artifacts) != 0 || h.fake.Submits(id) != submits {
				t.Errorf("ended %s, cancelling %v, %d artifacts, %d submits after it", got.State, got.Cancelling, len(got.Artifacts), h.fake.Submits(id)-submits)
			}
			if live := h.fake.Live(); len(live) != 0 {
				t.Errorf("live jobs: %v", live)
			}
		})
	}
}

// A process that dies after it has written the cancel, and before it has told the engine, loses nothing.
func TestCancelReachesTheEngineAfterARestart(t *testing.T) {
	for name, before := range map[string]func(t *testing.T, h *harness) string{
		"of a running job": func(t *testing.T, h *harness) string {
			t.Helper()
			id := h.running(t)
			h.cancel(t, id)
			return id
		},
		"of a job whose submit was not answered": func(t *testing.T, h *harness) string {
			t.Helper()
			id := h.submit(t, "slow:30m").ID
			h.crashAt(t, id, 2) // the write of the handle
			h.cancel(t, id)
			return id
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			id := before(t, h)
			if live := h.fake.Live(); len(live) != 1 {
				t.Fatalf("live jobs: %v", live)
			}
			h.mu.Lock()
			planned := slices.ContainsFunc(h.wakes, func(w task.Wake) bool { return w.Task == id && w.Lane == task.Remote && w.Account == 0 })
			h.wakes = nil
			h.mu.Unlock()
			if !planned {
				t.Error("no job was scheduled in the same transaction")
			}
			h.use(h.fake) // the restart
			h.pass(10 * time.Minute)
			for range 2 { // all jobs are lost too: the sweep schedules one, and not another at once
				if err := h.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(h.wakes); got != 1 {
				t.Errorf("the sweeps scheduled %d jobs", got)
			}
			got := h.run(t, id)
			if live := h.fake.Live(); len(live) != 0 || got.State != task.Cancelled || h.fake.Submits(id) != 1 {
				t.Errorf("%s, live jobs %v, %d submits", got.State, live, h.fake.Submits(id))
			}
		})
	}
}

func TestFailedCancelIsRepeatedWithinLimits(t *testing.T) {
	for name, c := range map[string]struct {
		fails     int
		class     engine.Class
		live      bool // the job goes on
		says      string
		leastFrom time.Duration // shortest time until it is over
	}{
		"works at last":         {5, engine.Unreachable, false, "cancelled at", 0},
		"the vendor is busy":    {3, engine.Overloaded, false, "cancelled at", 0},
		"works never":           {1000, engine.Unreachable, true, "could not be cancelled", 30 * time.Minute},
		"refused for ever":      {1000, engine.Refused, true, "could not be cancelled", 30 * time.Minute},
		"the key does not work": {2, engine.AuthError, false, "cancelled at", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			e := &stubbornEngine{Engine: h.fake, fails: c.fails, class: c.class}
			h.use(e)
			id := h.submit(t, "slow:100h").ID
			h.step(t, id)
			h.cancel(t, id)
			got := h.run(t, id)
			if got.State != task.Cancelled || got.Cancelling || (len(h.fake.Live()) == 1) != c.live {
				t.Errorf("%s, cancelling %v, live jobs %v", got.State, got.Cancelling, h.fake.Live())
			}
			if took := h.now().Sub(got.Finished); took < c.leastFrom || took > 2*time.Hour || e.cancels > 200 {
				t.Errorf("it was over after %v and %d cancels", took, e.cancels)
			}
			if text := h.lastEvent(t, id); !strings.Contains(text, c.says) {
				t.Errorf("the last event: %q", text)
			}
		})
	}
}

func TestLateSuccessAfterACancelIsRecordedAndKeptBack(t *testing.T) {
	for name, c := range map[string]struct {
		engine func(e *fake.Engine) engine.Engine
		says   string
		cost   float64
	}{
		"the vendor accepts the cancel and finishes the job": {func(e *fake.Engine) engine.Engine {
			return &stubbornEngine{Engine: e, ignores: true}
		}, "finished at", 5},
		"the vendor can't cancel": {func(e *fake.Engine) engine.Engine {
			e.Caps.Cancel = false
			return &stubbornEngine{Engine: e, ignores: true}
		}, "finished at", 5},
		"the vendor forgets cancelled jobs": {func(e *fake.Engine) engine.Engine {
			return &stubbornEngine{Engine: e, forgets: true}
		}, "gone at", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			e := c.engine(h.fake)
			h.use(e)
			id := h.running(t)
			h.cancel(t, id)
			ended := h.read(t, id)
			got := h.run(t, id)
			if got.State != task.Cancelled || len(got.Artifacts) != 0 || !got.Updated.Equal(ended.Updated) || !got.Finished.Equal(ended.Finished) {
				t.Errorf("%s, %d artifacts; updated %v and %v", got.State, len(got.Artifacts), ended.Updated, got.Updated)
			}
			if text := h.lastEvent(t, id); !strings.Contains(text, c.says) {
				t.Errorf("the last event: %q", text)
			}
			if credits := got.Attempts[0].Credits; credits != c.cost {
				t.Errorf("%v credits are recorded, want %v", credits, c.cost)
			}
		})
	}
}

func TestTaskThatIsGivenUpHasItsJobCancelled(t *testing.T) {
	h := newHarness(t)
	e := &stubbornEngine{Engine: h.fake, fails: 3, class: engine.Unreachable}
	h.registry(e)
	h.config.Registry.Engines[0].Deadline = time.Minute
	h.Gateway = h.config.build()
	id := h.submit(t, "slow:1h").ID
	got := h.run(t, id)
	if got.State != task.Failed || got.Failure.Reason != task.Overdue || len(h.fake.Live()) != 0 || e.cancels < 4 {
		t.Errorf("%s, %+v; live jobs %v after %d cancels", got.State, got.Failure, h.fake.Live(), e.cancels)
	}
}

func TestCancelOfAnUnconfirmedJobThatNobodyFinds(t *testing.T) {
	for name, c := range map[string]struct {
		engine func(e *fake.Engine) engine.Engine
		says   string
	}{
		"the engine can't find jobs":     {func(e *fake.Engine) engine.Engine { return blindEngine{e} }, "not known"},
		"the engine never got the job":   {func(e *fake.Engine) engine.Engine { return &lossyEngine{Engine: fake.New(nil, time.Now), lost: 1} }, "never got"},
		"the engine can't be asked ever": {func(e *fake.Engine) engine.Engine { return &failingFinder{&lossyEngine{Engine: e}, 1000} }, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			id := h.submit(t, "slow:1h").ID
			h.crashAt(t, id, 2)
			h.use(c.engine(h.fake))
			h.cancel(t, id)
			got := h.run(t, id)
			if got.State != task.Cancelled || got.Cancelling || got.Submitting {
				t.Errorf("%s, %+v", got.State, got)
			}
			if text := h.lastEvent(t, id); !strings.Contains(text, c.says) {
				t.Errorf("the last event: %q", text)
			}
		})
	}
}
