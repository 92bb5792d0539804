package gateway_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// registryOf returns a registry of one engine, for every model.
func registryOf(name string, e engine.Engine) registry.Registry {
	return registry.Registry{Engines: []registry.ConfiguredEngine{{Name: name, Engine: e}}}
}

// only restarts the gateway with that one engine.
func (h *harness) only(name string, e engine.Engine) {
	h.config.Registry = registryOf(name, e)
	h.Gateway = h.config.build()
}

func TestWorkStaysWithItsEngine(t *testing.T) {
	for _, c := range []struct {
		name    string
		stepped bool // a step of the task ran since the start
		next    func(old, other engine.Engine) registry.Registry
	}{
		{"its engine is removed", true, func(_, other engine.Engine) registry.Registry {
			return registryOf("b", other)
		}},
		{"another engine has its name", true, func(_, other engine.Engine) registry.Registry {
			return registryOf("a", other)
		}},
		{"no step ran since the start", false, func(_, other engine.Engine) registry.Registry {
			return registryOf("a", other)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			old, other := h.engine(t), h.engine(t)
			h.only("a", old)
			id := h.submit(t, "slow:20s").ID
			waiting := h.submit(t, "a dog").ID
			if _, err := h.Advance(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if !c.stepped {
				h.Gateway = h.config.build()
			}
			for range 2 { // the first engine keeps the work the second time, too
				if err := h.Use(t.Context(), c.next(old, other)); err != nil {
					t.Fatal(err)
				}
			}
			if got := h.run(t, id); got.State != task.Succeeded || old.Submits(id) != 1 || other.calls != 0 {
				t.Errorf("ended %s (%+v); %d submits, and %d elsewhere", got.State, got.Failure, old.Submits(id), other.calls)
			}
			if got := h.run(t, waiting); got.State != task.Succeeded || old.Submits(waiting) != 0 || other.calls != 1 {
				t.Errorf("the one without work ended %s (%+v), at %s", got.State, got.Failure, got.Engine)
			}
		})
	}
}

func TestCancelReachesTheReplacedEngine(t *testing.T) {
	h := newHarness(t)
	old := h.engine(t)
	h.only("a", old)
	id := h.submit(t, "slow:1h").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := h.Use(t.Context(), registryOf("a", h.engine(t))); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cancel(t.Context(), h.who, id); err != nil {
		t.Fatal(err)
	}
	h.run(t, id)
	if live := old.Live(); len(live) != 0 {
		t.Errorf("still at work: %v", live)
	}
}

func TestTaskWithoutEngineGoesToAnother(t *testing.T) {
	h := newHarness(t)
	b := h.engine(t)
	h.only("a", h.engine(t))
	id := h.submit(t, "a cat").ID
	h.only("b", b) // a restart, with another settings file
	got := h.run(t, id)
	if got.State != task.Succeeded || got.Engine != "b" || len(got.Attempts) != 1 {
		t.Errorf("ended %s at %s, attempts %+v", got.State, got.Engine, got.Attempts)
	}
}

func TestSameEngineGetsItsNewPolicy(t *testing.T) {
	h := newHarness(t)
	e := h.engine(t)
	h.only("a", e)
	id := h.submit(t, "a cat").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	next := registryOf("a", e)
	next.Engines[0].Prices = map[string]task.Price{"fake": {PerClip: 3, Currency: "USD"}}
	next.Engines[0].Deadline = time.Hour
	if err := h.Use(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if got := h.run(t, id); got.Attempts[0].Cost != 3 || !got.Deadline.IsZero() {
		t.Errorf("cost %v, deadline %v: the price changes, the deadline of a task does not", got.Attempts[0].Cost, got.Deadline)
	}
	if made := h.submit(t, "a dog"); made.Deadline.IsZero() {
		t.Error("a new task has no deadline")
	}
}

func TestReplacingAnEngineWakesWaitingTasks(t *testing.T) {
	h := newHarness(t)
	limited, err := engine.Wrap(engine.Policy{Now: h.now}, engine.Key{Engine: h.engine(t), InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.config.Registry = registryOf("a", limited)
	h.config.Registry.Engines[0].Patience = time.Hour
	h.Gateway = h.config.build()
	ids := []string{h.submit(t, "slow:1h").ID, h.submit(t, "two").ID, h.submit(t, "three").ID}
	for _, id := range ids {
		if _, err := h.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	h.wakes = nil
	if err := h.Use(t.Context(), registryOf("a", h.engine(t))); err != nil {
		t.Fatal(err)
	}
	if len(h.wakes) != 2 {
		t.Errorf("woke %+v, want both that wait", h.wakes)
	}
	for _, id := range ids[1:] {
		if got := h.run(t, id); got.State != task.Succeeded {
			t.Errorf("ended %s", got.State)
		}
	}
}

func TestLimitCountsJobsOfTheReplacedEngine(t *testing.T) {
	h := newHarness(t)
	var inFlightKey engine.InFlight
	inner := h.engine(t)
	limited := func() registry.Registry {
		e, err := engine.Wrap(engine.Policy{Now: h.now}, engine.Key{Engine: inner, InFlight: 1, Counter: &inFlightKey})
		if err != nil {
			t.Fatal(err)
		}
		r := registryOf("a", e)
		r.Engines[0].Patience = time.Hour
		return r
	}
	h.config.Registry = limited()
	h.Gateway = h.config.build()
	first, second := h.submit(t, "slow:20s").ID, h.submit(t, "two").ID
	if _, err := h.Advance(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := h.Use(t.Context(), limited()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Advance(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if got := h.read(t, second); got.State != task.Throttled || inner.Submits(second) != 0 {
		t.Errorf("it is %s and was submitted %d times, though the limit is reached", got.State, inner.Submits(second))
	}
	h.wakes = nil
	if got := h.run(t, first); got.State != task.Succeeded {
		t.Fatalf("ended %s", got.State)
	}
	if len(h.wakes) == 0 {
		t.Error("what waited was not woken when the old job ended")
	}
	if got := h.run(t, second); got.State != task.Succeeded {
		t.Errorf("ended %s", got.State)
	}
}

func TestFailedUseChangesNothing(t *testing.T) {
	h := newHarness(t)
	h.only("a", h.engine(t))
	h.store.noList = errFault
	err := h.Use(t.Context(), registryOf("b", h.engine(t)))
	if !errors.Is(err, errFault) {
		t.Fatalf("%v", err)
	}
	h.store.noList = nil
	if got := h.submit(t, "a cat").Engine; got != "a" {
		t.Errorf("goes to %s", got)
	}
}

// failingPoller is an engine whose next polls fail.
type failingPoller struct {
	*failingEngine
	class engine.Class
	left  int
}

func (p *failingPoller) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if p.left--; p.left >= 0 {
		return engine.Status{}, &engine.Error{Class: p.class, Reason: task.VendorRefused, Detail: "as the test asked"}
	}
	return p.failingEngine.Poll(ctx, handle)
}

func TestPaidJobSurvivesFailingPolls(t *testing.T) {
	for _, c := range []struct {
		class engine.Class
		polls int
		state task.State
	}{
		{engine.Overloaded, 200, task.Succeeded}, {engine.AuthError, 10, task.Succeeded}, {engine.AuthError, 200, task.Failed},
	} {
		h := newHarness(t)
		h.only("a", &failingPoller{failingEngine: h.engine(t), class: c.class, left: c.polls})
		if got := h.run(t, h.submit(t, "a cat").ID); got.State != c.state {
			t.Errorf("%s, %d times: ended %s, %+v", c.class, c.polls, got.State, got.Failure)
		}
	}
}

func TestNewKeyPollsOldJobs(t *testing.T) {
	h := newHarness(t)
	account := h.engine(t)
	h.only("a", &failingPoller{failingEngine: account, class: engine.AuthError, left: 1000}) // the old key does not work any more
	id := h.submit(t, "a cat").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := h.Use(t.Context(), registryOf("a", &failingPoller{failingEngine: account})); err != nil {
		t.Fatal(err)
	}
	if got := h.run(t, id); got.State != task.Succeeded || account.Submits(id) != 1 {
		t.Errorf("ended %s (%+v) after %d submits", got.State, got.Failure, account.Submits(id))
	}
}

func TestUseDuringSteps(t *testing.T) {
	h := newHarness(t)
	h.only("a", h.engine(t))
	ids := []string{h.submit(t, "one").ID, h.submit(t, "two").ID, h.submit(t, "three").ID}
	for range 6 {
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				if _, err := h.Advance(context.WithoutCancel(t.Context()), id); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			if err := h.Use(context.WithoutCancel(t.Context()), registryOf("a", h.engine(t))); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		h.pass(time.Second)
	}
	for _, id := range ids {
		if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
			t.Errorf("ended %s (%+v), attempts %+v", got.State, got.Failure, got.Attempts)
		}
	}
}
