package asset_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// fault comes at the n-th of the points before and after each write of a row and each use of the storage.
type fault struct {
	mu     sync.Mutex
	left   int // points until it comes; it never comes at 0 or less
	effect func() error
	dead   error // what all later points answer: the process is gone
	came   bool
}

func (f *fault) point() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead != nil {
		return f.dead
	}
	if f.left--; f.left != 0 {
		return nil
	}
	f.came = true
	return f.effect()
}

// around does one thing between two points.
func around[T any](f *fault, do func() (T, error)) (T, error) {
	if err := f.point(); err != nil {
		var none T
		return none, err
	}
	v, err := do()
	return v, errors.Join(err, f.point())
}

type faultyStore struct {
	store.Store
	*fault
}

func (s faultyStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	return around(s.fault, func() (int64, error) { return s.Store.Apply(ctx, c) })
}

type faultyBucket struct {
	blob.Bucket
	*fault
}

func (b faultyBucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return around(b.fault, func() (io.ReadCloser, error) { return b.Bucket.Open(ctx, key, offset, length) })
}

func (b faultyBucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	return around(b.fault, func() (blob.Info, error) { return b.Bucket.Put(ctx, key, r, mediaType) })
}

func (b faultyBucket) Delete(ctx context.Context, key string) error {
	_, err := around(b.fault, func() (struct{}, error) { return struct{}{}, b.Bucket.Delete(ctx, key) })
	return err
}

// fileChanges are the calls that change files, with the state before and after.
var fileChanges = []struct {
	name        string
	private     bool // before
	call        func(context.Context, *harness, task.Task) error
	thenPrivate bool
	thenDeleted bool
}{
	{"setting private", false, func(ctx context.Context, h *harness, t task.Task) error {
		_, err := h.EditAsset(ctx, h.who, t.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(true)})
		return err
	}, true, false},
	{"setting private off", true, func(ctx context.Context, h *harness, t task.Task) error {
		_, err := h.EditAsset(ctx, h.who, t.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(false)})
		return err
	}, false, false},
	{"deleting an asset", false, func(ctx context.Context, h *harness, t task.Task) error {
		return h.DeleteAsset(ctx, h.who, t.Artifacts[0].ID)
	}, false, true},
	{"deleting a private asset", true, func(ctx context.Context, h *harness, t task.Task) error {
		return h.DeleteAsset(ctx, h.who, t.Artifacts[0].ID)
	}, true, true},
	{"deleting a task", false, func(ctx context.Context, h *harness, t task.Task) error {
		t.Artifacts = slices.Clone(t.Artifacts) // as the gateway does
		h.MarkDeleted(&t.Artifacts[0])
		stored, err := h.store.Task(ctx, t.ID)
		if err != nil {
			return err
		}
		t.Version, t.Deleted = stored.Version, true
		if _, err := h.Apply(ctx, task.Change{Task: t, Wakes: asset.FileWakes(t)}); err != nil {
			return err
		}
		h.AwaitFiles(ctx, t.ID)
		return nil
	}, false, true},
}

// faultKinds are the ways in which a change is interrupted, and who finishes it.
var faultKinds = []struct {
	name   string
	effect func(f *fault, hangUp func()) error
	finish func(*testing.T, *harness)
}{
	{"a disk error, finished by the wake", func(*fault, func()) error { return errFault }, byWake},
	{"a disk error, finished by the sweep", func(*fault, func()) error { return errFault }, bySweep},
	{"a caller who hangs up", func(_ *fault, hangUp func()) error { hangUp(); return nil }, byWake},
	{"a crash, finished by the wake", func(f *fault, _ func()) error { f.dead = errFault; return errFault }, byWake},
	{"a crash, finished by the sweep", func(f *fault, _ func()) error { f.dead = errFault; return errFault }, bySweep},
}

// byWake does what the gateway does when a task is woken.
func byWake(t *testing.T, h *harness) {
	for _, w := range h.wakes {
		if err := h.ChangeFiles(t.Context(), w.Task); err != nil {
			t.Errorf("the wake: %v", err)
		}
	}
}

// bySweep does what a sweep does if all wakes are lost.
func bySweep(t *testing.T, h *harness) {
	if err := h.SweepFiles(t.Context()); err != nil {
		t.Errorf("the sweep: %v", err)
	}
}

func TestInterruptedChangesAreFinished(t *testing.T) {
	for _, change := range fileChanges {
		for _, kind := range faultKinds {
			t.Run(change.name+", "+kind.name, func(t *testing.T) {
				h := newHarness(t)
				whole := h.config
				came := true
				for n := 1; came; n++ {
					h.config = whole
					h.restart()
					row := h.finished(t)
					if change.private {
						if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: ptr(true)}); err != nil {
							t.Fatal(err)
						}
					}
					h.wakes = nil
					ctx, hangUp := context.WithCancel(t.Context())
					f := &fault{left: n}
					f.effect = func() error { return kind.effect(f, hangUp) }
					h.config.Store, h.config.Bucket = faultyStore{whole.Store, f}, faultyBucket{whole.Bucket, f}
					h.restart()
					said := change.call(ctx, h, row)
					hangUp()
					f.mu.Lock()
					came, f.left = f.came, 0
					dead := f.dead != nil
					f.mu.Unlock()
					if dead {
						h.config = whole
						h.restart()
						if err := h.LoadWithdrawn(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					h.checkNotServed(t, row.ID)
					kind.finish(t, h)
					a := h.checkSettled(t, row.ID)
					if done := a.SignedOnly == change.thenPrivate && a.Deleted == change.thenDeleted; said == nil && !done {
						t.Errorf("interrupted at point %d: the caller was told that it is done, and it is not: signed only %v, deleted %v", n, a.SignedOnly, a.Deleted)
					}
				}
			})
		}
	}
}
