package gateway_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// closableBucket is a storage that can't be written while it is closed.
type closableBucket struct {
	blob.Bucket
	closed bool
}

func (b *closableBucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	if b.closed {
		return blob.Info{}, blob.ErrUnavailable
	}
	return b.Bucket.Put(ctx, key, r, mediaType)
}

// TestResultWaitsForOurDisk lets our own disk fail in ingest, for more steps than an engine's errors may take.
func TestResultWaitsForOurDisk(t *testing.T) {
	const enough = 25 // faults; 21 of an engine's end a task
	for _, c := range []struct {
		name        string
		fail, works func(t *testing.T, h *harness, id string)
	}{
		{"no byte can be written to the temp folder", func(t *testing.T, h *harness, id string) {
			if err := os.Symlink("/dev/full", filepath.Join(h.config.Temp, id+".mp4")); err != nil && !os.IsExist(err) {
				t.Fatal(err)
			}
		}, func(t *testing.T, h *harness, id string) {
			_ = os.Remove(filepath.Join(h.config.Temp, id+".mp4"))
		}},
		{"no file can be made in the temp folder", func(t *testing.T, h *harness, _ string) {
			if err := os.RemoveAll(h.config.Temp); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(h.config.Temp, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, func(t *testing.T, h *harness, _ string) {
			if err := os.Remove(h.config.Temp); err != nil { // Create makes the folder again
				t.Fatal(err)
			}
		}},
		{"the storage can't be written", func(_ *testing.T, h *harness, _ string) {
			h.config.Bucket.(*closableBucket).closed = true
		}, func(_ *testing.T, h *harness, _ string) {
			h.config.Bucket.(*closableBucket).closed = false
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.config.Bucket = &closableBucket{Bucket: h.config.Bucket}
			h.use(h.fake)
			id := h.submit(t, "a lake").ID
			faults := 0
			for range 200 {
				c.fail(t, h, id)
				next, err := h.Advance(t.Context(), id)
				if err != nil {
					faults++
					next.After = time.Second
				}
				h.pass(next.After)
				if faults == enough {
					break
				}
			}
			if got := h.read(t, id); faults != enough || got.State.Terminal() || len(got.Attempts) != 1 || got.FailedPolls != 0 {
				t.Fatalf("after %d faults: %s, %+v, attempts %+v", faults, got.State, got.Failure, got.Attempts)
			}
			c.works(t, h, id)
			if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
				t.Errorf("once the disk works: %s, %+v, attempts %+v", got.State, got.Failure, got.Attempts)
			}
		})
	}
}

func TestRemovedTempFolderIsMadeAgain(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a lake").ID
	if err := os.RemoveAll(h.config.Temp); err != nil {
		t.Fatal(err)
	}
	if err := h.Sweep(t.Context()); err != nil {
		t.Errorf("the sweep: %v", err)
	}
	if got := h.run(t, id); got.State != task.Succeeded {
		t.Errorf("%s, %+v", got.State, got.Failure)
	}
}

// changeRequest changes the request in a task's row, which no caller can.
func (h *harness) changeRequest(t *testing.T, id string, change func(*task.Request)) {
	t.Helper()
	row, err := h.store.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	change(&row.Request)
	if _, err := h.store.Apply(t.Context(), task.Change{Task: row}); err != nil {
		t.Fatal(err)
	}
}

func TestMissingInputFailsTheTask(t *testing.T) {
	const key = "datasets/6a9b7e6c-1f87-40b0-b285-35a8b07ee18a"
	for field, lose := range map[string]func(*task.Request){
		"init_image": func(r *task.Request) {
			r.First = &task.Image{Field: "init_image", Key: key + ".jpg", Type: "image/jpeg"}
		},
		"end_image": func(r *task.Request) { r.Last = &task.Image{Field: "end_image", Key: key + ".jpg", Type: "image/jpeg"} },
		"video": func(r *task.Request) {
			r.Video = &task.InputVideo{Field: "video", Key: key + ".mp4", Type: "video/mp4"}
		},
	} {
		t.Run(field, func(t *testing.T) {
			h := newHarness(t)
			id := h.submit(t, "a lake").ID
			h.changeRequest(t, id, lose)
			steps := 0
			for ; steps < 50; steps++ {
				next, err := h.Advance(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if next.Done {
					break
				}
				h.pass(next.After)
			}
			got := h.read(t, id)
			if got.State != task.Failed || got.Failure.Reason != task.AssetInvalid || !strings.Contains(got.Failure.Text, "The input "+field+" is no longer in this server's storage") {
				t.Errorf("after %d steps: %s, %+v", steps, got.State, got.Failure)
			}
			if steps < 2 || steps > 10 {
				t.Errorf("looked for the input %d times", steps)
			}
		})
	}
}

func TestInputThatComesBackIsUsed(t *testing.T) {
	h := newHarness(t)
	made, err := h.submitPicture(t, dataURI("image/png", pngOf(t, 64, 48)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	key := made.Request.First.Key
	body, err := h.bucket.Open(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if err := h.bucket.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Advance(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.bucket.Put(t.Context(), key, body, "image/png"); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Minute)
	if got := h.run(t, made.ID); got.State != task.Succeeded {
		t.Errorf("%s, %+v", got.State, got.Failure)
	}
}

// TestRecoveryDoesNotDependOnTheCache lets a process die in a submit to an engine that can't find jobs.
func TestRecoveryDoesNotDependOnTheCache(t *testing.T) {
	for name, size := range map[string]int{"with a cache": 16, "without": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.config.CacheSize = size
			h.fake.Caps.Restartable, h.fake.Caps.ExternalID = false, false
			h.use(blindEngine{h.fake})
			id := h.submit(t, "a lake").ID
			row, err := h.store.Task(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			row.Submitting, row.Attempts = true, []task.Attempt{{Engine: "fake", Round: 1, Begun: h.now()}}
			if _, err := h.store.Apply(t.Context(), task.Change{Task: row}); err != nil {
				t.Fatal(err)
			}
			h.use(blindEngine{h.fake}) // the next process
			next, err := h.Advance(t.Context(), id)
			if got := h.read(t, id); err != nil || !next.Done || got.State != task.Failed || !strings.Contains(got.Failure.Text, "unconfirmed") {
				t.Errorf("%+v, %v: %s, %+v", next, err, got.State, got.Failure)
			}
		})
	}
}

// diskError is the error of a local engine that can't write.
type diskError struct{}

func (diskError) Error() string { return "no space left on device" }

func (diskError) Unavailable() bool { return true }

// diskErrorEngine is a local engine whose jobs end with disk errors, so many times.
type diskErrorEngine struct {
	*fake.Engine
	times int
}

func (e *diskErrorEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if e.times--; e.times >= 0 {
		return engine.Status{}, diskError{}
	}
	return e.Engine.Poll(ctx, handle)
}

func TestDiskErrorOfLocalEngineIsNoAttempt(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane, h.fake.Caps.Restartable = task.Local, true
	h.use(&diskErrorEngine{h.fake, 50})
	id := h.submit(t, "zoom").ID
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s after %d attempts: %+v", got.State, len(got.Attempts), got.Failure)
	}
}

func TestResultWithoutSpaceWaitsAtItsEngine(t *testing.T) {
	h := newHarness(t)
	h.config.TempSpace = int64(len(testClip(t))) - 1
	h.use(h.fake)
	id := h.submit(t, "a lake").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	h.pass(h.fake.Takes)
	for range 30 {
		if _, err := h.Advance(t.Context(), id); !errors.Is(err, blob.ErrUnavailable) || !blob.IsFull(err) {
			t.Fatalf("%v", err)
		}
	}
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
	h.config.TempSpace++
	h.use(h.fake)
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s, %+v, %d attempts", got.State, got.Failure, len(got.Attempts))
	}
}
