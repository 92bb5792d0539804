package gateway_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestSweepReschedulesLostJobs(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "slow:1h").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	h.wakes = nil
	for _, c := range []struct {
		name  string
		pass  time.Duration
		wakes int
	}{
		{"a task that was just written", time.Minute, 0},
		{"not written for minutes", 5 * time.Minute, 1},
		{"already rescheduled", time.Second, 1},
	} {
		h.pass(c.pass)
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(h.wakes) != c.wakes {
			t.Errorf("%s: %d wakes, want %d", c.name, len(h.wakes), c.wakes)
		}
	}
	if w := h.wakes[0]; w.Task != id || w.Lane != task.Remote {
		t.Errorf("woke %+v", w)
	}
}

func TestSweepIgnoresPolledTasks(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "slow:1h").ID
	for range 60 { // steps for more than ten minutes
		if _, err := h.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		h.pass(15 * time.Second)
	}
	h.wakes = nil
	if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 0 {
		t.Errorf("woke %+v, %v", h.wakes, err)
	}
}

func TestSweepIgnoresEndedTasks(t *testing.T) {
	h := newHarness(t)
	h.run(t, h.submit(t, "a cat").ID)
	h.wakes = nil
	h.pass(24 * time.Hour)
	if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 0 {
		t.Errorf("woke %+v, %v", h.wakes, err)
	}
}

func TestTempFolderIsCleaned(t *testing.T) {
	h := newHarness(t)
	old, fresh := filepath.Join(h.config.Temp, "old.mp4"), filepath.Join(h.config.Temp, "fresh.mp4")
	for path, age := range map[string]time.Duration{old: 7 * time.Hour, fresh: time.Hour} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, h.now().Add(-age), h.now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.CleanTemp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file still exists: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the new file is gone: %v", err)
	}
}

func TestSweepKeepsScheduledLocalTasks(t *testing.T) {
	for _, c := range []struct {
		name      string
		scheduled bool
		wakes     int
	}{{"its job is scheduled", true, 0}, {"its job is lost", false, 1}} {
		h := newHarness(t)
		h.fake.Caps.Lane = task.Local
		h.config.Scheduled = func(context.Context, string) (bool, error) { return c.scheduled, nil }
		h.use(h.fake)
		id := h.submit(t, "a cat").ID
		h.wakes = nil
		h.pass(4 * time.Minute)
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(h.wakes) != c.wakes || c.wakes == 1 && (h.wakes[0].Task != id || h.wakes[0].Lane != task.Local || h.wakes[0].Account != h.who.Account) {
			t.Errorf("%s: woke %+v", c.name, h.wakes)
		}
	}
}

func TestSweepEndsOverdueLocalTasksRemotely(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	h.config.Scheduled = func(context.Context, string) (bool, error) { return true, nil }
	h.use(h.fake)
	h.config.Registry.Engines[0].Deadline = time.Minute
	h.Gateway = h.config.build()
	id := h.submit(t, "a cat").ID
	h.wakes = nil
	h.pass(4 * time.Minute)
	if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 1 || h.wakes[0].Lane != task.Remote {
		t.Fatalf("woke %+v, %v", h.wakes, err)
	}
	if got := h.run(t, id); got.Failure == nil || got.Failure.Reason != task.Overdue {
		t.Errorf("ended %s, %+v", got.State, got.Failure)
	}
}

func TestSweepReturnsErrorsOfTheQueue(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	h.config.Scheduled = func(context.Context, string) (bool, error) { return false, errFault }
	h.use(h.fake)
	h.submit(t, "a cat")
	h.pass(4 * time.Minute)
	if err := h.Sweep(t.Context()); !errors.Is(err, errFault) {
		t.Errorf("%v", err)
	}
}

func TestSweepContinuesAfterAPanic(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	h.use(h.fake)
	first, second := h.submit(t, "a cat").ID, h.submit(t, "a dog").ID
	h.config.Scheduled = func(_ context.Context, id string) (bool, error) {
		if id == first {
			panic("as the test asked")
		}
		return false, nil
	}
	h.use(h.fake)
	h.wakes = nil
	h.pass(4 * time.Minute)
	if err := h.Sweep(t.Context()); err != nil || len(h.wakes) != 1 || h.wakes[0].Task != second {
		t.Errorf("woke %+v, %v; want only %s", h.wakes, err, second)
	}
}
