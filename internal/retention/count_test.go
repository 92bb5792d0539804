package retention_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/retention"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// What Count says is what sweeps delete.
func TestCountIsWhatSweepsDelete(t *testing.T) {
	for name, c := range map[string]struct {
		periods retention.Periods
		want    retention.Expired
		left    [3]int // files, events, tasks
	}{
		"all for ever": {retention.Periods{}, retention.Expired{}, [3]int{2, 8, 8}},
		"files": {retention.Periods{Files: 10 * day}, retention.Expired{
			Files: retention.Files{Artifacts: 1, Files: 1, Bytes: 5}}, [3]int{1, 8, 8}},
		"tasks": {retention.Periods{Tasks: 10 * day}, retention.Expired{
			Tasks: 3, OfThem: retention.Files{Artifacts: 1, Files: 1, Bytes: 5}}, [3]int{1, 5, 5}},
		"files and tasks": {retention.Periods{Files: 3 * day, Tasks: 10 * day}, retention.Expired{
			Files: retention.Files{Artifacts: 2, Files: 2, Bytes: 10}, Tasks: 3}, [3]int{0, 5, 5}},
		"events": {retention.Periods{Events: 10 * day}, retention.Expired{Old: store.Old{Events: 3, Deliveries: 1}}, [3]int{2, 5, 8}},
		"keys":   {retention.Periods{Keys: 10 * day}, retention.Expired{Old: store.Old{Idempotency: 1}}, [3]int{2, 8, 8}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, c.periods)
			for n, state := range task.States() {
				h.made(t, n, state)
			}
			h.key(t, "old", 0)
			h.told(t, 6)
			h.time = h.time.Add(15 * day)
			h.made(t, 7, task.Succeeded)
			h.key(t, "young", 7)
			h.told(t, 7)
			h.time = h.time.Add(5 * day)
			c.want.Periods = c.periods
			got, err := retention.Count(t.Context(), h.store, c.periods, h.time)
			if err != nil || got != c.want {
				t.Errorf("counted %+v (%v), want %+v", got, err, c.want)
			}
			h.check(t, 8, 2, 8, 8)
			h.sweep(t)
			h.check(t, 8, c.left[0], c.left[1], c.left[2])
			after, err := retention.Count(t.Context(), h.store, c.periods, h.time)
			if err != nil || after != (retention.Expired{Periods: c.periods}) {
				t.Errorf("afterwards %+v are left to delete (%v)", after, err)
			}
		})
	}
}

// told notes that a webhook was told of a task now.
func (h *harness) told(t *testing.T, n int) {
	t.Helper()
	tk, err := h.store.Task(t.Context(), id(n))
	if err == nil {
		_, err = h.store.Apply(t.Context(), task.Change{Task: tk, Deliveries: []task.Delivery{{ID: id(n), Webhook: "hook", Created: h.time}}})
	}
	var claimed []task.Delivery
	if err == nil {
		claimed, err = h.store.ClaimDeliveries(t.Context(), "hook", h.time, h.time, 1)
	}
	if err == nil {
		claimed[0].State = task.Delivered
		err = h.store.RecordDelivery(t.Context(), claimed[0], h.time)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// key notes that an idempotency key was used now for a task.
func (h *harness) key(t *testing.T, key string, n int) {
	t.Helper()
	tk, err := h.store.Task(t.Context(), id(n))
	if err == nil {
		_, err = h.store.Apply(t.Context(), task.Change{Task: tk,
			Idempotency: &task.IdempotencyRecord{Account: 1, Key: key, Task: id(n), Created: h.time, Life: 1000 * time.Hour}})
	}
	if err != nil {
		t.Fatal(err)
	}
}
