package gateway_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// hookBucket calls onDelete before the first removal of a file.
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

// applyHook calls then after each write of a row.
type applyHook struct {
	store.Store
	then func()
}

func (s *applyHook) Apply(ctx context.Context, c task.Change) (int64, error) {
	v, err := s.Store.Apply(ctx, c)
	if s.then != nil {
		s.then()
	}
	return v, err
}

func TestAnOppositeChangeInTheMiddleOfAMoveWins(t *testing.T) {
	for name, first := range map[string]bool{"off while it is set": true, "set while it is taken off": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			bucket, rows := &hookBucket{Bucket: h.config.Bucket}, &applyHook{Store: h.config.Store}
			h.config.Bucket, h.config.Store = bucket, rows
			h.use(h.fake)
			row := h.finished(t, 1)
			id := row.Artifacts[0].ID
			set := func(ctx context.Context, private bool) {
				if _, err := h.EditAsset(ctx, h.who, id, task.ArtifactEdit{Private: &private}); err != nil {
					t.Errorf("private %v: %v", private, err)
				}
			}
			set(t.Context(), !first)
			bucket.onDelete = func() { // the first one's files are copied, and the old ones are about to go
				ctx, hangUp := context.WithCancel(t.Context())
				rows.then = hangUp // so that it does not wait for the first, which waits for it
				set(ctx, !first)
				rows.then = nil
			}
			set(t.Context(), first)
			if a := h.agree(t, row.ID); a.SignedOnly == first {
				t.Errorf("sealed %v after private %v", a.SignedOnly, !first)
			}
		})
	}
}

func TestOfManyChangesAtOnceTheLastOneHolds(t *testing.T) {
	h := newHouse(t)
	row := h.finished(t, 1)
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
	if a := h.agree(t, row.ID); a.SignedOnly != a.Unlisted {
		t.Errorf("private %v, sealed %v", a.Unlisted, a.SignedOnly)
	}
}

func TestADeletionInTheMiddleOfAMoveLeavesNoCopy(t *testing.T) {
	h := newHouse(t)
	bucket, rows := &hookBucket{Bucket: h.config.Bucket}, &applyHook{Store: h.config.Store}
	h.config.Bucket, h.config.Store = bucket, rows
	h.use(h.fake)
	row := h.finished(t, 1)
	bucket.onDelete = func() {
		ctx, hangUp := context.WithCancel(t.Context())
		rows.then = hangUp
		if err := h.DeleteAsset(ctx, h.who, row.Artifacts[0].ID); err != nil {
			t.Errorf("DELETE: %v", err)
		}
		rows.then = nil
	}
	if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: yes()}); err != nil {
		t.Fatal(err)
	}
	if a := h.agree(t, row.ID); !a.Deleted {
		t.Error("it is not deleted")
	}
}

// stuckBucket is a storage whose disk refuses removals.
type stuckBucket struct {
	blob.Bucket
	stuck bool
}

func (b *stuckBucket) Delete(ctx context.Context, key string) error {
	if b.stuck {
		return errPulled
	}
	return b.Bucket.Delete(ctx, key)
}

func TestFilesThatCantBeRemovedAreServedToNobodyAndGoLater(t *testing.T) {
	for _, change := range fileChanges {
		t.Run(change.name, func(t *testing.T) {
			h := newHouse(t)
			bucket := &stuckBucket{Bucket: h.config.Bucket}
			h.config.Bucket = bucket
			h.use(h.fake)
			row := h.finished(t, 1)
			if change.sealed {
				if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: yes()}); err != nil {
					t.Fatal(err)
				}
			}
			bucket.stuck = true
			for range 2 { // a repeat neither helps nor harms
				if err := change.call(t.Context(), h, row); err != nil && task.CodeOf(err) != task.NotFound {
					t.Fatal(err)
				}
				h.closed(t, row.ID)
			}
			h.use(h.fake) // a restart
			if err := h.LoadWithdrawn(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.closed(t, row.ID)
			bucket.stuck = false
			h.pass(60 * 24 * time.Hour)
			if err := h.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.agree(t, row.ID)
		})
	}
}

func TestOneArtifactThatCantBeMovedHoldsUpNoOther(t *testing.T) {
	h := newHouse(t)
	bucket := &stuckBucket{Bucket: h.config.Bucket}
	h.config.Bucket = bucket
	h.use(h.fake)
	bucket.stuck = true
	var rows []task.Task
	for n := range 3 {
		rows = append(rows, h.finished(t, n+1))
		if err := h.DeleteAsset(t.Context(), h.who, rows[n].Artifacts[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	key := rows[0].Artifacts[0].Files[0].Key
	h.config.Bucket = refusing{h.bucket, key}
	h.use(h.fake)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{true, false, false} {
		if got := h.there(t, rows[n].Artifacts[0].Files[0].Key); got != want {
			t.Errorf("the file of task %d is there: %v", n, got)
		}
	}
}

// refusing is a storage that can't remove one key.
type refusing struct {
	blob.Bucket
	key string
}

func (b refusing) Delete(ctx context.Context, key string) error {
	if key == b.key {
		return errPulled
	}
	return b.Bucket.Delete(ctx, key)
}

func TestAFileThatIsMissingHoldsUpNoMove(t *testing.T) {
	h := newHouse(t)
	row := h.finished(t, 1)
	lost, isKept := row.Artifacts[0].Files[0], row.Artifacts[0].Files[1]
	if err := h.bucket.Delete(t.Context(), lost.Key); err != nil {
		t.Fatal(err)
	}
	a, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: yes()})
	if err != nil || !a.SignedOnly || a.Pending != "" || h.there(t, plainKey(isKept)) || !h.there(t, sealedKey(isKept)) {
		t.Errorf("%+v, %v", a, err)
	}
}
