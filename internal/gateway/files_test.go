package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// cut is a fault that comes at the n-th of the points before and after each write of a row and each use of the storage.
type cut struct {
	mu     sync.Mutex
	left   int // points until it comes; it never comes at 0 or less
	effect func() error
	dead   error // what all later points answer: the process is gone
	came   bool
}

func (c *cut) point() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return c.dead
	}
	if c.left--; c.left != 0 {
		return nil
	}
	c.came = true
	return c.effect()
}

// around does one thing between two points.
func around[T any](c *cut, do func() (T, error)) (T, error) {
	if err := c.point(); err != nil {
		var none T
		return none, err
	}
	v, err := do()
	return v, errors.Join(err, c.point())
}

type cutStore struct {
	store.Store
	*cut
}

func (s cutStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	return around(s.cut, func() (int64, error) { return s.Store.Apply(ctx, c) })
}

type cutBucket struct {
	blob.Bucket
	*cut
}

func (b cutBucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return around(b.cut, func() (io.ReadCloser, error) { return b.Bucket.Open(ctx, key, offset, length) })
}

func (b cutBucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	return around(b.cut, func() (blob.Info, error) { return b.Bucket.Put(ctx, key, r, mediaType) })
}

func (b cutBucket) Delete(ctx context.Context, key string) error {
	_, err := around(b.cut, func() (struct{}, error) { return struct{}{}, b.Bucket.Delete(ctx, key) })
	return err
}

// finished puts an ended task with an artifact of two files into the store, and its files into the storage.
func (h *house) finished(t *testing.T, n int) task.Task {
	t.Helper()
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	a := task.Artifact{ID: fmt.Sprintf("10000000-0000-4000-8000-%012d", n), Task: id, Account: h.who.Account, Filename: "a.mp4",
		Created: h.now(), Updated: h.now(), Unlisted: true}
	for _, role := range []task.Role{task.Video, task.Preview} {
		f := task.File{Role: role, Key: fmt.Sprintf("cdn/20261123/%s%022d.mp4", (string(role) + "0000000")[:8], n), Type: "video/mp4"}
		if _, err := h.bucket.Put(t.Context(), f.Key, strings.NewReader(string(role)), f.Type); err != nil {
			t.Fatal(err)
		}
		a.Files = append(a.Files, f)
	}
	made := task.Task{ID: id, Account: h.who.Account, Request: request("a lake"), State: task.Succeeded, Artifacts: []task.Artifact{a},
		Created: h.now(), Updated: h.now(), Finished: h.now()}
	var err error
	if made.Version, err = h.store.Apply(t.Context(), task.Change{Task: made}); err != nil {
		t.Fatal(err)
	}
	return made
}

// plainKey and sealedKey are the two places of a file.
func plainKey(f task.File) string  { return "cdn/" + f.Key[strings.Index(f.Key, "/")+1:] }
func sealedKey(f task.File) string { return "sealed/" + f.Key[strings.Index(f.Key, "/")+1:] }

// agree fails unless an artifact's files are where its row says, and nowhere else, and nothing is left to do.
func (h *house) agree(t *testing.T, id string) task.Artifact {
	t.Helper()
	row, err := h.store.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	a := row.Artifacts[0]
	if a.Pending != "" {
		t.Errorf("the row still says that it is to %s its files", a.Pending)
	}
	for _, f := range a.Files {
		for key, want := range map[string]bool{plainKey(f): !a.SignedOnly, sealedKey(f): a.SignedOnly} {
			want = want && !a.Deleted
			if got := h.there(t, key); got != want {
				t.Errorf("sealed %v, deleted %v: %s is there: %v", a.SignedOnly, a.Deleted, key, got)
			}
			if h.Withdrawn(key, true) || h.Withdrawn(key, false) {
				t.Errorf("%s is withdrawn still", key)
			}
		}
		if !a.Deleted && f.Key != plainKey(f) != a.SignedOnly {
			t.Errorf("sealed %v, and a file at %s", a.SignedOnly, f.Key)
		}
	}
	return a
}

// closed fails where a file can be read by a plain URL although its row says that it is private or deleted.
func (h *house) closed(t *testing.T, id string) {
	t.Helper()
	row, err := h.store.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	a := row.Artifacts[0]
	for _, f := range a.Files {
		if (a.SignedOnly && a.Pending != task.UnsealFiles || a.Deleted) && h.there(t, plainKey(f)) && !h.Withdrawn(plainKey(f), false) {
			t.Errorf("sealed %v, deleted %v, and %s is served", a.SignedOnly, a.Deleted, plainKey(f))
		}
	}
}

// fileChanges are the calls that change files, with the state that each begins in and ends in.
var fileChanges = []struct {
	name       string
	sealed     bool // before
	call       func(context.Context, *house, task.Task) error
	sealedThen bool
	deleted    bool
}{
	{"setting private", false, func(ctx context.Context, h *house, t task.Task) error {
		_, err := h.EditAsset(ctx, h.who, t.Artifacts[0].ID, task.ArtifactEdit{Private: yes()})
		return err
	}, true, false},
	{"setting private off", true, func(ctx context.Context, h *house, t task.Task) error {
		_, err := h.EditAsset(ctx, h.who, t.Artifacts[0].ID, task.ArtifactEdit{Private: no()})
		return err
	}, false, false},
	{"deleting an asset", false, func(ctx context.Context, h *house, t task.Task) error {
		return h.DeleteAsset(ctx, h.who, t.Artifacts[0].ID)
	}, false, true},
	{"deleting a sealed asset", true, func(ctx context.Context, h *house, t task.Task) error {
		return h.DeleteAsset(ctx, h.who, t.Artifacts[0].ID)
	}, true, true},
	{"deleting a task", false, func(ctx context.Context, h *house, t task.Task) error {
		return h.Delete(ctx, h.who, t.ID)
	}, false, true},
}

// cutKinds are the ways in which a change is cut, and how it is taken up again.
var cutKinds = []struct {
	name   string
	effect func(c *cut, hangUp func()) error
	mend   func(*testing.T, *house, string)
}{
	{"a fault of the disk, mended by the wake", func(*cut, func()) error { return errPulled }, byWake},
	{"a fault of the disk, mended by the sweep", func(*cut, func()) error { return errPulled }, bySweep},
	{"a caller who hangs up", func(_ *cut, hangUp func()) error { hangUp(); return nil }, byWake},
	{"a crash, mended by the wake", func(c *cut, _ func()) error { c.dead = errPulled; return errPulled }, byWake},
	{"a crash, mended by the sweep", func(c *cut, _ func()) error { c.dead = errPulled; return errPulled }, bySweep},
}

// byWake does what a worker does with the wakes that were set.
func byWake(t *testing.T, h *house, _ string) {
	for _, w := range h.wakes {
		if next, err := h.Advance(t.Context(), w.Task); err != nil || !next.Done {
			t.Errorf("the wake: %+v, %v", next, err)
		}
	}
}

// bySweep does without any wake.
func bySweep(t *testing.T, h *house, _ string) {
	if err := h.Sweep(t.Context()); err != nil {
		t.Errorf("the sweep: %v", err)
	}
}

func TestAChangeOfFilesThatIsCutAtAnyPointIsFinishedOrNeverBegan(t *testing.T) {
	for _, change := range fileChanges {
		for _, kind := range cutKinds {
			t.Run(change.name+", "+kind.name, func(t *testing.T) {
				h := newHouse(t)
				whole := h.config
				came := true
				for n := 1; came; n++ {
					h.config = whole
					h.use(h.fake)
					row := h.finished(t, n)
					if change.sealed {
						if _, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Private: yes()}); err != nil {
							t.Fatal(err)
						}
					}
					h.wakes = nil
					ctx, hangUp := context.WithCancel(t.Context())
					c := &cut{left: n}
					c.effect = func() error { return kind.effect(c, hangUp) }
					h.config.Store, h.config.Bucket = cutStore{whole.Store, c}, cutBucket{whole.Bucket, c}
					h.use(h.fake)
					said := change.call(ctx, h, row)
					hangUp()
					c.mu.Lock()
					came, c.left = c.came, 0
					dead := c.dead != nil
					c.mu.Unlock()
					if dead {
						h.config = whole
						h.use(h.fake)
						if err := h.LoadWithdrawn(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					h.closed(t, row.ID)
					kind.mend(t, h, row.ID)
					a := h.agree(t, row.ID)
					if done := a.SignedOnly == change.sealedThen && a.Deleted == change.deleted; said == nil && !done {
						t.Errorf("cut at point %d: the caller was told that it is done, and it is not: sealed %v, deleted %v", n, a.SignedOnly, a.Deleted)
					}
				}
			})
		}
	}
}
