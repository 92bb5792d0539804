package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// useLimited restarts the gateway with an engine that takes n jobs at once, and forgets a job that is not polled for a minute.
func (h *harness) useLimited(t *testing.T, n int) {
	t.Helper()
	limited, err := engine.Wrap(engine.Policy{Now: h.now, InFlightTTL: time.Minute}, engine.Key{Engine: h.engine(t), InFlight: n})
	if err != nil {
		t.Fatal(err)
	}
	h.registry(limited)
}

// beginFor submits an account's task and does its first step.
func (h *harness) beginFor(t *testing.T, account int64, r task.Request) string {
	t.Helper()
	made, err := h.Submit(t.Context(), apikey.Key{Account: account}, r)
	if err == nil {
		_, err = h.Advance(t.Context(), made.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.pass(time.Millisecond) // so that they are ordered
	return made.ID
}

// states returns the states of tasks, whose owners do not matter.
func (h *harness) states(t *testing.T, ids ...string) (out string) {
	t.Helper()
	for _, id := range ids {
		tk, err := h.store.Task(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		out += string(tk.State) + " "
	}
	return out
}

func (h *harness) advanceAll(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := h.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAccountWithManyTasksDoesNotStarveAnotherAtAnEngine(t *testing.T) {
	h := newHarness(t)
	h.useLimited(t, 1)
	var many []string
	for i := range 20 {
		many = append(many, h.beginFor(t, 7, request(fmt.Sprint("a cat ", i))))
	}
	one := h.beginFor(t, 8, request("a dog"))
	if got, want := h.states(t, many[0], many[1], one), "PENDING THROTTLED THROTTLED "; got != want {
		t.Fatalf("states %s, want %s", got, want)
	}
	h.wakes = nil
	h.run(t, many[0])
	if len(h.wakes) == 0 || h.wakes[0].Task != one {
		t.Fatalf("woke %+v, want the other account's task", h.wakes)
	}
	h.pass(50 * time.Second)
	h.advanceAll(t, many[2:]...) // by their own timers, before the woken one
	h.advanceAll(t, h.beginFor(t, 7, request("a late cat")))
	h.advanceAll(t, one)
	if got, want := h.states(t, one, many[2], many[19]), "PENDING THROTTLED THROTTLED "; got != want {
		t.Errorf("states %s, want %s", got, want)
	}
}

func TestExploreModeYieldsToEveryoneAtAnEngine(t *testing.T) {
	h := newHarness(t)
	h.useLimited(t, 1)
	first := h.beginFor(t, 7, request("a cat"))
	low := request("a lake")
	low.LowPriority = true
	explores := h.beginFor(t, 8, low)
	later := h.beginFor(t, 7, request("a dog"))
	h.wakes = nil
	h.run(t, first)
	if len(h.wakes) == 0 || h.wakes[0].Task != later {
		t.Fatalf("woke %+v, want the task that does not explore", h.wakes)
	}
	h.wakes = nil
	h.run(t, later)
	if len(h.wakes) == 0 || h.wakes[0].Task != explores || !h.wakes[0].Low {
		t.Fatalf("woke %+v, want the one that explores, with low priority", h.wakes)
	}
}

// Jobs may end unseen. The next task finds the capacity by its own timer, and wakes the others one after another.
func TestCapacityThatIsFoundIsPassedOn(t *testing.T) {
	h := newHarness(t)
	h.useLimited(t, 3)
	var ids []string
	for i := range 8 {
		ids = append(ids, h.beginFor(t, 7, request(fmt.Sprint("a cat ", i, " slow:1h"))))
	}
	h.pass(2 * time.Minute)
	h.wakes = nil
	for i := 3; i < 7; i++ {
		h.advanceAll(t, ids[i])
		if i < 6 && (len(h.wakes) != i-2 || h.wakes[i-3].Task != ids[i+1]) {
			t.Fatalf("after task %d: woke %+v, want one after another", i, h.wakes)
		}
	}
	if got, want := h.states(t, ids[3:]...), "PENDING PENDING PENDING THROTTLED THROTTLED "; got != want || len(h.wakes) != 3 {
		t.Errorf("states %s, want %s; %d wakes", got, want, len(h.wakes))
	}
}

// An engine without patience passes on the tasks whose turn it is not, as it does those above its limit.
func TestTaskWhoseTurnItIsNotFailsOverAsOthersDo(t *testing.T) {
	h := newHarness(t)
	limited, err := engine.Wrap(engine.Policy{Now: h.now}, engine.Key{Engine: h.engine(t), InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.registry(limited, h.engine(t))
	first := h.beginFor(t, 7, request("a cat slow:1h"))
	waits := h.beginFor(t, 7, request("a dog slow:1h"))
	h.config.Registry.Engines[0].Patience = time.Nanosecond
	if err := h.Use(t.Context(), h.config.Registry); err != nil {
		t.Fatal(err)
	}
	late := h.beginFor(t, 7, request("a cow slow:1h")) // the second waits before it, and it may wait for no time
	h.pass(time.Second)
	h.advanceAll(t, late, late)
	if got, want := h.states(t, first, waits, late), "PENDING THROTTLED PENDING "; got != want {
		t.Errorf("states %s, want %s", got, want)
	}
	if tk, err := h.store.Task(t.Context(), late); err != nil || tk.Engine != "b" {
		t.Errorf("it is made by %q, %v", tk.Engine, err)
	}
}
