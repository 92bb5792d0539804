package gateway_test

import (
	"context"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// failingFinder is an engine whose first calls of Find fail.
type failingFinder struct {
	*lossyEngine
	fails int
}

func (l *failingFinder) Find(ctx context.Context, id string) (string, error) {
	if l.fails--; l.fails >= 0 {
		return "", &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "no route to host"}
	}
	return l.lossyEngine.Find(ctx, id)
}

func TestFailingFindNeverSubmitsAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		fails int
		state task.State
	}{
		{"Find works later", 3, task.Succeeded},
		{"Find never works", 1000, task.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			h.use(&failingFinder{lossyEngine: &lossyEngine{Engine: h.fake, lost: 1}, fails: c.fails})
			id := h.submit(t, "a cat").ID
			if _, err := h.Advance(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if got := h.read(t, id); !got.Attempts[0].Unconfirmed || !strings.Contains(got.ProgressText, "submitted, unconfirmed") {
				t.Errorf("it does not say so: %q, %+v", got.ProgressText, got.Attempts)
			}
			got := h.run(t, id)
			if got.State != c.state || h.fake.Submits(id) != 1 {
				t.Fatalf("ended %s after %d submits", got.State, h.fake.Submits(id))
			}
			if c.state == task.Failed && !strings.HasPrefix(got.Failure.Text, "Submitted, unconfirmed") {
				t.Errorf("failure %+v", got.Failure)
			}
			if c.state == task.Succeeded && got.Attempts[0].Unconfirmed {
				t.Error("a found job still counts as unconfirmed")
			}
		})
	}
}

// A vendor may keep our task id for some models only. A job of another model can neither be found nor be submitted twice.
func TestAModelThatTakesNoTaskIDIsSubmittedOnce(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Models[0].NoTaskID = true
	h.use(&lossyEngine{Engine: h.fake, lost: 1})
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Failed || h.fake.Submits(got.ID) != 1 || !strings.HasPrefix(got.Failure.Text, "Submitted, unconfirmed") {
		t.Errorf("ended %s after %d submits: %+v", got.State, h.fake.Submits(got.ID), got.Failure)
	}
	for _, o := range h.Offers("fake") {
		if o.LookUp || o.Idempotent {
			t.Errorf("offered as %+v", o)
		}
	}
}

func TestResubmitPolicy(t *testing.T) {
	for _, c := range []struct {
		name     string
		resubmit bool
		lost     int // answers
		state    task.State
		submits  int
		says     string
	}{
		{"fail", false, 1, task.Failed, 1, "can't be charged twice"},
		{"resubmit", true, 1, task.Succeeded, 2, ""},
		{"resubmit once, and not again", true, 9, task.Failed, 2, "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			h.registry(blindLossyEngine{&lossyEngine{Engine: h.fake, lost: c.lost}}, h.engine(t))
			h.config.Registry.Engines[0].Resubmit = c.resubmit
			h.Gateway = h.config.build()
			got := h.run(t, h.submit(t, "a cat").ID)
			if got.State != c.state || h.fake.Submits(got.ID) != c.submits || got.Engine != "a" {
				t.Fatalf("ended %s at %s after %d submits: %+v", got.State, got.Engine, h.fake.Submits(got.ID), got.Failure)
			}
			if !got.Attempts[0].Unconfirmed || len(got.Attempts) != c.submits {
				t.Errorf("attempts %+v", got.Attempts)
			}
			if c.state == task.Failed && (!strings.HasPrefix(got.Failure.Text, "Submitted, unconfirmed") || !strings.Contains(got.Failure.Text, c.says)) {
				t.Errorf("failure %+v", got.Failure)
			}
		})
	}
}

func TestResubmitAfterACrash(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.ExternalID = false
	h.registry(blindEngine{h.fake})
	h.config.Registry.Engines[0].Resubmit = true
	h.Gateway = h.config.build()
	id := h.submit(t, "a cat").ID
	h.crashAt(t, id, 2) // the write of the handle
	if got := h.run(t, id); got.State != task.Succeeded || h.fake.Submits(id) != 2 {
		t.Errorf("ended %s after %d submits", got.State, h.fake.Submits(id))
	}
}

// Another process began a submit. Whether it is still in it depends on whether it lives.
func TestSubmitOfAnotherProcessIsInterruptedOnceThatIsDead(t *testing.T) {
	for name, c := range map[string]struct {
		engine  func(*fake.Engine) engine.Engine
		state   task.State
		submits int
	}{
		"an engine that can't find jobs":    {func(f *fake.Engine) engine.Engine { return blindEngine{f} }, task.Failed, 1},
		"one at which submits cost nothing": {func(f *fake.Engine) engine.Engine { f.Caps.Restartable = true; return blindEngine{f} }, task.Succeeded, 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			living := []string{"me", "other"}
			h.config.SingleProcess = false
			h.config.Nodes = func(context.Context) ([]string, error) { return living, nil }
			h.config.Node = "other"
			h.use(c.engine(h.fake))
			id := h.submit(t, "a cat").ID
			h.crashAt(t, id, 2) // the write of the handle
			h.config.Node = "me"
			h.Gateway = h.config.build()
			for range 3 {
				next, err := h.Advance(t.Context(), id)
				if err != nil || next.Done || next.After <= 0 {
					t.Fatalf("while the other lives: %+v, %v", next, err)
				}
			}
			if got := h.read(t, id); got.State.Terminal() || h.fake.Submits(id) != 1 {
				t.Fatalf("while the other lives: %s after %d submits", got.State, h.fake.Submits(id))
			}
			living = []string{"me"}
			if got := h.run(t, id); got.State != c.state || h.fake.Submits(id) != c.submits {
				t.Errorf("ended %s after %d submits: %+v", got.State, h.fake.Submits(id), got.Failure)
			}
		})
	}
}

// doubtfulEngine takes its first submit without an answer, fails the next ones, and then works. It recognizes our task's id, and
// can't be asked for a job.
type doubtfulEngine struct {
	engine.Engine
	fails []error
	calls int
}

func (d *doubtfulEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	d.calls++
	switch {
	case d.calls == 1:
		_, err := d.Engine.Submit(ctx, j)
		if err == nil {
			err = &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Unconfirmed: true, Detail: "connection reset"}
		}
		return engine.Submission{}, err
	case d.calls <= 1+len(d.fails):
		return engine.Submission{}, d.fails[d.calls-2]
	}
	return d.Engine.Submit(ctx, j)
}

// A later submit that was certainly not taken says nothing about one before it that may have been.
func TestDoubtKeepsTheTaskFromOtherEngines(t *testing.T) {
	paused := failing(engine.Overloaded)
	paused.WaitCause = engine.BreakerOpen
	full := failing(engine.Overloaded)
	full.WaitCause = engine.InFlightLimit
	unreachable, denied := failing(engine.Unreachable), failing(engine.AuthError)
	for name, fails := range map[string][]error{
		"paused":                     always(paused)[:20],
		"no capacity for long":       always(full)[:20],
		"unreachable":                {&unreachable},
		"key refused":                {&denied},
		"one after another":          {&paused, &unreachable, &full, &denied, &paused},
		"at once":                    nil,
		"paused after another doubt": {pointer(engine.Error{Class: engine.Unreachable, Unconfirmed: true}), &paused},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			other := h.engine(t)
			h.registry(&doubtfulEngine{Engine: h.fake, fails: fails}, other)
			got := h.run(t, h.submit(t, "a cat").ID)
			if got.State != task.Succeeded || got.Engine != "a" || other.calls != 0 {
				t.Fatalf("ended %s at %s, %+v; the other engine got %d submits: %+v", got.State, got.Engine, got.Failure, other.calls, got.Attempts)
			}
			if !got.Attempts[0].Unconfirmed || len(got.Attempts) > 5 {
				t.Errorf("attempts %+v", got.Attempts)
			}
		})
	}
}

// The same after a crash, which leaves only the "submitting" marker.
func TestDoubtOfACrashKeepsTheTaskFromOtherEngines(t *testing.T) {
	paused := failing(engine.Overloaded)
	paused.WaitCause = engine.BreakerOpen
	h := newHarness(t)
	first, other := h.engine(t), h.engine(t)
	h.registry(blindEngine{first}, other)
	id := h.submit(t, "a cat").ID
	h.crashAt(t, id, 2) // the write of the handle
	first.errs = always(paused)[:3]
	if got := h.run(t, id); got.State != task.Succeeded || got.Engine != "a" || other.calls != 0 {
		t.Errorf("ended %s at %s; the other engine got %d submits: %+v", got.State, got.Engine, other.calls, got.Attempts)
	}
}
