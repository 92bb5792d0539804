package retention_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/retention"
	"github.com/filmgate/filmgate/internal/task"
)

func TestOnlyEndedTasksAreDeletedWithAllThatTheyHave(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 90 * day})
	for n, state := range task.States() {
		h.made(t, n, state)
	}
	h.time = h.time.Add(90 * day)
	h.sweep(t)
	h.check(t, 7, 1, 7, 7) // not a moment too early
	h.time = h.time.Add(time.Second)
	h.sweep(t)
	h.check(t, 7, 0, 4, 4)
	if len(h.forgotten) != 3 {
		t.Errorf("forgotten are %v, want 3", h.forgotten)
	}
	if found, err := h.store.Artifacts(t.Context(), task.ArtifactQuery{}); err != nil || len(found) > 0 {
		t.Errorf("artifacts left: %+v, %v", found, err)
	}
}

// A task's time is counted from its end, though tasks are found by their creation.
func TestATaskThatEndedLateStays(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 90 * day})
	h.made(t, 0, task.Running)
	h.made(t, 1, task.Failed)
	h.time = h.time.Add(60 * day)
	tk, err := h.store.Task(t.Context(), id(0))
	if err != nil {
		t.Fatal(err)
	}
	tk.State, tk.Finished = task.Cancelled, h.time
	if _, err := h.store.Apply(t.Context(), task.Change{Task: tk}); err != nil {
		t.Fatal(err)
	}
	h.time = h.time.Add(31 * day)
	h.sweep(t)
	h.check(t, 2, 0, 1, 1)
	h.time = h.time.Add(60 * day)
	h.sweep(t)
	h.check(t, 2, 0, 0, 0)
}

// Its job at the engine may still run, and cost.
func TestATaskWhoseJobIsBeingCancelledStays(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 90 * day})
	h.made(t, 0, task.Cancelled)
	set := func(cancelling bool) {
		t.Helper()
		tk, err := h.store.Task(t.Context(), id(0))
		if err == nil {
			tk.Cancelling = cancelling
			_, err = h.store.Apply(t.Context(), task.Change{Task: tk})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set(true)
	h.time = h.time.Add(91 * day)
	h.sweep(t)
	h.check(t, 1, 0, 1, 1)
	set(false)
	h.sweep(t)
	h.check(t, 1, 0, 0, 0)
}

func TestMoreTasksThanAreReadAtOnce(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 2 * day, Events: day})
	for n := range 50 {
		h.made(t, n, task.Failed)
	}
	h.time = h.time.Add(3 * day)
	h.sweep(t)
	h.check(t, 50, 0, 0, 0)
}

// stuckBucket is a storage that deletes nothing of one key.
type stuckBucket struct {
	blob.Bucket
	key string
}

func (b stuckBucket) Delete(ctx context.Context, key string) error {
	if key == b.key {
		return errFault
	}
	return b.Bucket.Delete(ctx, key)
}

// A row whose files are still stored would leave them without an owner.
func TestATaskStaysUntilItsFilesAreGone(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 2 * day})
	for n := range 3 {
		h.made(t, n, task.Succeeded)
	}
	h.time = h.time.Add(3 * day)
	first, err := h.store.Task(t.Context(), id(0))
	if err != nil {
		t.Fatal(err)
	}
	stuck := h.config
	stuck.Files = asset.New(asset.Config{Store: h.store, Bucket: stuckBucket{h.bucket, first.Artifacts[0].Files[0].Key}, Now: h.now, Log: slog.New(slog.DiscardHandler)})
	if err := retention.New(stuck).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.check(t, 3, 1, 1, 1)
	h.sweep(t)
	h.check(t, 3, 0, 0, 0)
}

// changingRows has the owner change each task just before it is deleted.
type changingRows struct {
	retention.Rows
	change func()
}

func (r *changingRows) DeleteTask(ctx context.Context, t task.Task) error {
	if f := r.change; f != nil {
		r.change = nil
		f()
	}
	return r.Rows.DeleteTask(ctx, t)
}

func TestATaskThatIsChangedMeanwhileIsDeletedAllTheSame(t *testing.T) {
	h := newHarness(t, retention.Periods{Tasks: 2 * day})
	h.made(t, 0, task.Succeeded)
	h.time = h.time.Add(3 * day)
	h.config.Rows = &changingRows{h.store, func() {
		tk, err := h.store.Task(t.Context(), id(0))
		if err == nil {
			tk.Deleted = true
			_, err = h.store.Apply(t.Context(), task.Change{Task: tk})
		}
		if err != nil {
			t.Error(err)
		}
	}}
	if err := retention.New(h.config).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.check(t, 1, 0, 0, 0)
}
