package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// refusals are the ways in which an engine refuses a submit before it calls the vendor.
var refusals = map[string]struct {
	writes []int                                                              // at which a task is killed, before the vendor is called all the same
	begin  func(t *testing.T, h *harness, vendor *failingEngine) (end func()) // has the engine refuse
}{
	"the limit on jobs in flight": {[]int{1, 2, 3, 4}, func(t *testing.T, h *harness, _ *failingEngine) func() {
		t.Helper()
		other := h.beginFor(t, h.who.Account, request("slow:1h"))
		return func() {
			if _, err := h.Cancel(t.Context(), h.who, other); err != nil {
				t.Fatal(err)
			}
			h.run(t, other)
		}
	}},
	"the breaker": {[]int{2}, func(t *testing.T, h *harness, vendor *failingEngine) func() {
		t.Helper()
		vendor.errs = always(failing(engine.Unreachable))[:2]
		for range 2 {
			h.beginFor(t, h.who.Account, request("a dog"))
		}
		return func() { h.pass(time.Hour) }
	}},
}

// useBlind restarts the gateway with an engine that can't be asked for a job, and is not safe to submit to twice.
func (h *harness) useBlind(t *testing.T) *failingEngine {
	t.Helper()
	vendor := h.engine(t)
	vendor.Caps.ExternalID = false
	wrapped, err := engine.Wrap(engine.Policy{Now: h.now, Tries: 1, FailureThreshold: 2, OpenTimeout: time.Hour},
		engine.Key{Engine: blindEngine{vendor}, InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.use(wrapped)
	return vendor
}

// A task whose engine refuses it by itself was not submitted, so a kill at any write leaves no doubt about it.
func TestKillWhileTheEngineRefusesLeavesNothingUnconfirmed(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			vendor := h.useBlind(t)
			end := refusal.begin(t, h, vendor)
			calls := vendor.calls
			var ids []string
			for _, at := range refusal.writes {
				id := h.submit(t, "a cat").ID
				h.crashAt(t, id, at)
				ids = append(ids, id)
			}
			if vendor.calls != calls {
				t.Fatal("the vendor was called: the test proves nothing")
			}
			end()
			for i, id := range ids {
				if got := h.run(t, id); got.State != task.Succeeded || vendor.Submits(id) != 1 || len(got.Attempts) != 1 {
					t.Errorf("killed at write %d: ended %s after %d submits: %+v", refusal.writes[i], got.State, vendor.Submits(id), got.Failure)
				}
			}
		})
	}
}

// A refusal of the vendor is recorded by the change that clears the marker.
func TestRefusalAndTheEndOfItsMarkerAreOneChange(t *testing.T) {
	for _, class := range []engine.Class{engine.Overloaded, engine.Unreachable} {
		t.Run(string(class), func(t *testing.T) {
			h := newHarness(t)
			vendor := h.useBlind(t)
			vendor.errs = []error{pointer(failing(class))}
			id := h.submit(t, "a cat").ID
			h.crashAt(t, id, 3) // after the marker and the refusal
			if got := h.run(t, id); got.State != task.Succeeded || vendor.Submits(id) != 1 {
				t.Errorf("ended %s after %d submits: %+v", got.State, vendor.Submits(id), got.Failure)
			}
		})
	}
}

// The vendor is called only after the marker is committed, and not at all if that fails.
func TestVendorIsNotCalledWithoutAMarker(t *testing.T) {
	for name, away := range map[string]int{"the database is away": 1, "the process is killed": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			vendor := h.useBlind(t)
			id := h.submit(t, "a cat").ID
			ctx, kill := context.WithCancel(t.Context())
			defer kill()
			if h.store.failAt = 1; away == 0 {
				h.store.crash = kill
			}
			if _, err := h.Advance(ctx, id); err == nil || vendor.calls != 0 {
				t.Errorf("%d calls, %v", vendor.calls, err)
			}
			h.store.crash = nil
			if got := h.run(t, id); got.State != task.Succeeded || vendor.Submits(id) != 1 {
				t.Errorf("ended %s after %d submits: %+v", got.State, vendor.Submits(id), got.Failure)
			}
		})
	}
}

// orderedStore is the real store, and records whether the changes of submits come first.
type orderedStore struct {
	store.Store
	seen []string
}

func (s *orderedStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	s.seen = append(s.seen, fmt.Sprintf("submitting %t, first %t", c.Task.Submitting, c.First))
	return s.Store.Apply(ctx, c)
}

// The job's handle, or the refusal, is committed before other changes: until then a crash leaves doubt.
func TestOutcomeOfASubmitIsCommittedFirst(t *testing.T) {
	for _, prompt := range []string{"a cat", "refuse:overloaded times:1", "refuse:refused"} {
		t.Run(prompt, func(t *testing.T) {
			h := newHarness(t)
			rows := &orderedStore{Store: h.config.Store}
			h.config.Store = rows
			h.use(h.fake)
			h.step(t, h.submit(t, prompt).ID)
			if want := []string{"submitting false, first false", "submitting true, first false", "submitting false, first true"}; !slices.Equal(rows.seen, want) {
				t.Errorf("the changes are %q, want %q", rows.seen, want)
			}
		})
	}
}

// gatedEngine is an engine that takes a submit only when the test answers it.
type gatedEngine struct {
	engine.Engine
	asked, answer chan struct{}
}

func (e *gatedEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	e.asked <- struct{}{}
	<-e.answer
	return e.Engine.Submit(ctx, j)
}

// Of a crowd of tasks at an engine that can't be asked for a job, a kill leaves few that may have been submitted.
func TestSubmitsInDoubtAreBounded(t *testing.T) {
	const most, crowd = 16, 24
	h := newHarness(t)
	h.fake.Caps.ExternalID = false
	gate := &gatedEngine{blindEngine{h.fake}, make(chan struct{}, crowd), make(chan struct{})}
	h.use(gate)
	ids := make([]string, crowd)
	for i := range ids {
		ids[i] = h.submit(t, "a cat").ID
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			if _, err := h.Advance(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	for range most {
		<-gate.asked
	}
	for range 10 { // time for another one to begin
		marked := 0
		for _, id := range ids {
			if h.read(t, id).Submitting {
				marked++
			}
		}
		if marked != most {
			t.Fatalf("%d may have been submitted, want %d at most", marked, most)
		}
	}
	for range crowd {
		gate.answer <- struct{}{}
	}
	all.Wait()
	for _, id := range ids {
		if got := h.read(t, id); got.Handle == "" || got.Submitting {
			t.Errorf("a task that has waited is %+v", got)
		}
	}
}
