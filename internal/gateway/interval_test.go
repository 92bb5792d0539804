package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/task"
)

// pacedEngine is a fake that asks for an interval in each answer.
type pacedEngine struct {
	engine.Engine
	wish time.Duration
}

func (e pacedEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	st, err := e.Engine.Poll(ctx, handle)
	st.Next = e.wish
	return st, err
}

func TestPollIntervalHasJitterAndGrowsWithAge(t *testing.T) {
	for _, c := range []struct {
		name string
		wish time.Duration // the interval that an answer asks for; the fake's own is a second
		age  time.Duration
		want time.Duration // at least; at most a tenth more
	}{
		{"a new job, the engine's interval", 0, time.Second, time.Second},
		{"a new job, an answer's interval", 7 * time.Second, time.Second, 7 * time.Second},
		{"a job of two minutes", 0, 2 * time.Minute, 6 * time.Second},
		{"a job of two minutes, a longer answer", 15 * time.Second, 2 * time.Minute, 15 * time.Second},
		{"a job of hours", 0, 5 * time.Hour, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.use(pacedEngine{h.fake, c.wish})
			made := h.submit(t, "a cat slow:100h")
			if _, err := h.Advance(t.Context(), made.ID); err != nil {
				t.Fatal(err)
			}
			h.pass(c.age)
			seen := map[time.Duration]bool{}
			for range 20 {
				next, err := h.Advance(t.Context(), made.ID)
				if err != nil || next.Done {
					t.Fatalf("%+v, %v", next, err)
				}
				if next.After < c.want || next.After > c.want*11/10 {
					t.Errorf("polls again after %v, want %v and up to a tenth more", next.After, c.want)
				}
				seen[next.After] = true
			}
			if len(seen) < 10 {
				t.Errorf("20 intervals have only %d lengths", len(seen))
			}
		})
	}
}

func TestLocalEngineSetsItsPollInterval(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	made := h.submit(t, "a cat slow:100h")
	h.step(t, made.ID)
	h.pass(time.Hour)
	if next := h.step(t, made.ID); next.After != time.Second {
		t.Errorf("polls again after %v", next.After)
	}
}

func TestPollWithoutChangeWritesNothing(t *testing.T) {
	h := newHarness(t)
	made := h.submit(t, "a cat slow:100h")
	h.step(t, made.ID)
	h.pass(time.Hour)
	h.step(t, made.ID)
	before := h.read(t, made.ID).Version
	for range 5 {
		h.pass(5 * time.Second)
		h.step(t, made.ID)
	}
	if now := h.read(t, made.ID).Version; now != before {
		t.Errorf("%d writes", now-before)
	}
}

func TestProgressWritesAreLimited(t *testing.T) {
	h := newHarness(t)
	const tasks = 150
	var ids []string
	for range tasks {
		id := h.submit(t, "a cat slow:200s").ID
		h.step(t, id)
		ids = append(ids, id)
	}
	h.pass(10 * time.Second)
	for _, id := range ids {
		h.step(t, id) // RUNNING is always written
	}
	h.pass(20 * time.Second)
	written := 0
	for _, id := range ids {
		before := h.read(t, id).Version
		h.step(t, id)
		if h.read(t, id).Version > before {
			written++
		}
	}
	if written == 0 || written >= tasks {
		t.Errorf("of %d tasks with progress %d were written, want some", tasks, written)
	}
}

// step takes one step of the task.
func (h *harness) step(t *testing.T, id string) gateway.Next {
	t.Helper()
	n, err := h.Advance(t.Context(), id)
	if err != nil {
		t.Fatalf("step: %v", err)
	}
	return n
}
