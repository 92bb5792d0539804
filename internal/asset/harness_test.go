package asset_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/task"
)

// databases makes the stores of the tests.
var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

// harness is a Catalog over a real database and real files; only the clock is a fake.
type harness struct {
	*asset.Catalog
	config asset.Config
	store  store.Store
	bucket blob.Bucket
	who    apikey.Key

	mu    sync.Mutex
	time  time.Time
	wakes []task.Wake
	tasks int // made by finished
}

var errFault = errors.New("a fault of the test")

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), who: apikey.Key{Account: 7}}
	dir := t.TempDir()
	rows := databases.Open(t, dir, func(w []task.Wake) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.wakes = append(h.wakes, w...)
	})
	files, err := file.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	h.store, h.bucket = rows, files
	h.config = asset.Config{Store: rows, Bucket: files, Files: files, Now: h.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Panics: panics.NewRecorder(slog.New(slog.DiscardHandler))}
	h.restart()
	return h
}

// restart makes a new Catalog over the same rows and files.
func (h *harness) restart() { h.Catalog = asset.New(h.config) }

func (h *harness) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *harness) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// finished stores an ended task with an artifact of two files, and its files.
func (h *harness) finished(t *testing.T) task.Task {
	t.Helper()
	h.tasks++
	group, err := h.Group(t.Context(), h.who.Account, "Generative Video")
	if err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", h.tasks)
	a := task.Artifact{ID: fmt.Sprintf("10000000-0000-4000-8000-%012d", h.tasks), Task: id, Account: h.who.Account, Group: group.ID, Filename: "a.mp4",
		Created: h.now(), Updated: h.now(), Unlisted: true, PrivateInTeam: true}
	for _, role := range []task.Role{task.Video, task.Preview} {
		f := task.File{Role: role, Key: fmt.Sprintf("cdn/20261123/%s%022d.mp4", (string(role) + "0000000")[:8], h.tasks), Type: "video/mp4"}
		if _, err := h.bucket.Put(t.Context(), f.Key, strings.NewReader(string(role)), f.Type); err != nil {
			t.Fatal(err)
		}
		a.Files = append(a.Files, f)
	}
	made := task.Task{ID: id, Account: h.who.Account, Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: "a lake", Seconds: 5},
		State: task.Succeeded, Artifacts: []task.Artifact{a}, Created: h.now(), Updated: h.now(), Finished: h.now()}
	if made.Version, err = h.store.Apply(t.Context(), task.Change{Task: made}); err != nil {
		t.Fatal(err)
	}
	return made
}

// artifact returns the artifact of a finished task.
func (h *harness) artifact(t *testing.T) task.Artifact {
	t.Helper()
	return h.finished(t).Artifacts[0]
}

// row returns a task's artifact as it is stored.
func (h *harness) row(t *testing.T, id string) task.Artifact {
	t.Helper()
	row, err := h.store.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row.Artifacts[0]
}

// exists reports whether a file is in the storage.
func (h *harness) exists(t *testing.T, key string) bool {
	t.Helper()
	_, err := h.bucket.Stat(t.Context(), key)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func (h *harness) put(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := h.bucket.Put(t.Context(), key, strings.NewReader("left over"), ""); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *harness) remove(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if err := h.bucket.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}

// plainKey and sealedKey are the keys of a file in the two folders.
func plainKey(f task.File) string  { return "cdn/" + f.Key[strings.Index(f.Key, "/")+1:] }
func sealedKey(f task.File) string { return "sealed/" + f.Key[strings.Index(f.Key, "/")+1:] }

// checkSettled fails unless an artifact's files are where its row says, and nowhere else, and nothing is pending.
func (h *harness) checkSettled(t *testing.T, id string) task.Artifact {
	t.Helper()
	a := h.row(t, id)
	if a.Pending != "" {
		t.Errorf("the row still has %q pending", a.Pending)
	}
	for _, f := range a.Files {
		for key, want := range map[string]bool{plainKey(f): !a.SignedOnly, sealedKey(f): a.SignedOnly} {
			want = want && !a.Deleted
			if got := h.exists(t, key); got != want {
				t.Errorf("signed only %v, deleted %v: %s exists: %v", a.SignedOnly, a.Deleted, key, got)
			}
			if h.Withdrawn(key, true) || h.Withdrawn(key, false) {
				t.Errorf("%s is still withdrawn", key)
			}
		}
		if !a.Deleted && f.Key != plainKey(f) != a.SignedOnly {
			t.Errorf("signed only %v, and a file at %s", a.SignedOnly, f.Key)
		}
	}
	return a
}

// checkNotServed fails if a file can be read by a plain URL although its row says that it is private or deleted. A job may be
// removing the file meanwhile: it is withdrawn until it is gone, so the second is asked after the first.
func (h *harness) checkNotServed(t *testing.T, id string) {
	t.Helper()
	a := h.row(t, id)
	for _, f := range a.Files {
		if (a.SignedOnly && a.Pending != task.UnsealFiles || a.Deleted) && !h.Withdrawn(plainKey(f), false) && h.exists(t, plainKey(f)) {
			t.Errorf("signed only %v, deleted %v, and %s is served", a.SignedOnly, a.Deleted, plainKey(f))
		}
	}
}

func ptr[T any](v T) *T { return &v }
