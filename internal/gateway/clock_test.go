package gateway_test

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const day = 24 * time.Hour

// A clock that is set back by a day stops no task, whatever it waits for, and a restart does not either.
func TestClockThatIsSetBackStopsNoTask(t *testing.T) {
	for name, c := range map[string]struct {
		prompt string
		engine func(h *harness) engine.Engine
		state  task.State
	}{
		"a running job":          {"a cat", func(h *harness) engine.Engine { return h.fake }, task.Running},
		"waiting for capacity":   {"refuse:overloaded times:2", func(h *harness) engine.Engine { return h.fake }, task.Throttled},
		"waiting after an error": {"refuse:unreachable times:2", func(h *harness) engine.Engine { return h.fake }, task.Queued},
		"submitted, unconfirmed": {"a cat", func(h *harness) engine.Engine { return &failingFinder{&lossyEngine{Engine: h.fake, lost: 1}, 2} }, task.Queued},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				h := newHarness(t)
				h.fake.Takes = 10 * time.Second
				h.use(c.engine(h))
				if err := h.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				id := h.submit(t, c.prompt).ID
				h.step(t, id)
				if c.state == task.Running {
					h.pass(time.Second)
					h.step(t, id)
				}
				if got := h.read(t, id); got.State != c.state {
					t.Fatalf("the task is %s", got.State)
				}
				h.pass(-day)
				if restarts {
					h.Gateway = h.config.build()
				}
				h.wakes = nil
				if err := h.Sweep(t.Context()); err != nil { // the task's job waits for tomorrow
					t.Fatal(err)
				}
				if len(h.wakes) != 1 || h.wakes[0].Task != id || !h.wakes[0].At.IsZero() {
					t.Errorf("the sweep scheduled %+v", h.wakes)
				}
				if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 1 {
					t.Errorf("the next sweep scheduled %d more, %v", len(h.wakes)-1, err)
				}
				back := h.now()
				h.fake.Takes = -2 * day // the vendor's clock was not set back: its jobs are done
				got := h.run(t, id)
				if got.State != task.Succeeded || h.fake.Submits(id) != 1 {
					t.Errorf("ended %s after %d submits: %+v", got.State, h.fake.Submits(id), got.Failure)
				}
				if took := h.now().Sub(back); took > 30*time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// A step between the jump and the sweep goes on by itself.
func TestStepAfterTheClockWasSetBackDoesNotWaitForTheOldTime(t *testing.T) {
	h := newHarness(t)
	h.registry(h.fake)
	h.config.Registry.Engines[0].Deadline = time.Hour
	h.Gateway = h.config.build()
	id := h.submit(t, "refuse:overloaded times:1").ID
	h.step(t, id)
	h.pass(-day)
	h.step(t, id)
	got := h.read(t, id)
	if got.State != task.Pending || h.fake.Submits(id) != 1 {
		t.Errorf("the task is %s after %d submits", got.State, h.fake.Submits(id))
	}
	if left := got.Deadline.Sub(h.now()); left > time.Hour || left < 59*time.Minute {
		t.Errorf("%v are left until its deadline, of an hour", left)
	}
}

func TestCancelGoesOnAfterTheClockWasSetBack(t *testing.T) {
	h := newHarness(t)
	e := &stubbornEngine{Engine: h.fake, fails: 2, class: engine.Unreachable}
	h.use(e)
	id := h.running(t)
	h.cancel(t, id)
	h.step(t, id)
	h.pass(-day)
	h.wakes = nil
	if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 1 {
		t.Errorf("the sweep scheduled %d jobs, %v", len(h.wakes), err)
	}
	back := h.now()
	if got := h.run(t, id); got.Cancelling || len(h.fake.Live()) != 0 || h.now().Sub(back) > time.Hour {
		t.Errorf("cancelling %v, live jobs %v, after %v", got.Cancelling, h.fake.Live(), h.now().Sub(back))
	}
}

// A clock that is set forward lets every job come at once, and once only.
func TestClockThatIsSetForwardReschedulesOnce(t *testing.T) {
	h := newHarness(t)
	h.fake.Takes = 3 * day
	id := h.submit(t, "a cat").ID
	h.step(t, id)
	h.pass(day)
	h.wakes = nil
	for range 5 {
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.wakes) != 1 {
		t.Errorf("the sweeps scheduled %d jobs", len(h.wakes))
	}
	if next := h.step(t, id); next.After < time.Second || next.After > 2*time.Minute {
		t.Errorf("the next step comes after %v", next.After)
	}
}

// watched returns a harness whose process knows how much time has passed, and whose engine has a deadline of an hour.
func watched(t *testing.T, log io.Writer) *harness {
	t.Helper()
	h := newHarness(t)
	h.config.Passed, h.config.Log = h.sincePassed, slog.New(slog.NewTextHandler(log, nil))
	h.registry(h.fake)
	h.config.Registry.Engines[0].Deadline = time.Hour
	h.Gateway = h.config.build()
	return h
}

// A clock that is set forward, while the server runs or not, fails no task by its deadline: it has as much time as before.
func TestClockThatIsSetForwardFailsNoTask(t *testing.T) {
	for name, first := range map[string]func(t *testing.T, h *harness, id string){
		"the next step comes first": func(t *testing.T, h *harness, id string) { t.Helper(); h.step(t, id) },
		"the sweep comes first":     func(t *testing.T, h *harness, _ string) { t.Helper(); sweep(t, h) },
		"no server ran meanwhile": func(t *testing.T, h *harness, _ string) {
			t.Helper()
			h.config.SetForward = day
			h.Gateway = h.config.build()
			sweep(t, h)
			if h.MayDelete(t.Context()) {
				t.Error("what is old may be deleted")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := watched(t, &log)
			h.fake.Takes = 45 * time.Minute
			id := h.submit(t, "a cat").ID
			h.step(t, id)
			sweep(t, h)
			h.pass(30 * time.Minute)
			h.step(t, id)
			h.setClock(day)
			h.fake.Takes += day // the vendor's clock is another one
			first(t, h, id)
			if left := h.read(t, id).Deadline.Sub(h.now()); left != 30*time.Minute {
				t.Errorf("%v are left until the deadline", left)
			}
			if got := h.run(t, id); got.State != task.Succeeded {
				t.Errorf("ended %s: %+v", got.State, got.Failure)
			}
			if n := strings.Count(log.String(), "the clock was set forward"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, log.String())
			}
		})
	}
}

func TestDeadlineThatPassesAfterAJumpOfTheClockHolds(t *testing.T) {
	h := watched(t, io.Discard)
	h.fake.Takes = 10 * day
	id := h.submit(t, "a cat").ID
	h.step(t, id)
	h.setClock(day)
	h.step(t, id)
	h.pass(time.Hour + time.Second)
	if got := h.run(t, id); got.State != task.Failed || got.Failure.Reason != task.Overdue {
		t.Errorf("ended %s: %+v", got.State, got.Failure)
	}
}

func TestClockThatIsSetRightAfterAJumpLeavesDeadlinesAsTheyWere(t *testing.T) {
	h := watched(t, io.Discard)
	h.fake.Takes = 10 * day
	seen, unseen := h.submit(t, "a cat").ID, h.submit(t, "a dog").ID
	was := h.read(t, seen).Deadline
	h.setClock(day)
	h.step(t, seen)
	h.setClock(-day)
	for _, id := range []string{seen, unseen} {
		h.step(t, id)
		if off := h.read(t, id).Deadline.Sub(was); off < 0 || off > clockError {
			t.Errorf("the deadline is off by %v", off)
		}
	}
}

// clockError is how far a deadline may be off after the clock was set forward and back.
const clockError = 2 * time.Minute

// A file in the making is not taken for an old one.
func TestNothingIsDeletedByAgeForAnHourAfterAJumpOfTheClock(t *testing.T) {
	h := watched(t, io.Discard)
	sweep(t, h)
	part := filepath.Join(h.config.Temp, "part")
	if err := os.WriteFile(part, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	now := h.now()
	if err := os.Chtimes(part, now, now); err != nil {
		t.Fatal(err)
	}
	h.setClock(day)
	for range 2 {
		cleanTemp(t, h)
		if _, err := os.Stat(part); err != nil || !h.ClockJumped() {
			t.Errorf("jumped %v, %v", h.ClockJumped(), err)
		}
		h.pass(29 * time.Minute)
	}
	h.pass(3 * time.Minute)
	cleanTemp(t, h)
	if _, err := os.Stat(part); err == nil || h.ClockJumped() {
		t.Errorf("after an hour: jumped %v, %v", h.ClockJumped(), err)
	}
}

// cleanTemp cleans the temp folder once, which must succeed.
func cleanTemp(t *testing.T, h *harness) {
	t.Helper()
	if err := h.CleanTemp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// sweep sweeps once, which must succeed.
func sweep(t *testing.T, h *harness) {
	t.Helper()
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}
