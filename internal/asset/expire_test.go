package asset_test

import (
	"context"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func TestExpireFilesDeletesTheOldestFirst(t *testing.T) {
	h := newHarness(t)
	var rows []task.Task
	for range 4 {
		rows = append(rows, h.finished(t))
		h.pass(time.Hour)
	}
	if _, err := h.Share(t.Context(), h.who, rows[0].Artifacts[0].ID); err != nil {
		t.Fatal(err)
	}
	before := rows[3].Artifacts[0].Created // the last one is not older than this
	for step, want := range []int{2, 1, 0} {
		if n, err := h.ExpireFiles(t.Context(), before, 2); err != nil || n != want {
			t.Fatalf("step %d deleted %d (%v), want %d", step, n, err, want)
		}
	}
	for n, row := range rows {
		stored := h.checkSettled(t, row.ID)
		gone := n < 3
		if stored.Deleted != gone || h.exists(t, row.Artifacts[0].Files[0].Key) == gone {
			t.Errorf("task %d: deleted %v, want %v", n, stored.Deleted, gone)
		}
	}
	if stored, err := h.store.Task(t.Context(), rows[0].ID); err != nil || stored.State != task.Succeeded || stored.Deleted || stored.Artifacts[0].Share != "" {
		t.Errorf("the task is %+v (%v), want one that stays, without a page", stored, err)
	}
}

// What the storage does not delete is not served, and a sweep deletes it later.
func TestExpireFilesGoesOnIfTheStorageFails(t *testing.T) {
	h := newHarness(t)
	bucket := &stuckBucket{Bucket: h.config.Bucket, stuck: true}
	h.config.Bucket = bucket
	h.restart()
	one, other := h.finished(t), h.finished(t)
	h.pass(time.Hour)
	if n, err := h.ExpireFiles(t.Context(), h.now(), 10); err != nil || n != 2 {
		t.Fatalf("deleted %d (%v), want 2", n, err)
	}
	h.checkNotServed(t, one.ID)
	h.checkNotServed(t, other.ID)
	bucket.stuck = false
	if err := h.SweepFiles(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.checkSettled(t, one.ID)
	h.checkSettled(t, other.ID)
}

// A caller changes the artifact between the list and the write.
func TestExpireFilesWritesOverTheNewestVersion(t *testing.T) {
	h := newHarness(t)
	row := h.finished(t)
	h.pass(time.Hour)
	racing := h.config
	racing.Store = &racingStore{Store: h.config.Store, race: func() {
		if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Favorite: ptr(true)}); err != nil {
			t.Error(err)
		}
	}}
	if n, err := asset.New(racing).ExpireFiles(t.Context(), h.now(), 10); err != nil || n != 1 {
		t.Fatalf("deleted %d (%v)", n, err)
	}
	if a := h.checkSettled(t, row.ID); !a.Deleted || !a.Favorite {
		t.Errorf("%+v, want it deleted, with the caller's change", a)
	}
}

// racingStore calls race before its first write.
type racingStore struct {
	store.Store
	race func()
}

func (s *racingStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	if f := s.race; f != nil {
		s.race = nil
		f()
	}
	return s.Store.Apply(ctx, c)
}
