package asset_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// hookBucket calls onDelete before it deletes the first file.
type hookBucket struct {
	blob.Bucket
	onDelete func()
}

func (b *hookBucket) Delete(ctx context.Context, key string) error {
	if f := b.onDelete; f != nil {
		b.onDelete = nil
		f()
	}
	return b.Bucket.Delete(ctx, key)
}

// hookStore calls then after each write of a row.
type hookStore struct {
	store.Store
	then func()
}

func (s *hookStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	v, err := s.Store.Apply(ctx, c)
	if s.then != nil {
		s.then()
	}
	return v, err
}

func TestOppositeChangeDuringAMoveWins(t *testing.T) {
	for name, first := range map[string]bool{"off during on": true, "on during off": false} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			bucket, rows := &hookBucket{Bucket: h.config.Bucket}, &hookStore{Store: h.config.Store}
			h.config.Bucket, h.config.Store = bucket, rows
			h.restart()
			row := h.finished(t)
			id := row.Artifacts[0].ID
			set := func(ctx context.Context, private bool) {
				if _, err := h.EditAsset(ctx, h.who, id, task.ArtifactEdit{Private: &private}); err != nil {
					t.Errorf("private %v: %v", private, err)
				}
			}
			set(t.Context(), !first)
			bucket.onDelete = func() { // the files are copied, and the old ones are about to be deleted
				ctx, hangUp := context.WithCancel(t.Context())
				rows.then = hangUp // so that it does not wait for the first, which waits for it
				set(ctx, !first)
				rows.then = nil
			}
			set(t.Context(), first)
			if a := h.checkSettled(t, row.ID); a.SignedOnly == first {
				t.Errorf("signed only %v after private %v", a.SignedOnly, !first)
			}
		})
	}
}

func TestLastOfManyChangesHolds(t *testing.T) {
	h := newHarness(t)
	row := h.finished(t)
	var all sync.WaitGroup
	for n := range 12 {
		private := n%2 == 0
		all.Go(func() {
			if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: &private}); err != nil {
				t.Errorf("private %v: %v", private, err)
			}
		})
	}
	all.Wait()
	if a := h.checkSettled(t, row.ID); a.SignedOnly != a.Unlisted {
		t.Errorf("private %v, signed only %v", a.Unlisted, a.SignedOnly)
	}
}

func TestDeletionDuringAMoveLeavesNoCopy(t *testing.T) {
	h := newHarness(t)
	bucket, rows := &hookBucket{Bucket: h.config.Bucket}, &hookStore{Store: h.config.Store}
	h.config.Bucket, h.config.Store = bucket, rows
	h.restart()
	row := h.finished(t)
	bucket.onDelete = func() {
		ctx, hangUp := context.WithCancel(t.Context())
		rows.then = hangUp
		if err := h.DeleteAsset(ctx, h.who, row.Artifacts[0].ID); err != nil {
			t.Errorf("DELETE: %v", err)
		}
		rows.then = nil
	}
	if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	if a := h.checkSettled(t, row.ID); !a.Deleted {
		t.Error("it is not deleted")
	}
}

// stuckBucket is a storage that may refuse to delete.
type stuckBucket struct {
	blob.Bucket
	stuck bool
}

func (b *stuckBucket) Delete(ctx context.Context, key string) error {
	if b.stuck {
		return errFault
	}
	return b.Bucket.Delete(ctx, key)
}

func TestFilesThatCantBeRemovedAreNotServed(t *testing.T) {
	for _, change := range fileChanges {
		t.Run(change.name, func(t *testing.T) {
			h := newHarness(t)
			bucket := &stuckBucket{Bucket: h.config.Bucket}
			h.config.Bucket = bucket
			h.restart()
			row := h.finished(t)
			if change.private {
				if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(true)}); err != nil {
					t.Fatal(err)
				}
			}
			bucket.stuck = true
			for range 2 { // a repeat changes nothing
				if err := change.call(t.Context(), h, row); err != nil && task.CodeOf(err) != task.NotFound {
					t.Fatal(err)
				}
				h.checkNotServed(t, row.ID)
			}
			h.restart() // a restart
			if err := h.LoadWithdrawn(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.checkNotServed(t, row.ID)
			bucket.stuck = false
			h.pass(60 * 24 * time.Hour)
			if err := h.SweepFiles(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.checkSettled(t, row.ID)
		})
	}
}

func TestOneBadFileDoesNotStopTheSweep(t *testing.T) {
	for name, fail := range map[string]func() error{
		"an error": func() error { return errFault },
		"a panic":  func() error { panic("as the test asked") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.config.Bucket = &stuckBucket{Bucket: h.config.Bucket, stuck: true}
			h.restart()
			var rows []task.Task
			for n := range 3 {
				rows = append(rows, h.finished(t))
				if err := h.DeleteAsset(t.Context(), h.who, rows[n].Artifacts[0].ID); err != nil {
					t.Fatal(err)
				}
			}
			h.config.Bucket = failingBucket{h.bucket, rows[0].Artifacts[0].Files[0].Key, fail}
			h.restart()
			if err := h.SweepFiles(t.Context()); err != nil {
				t.Fatal(err)
			}
			for n, want := range []bool{true, false, false} {
				if got := h.exists(t, rows[n].Artifacts[0].Files[0].Key); got != want {
					t.Errorf("the file of task %d exists: %v", n, got)
				}
			}
		})
	}
}

// failingBucket is a storage that fails to delete one key.
type failingBucket struct {
	blob.Bucket
	key  string
	fail func() error
}

func (b failingBucket) Delete(ctx context.Context, key string) error {
	if key == b.key {
		return b.fail()
	}
	return b.Bucket.Delete(ctx, key)
}

func TestMissingFileDoesNotStopAMove(t *testing.T) {
	h := newHarness(t)
	row := h.finished(t)
	lost, kept := row.Artifacts[0].Files[0], row.Artifacts[0].Files[1]
	if err := h.bucket.Delete(t.Context(), lost.Key); err != nil {
		t.Fatal(err)
	}
	a, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(true)})
	if err != nil || !a.SignedOnly || a.Pending != "" || h.exists(t, plainKey(kept)) || !h.exists(t, sealedKey(kept)) {
		t.Errorf("%+v, %v", a, err)
	}
}
