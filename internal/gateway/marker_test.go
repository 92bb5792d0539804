package gateway_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// refusals are the ways in which an engine refuses a submit before it calls the vendor. Each returns what ends it.
var refusals = map[string]func(t *testing.T, h *harness, vendor *failingEngine) (end func()){
	"the limit on jobs in flight": func(t *testing.T, h *harness, _ *failingEngine) func() {
		t.Helper()
		other := h.beginFor(t, h.who.Account, request("slow:1h"))
		return func() {
			if _, err := h.Cancel(t.Context(), h.who, other); err != nil {
				t.Fatal(err)
			}
			h.run(t, other)
		}
	},
	"the breaker": func(t *testing.T, h *harness, vendor *failingEngine) func() {
		t.Helper()
		away := failing(engine.Unreachable)
		vendor.errs = always(away)[:2]
		for range 2 {
			h.beginFor(t, h.who.Account, request("a dog"))
		}
		return func() { h.pass(time.Hour) }
	},
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
	for name, refuse := range refusals {
		for at := 1; at <= 4; at++ {
			t.Run(fmt.Sprintf("%s, at write %d", name, at), func(t *testing.T) {
				h := newHarness(t)
				vendor := h.useBlind(t)
				end := refuse(t, h, vendor)
				calls := vendor.calls
				id := h.submit(t, "a cat").ID
				h.crashAt(t, id, at)
				if vendor.calls != calls {
					t.Fatal("the vendor was called: the test proves nothing")
				}
				end()
				if got := h.run(t, id); got.State != task.Succeeded || vendor.Submits(id) != 1 || len(got.Attempts) != 1 {
					t.Errorf("ended %s after %d submits: %+v", got.State, vendor.Submits(id), got.Failure)
				}
			})
		}
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
