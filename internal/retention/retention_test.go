package retention_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/retention"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/sqlite/sqlitetest"
	"github.com/filmgate/filmgate/internal/task"
)

const day = 24 * time.Hour

// template is the database file of the tests.
var template sqlitetest.Template

// harness is a Sweeper over a real database and real files; only the clock is a fake.
type harness struct {
	*retention.Sweeper
	config retention.Config
	store  *sqlite.Store
	bucket blob.Bucket
	time   time.Time
	tick   time.Duration // by which each look at the clock moves it on

	forgotten []string // ids of deleted tasks
}

func newHarness(t *testing.T, p retention.Periods) *harness {
	t.Helper()
	dir := t.TempDir()
	rows := sqlite.New(template.Open(t, filepath.Join(dir, "filmgate.db")), func(context.Context, *sql.Tx, []task.Wake) error { return nil })
	t.Cleanup(func() { _ = rows.Close() })
	files, err := file.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{store: rows, bucket: files, time: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	quiet := slog.New(slog.DiscardHandler)
	h.config = retention.Config{Periods: p, Rows: rows, Now: h.now, Log: quiet, Forget: func(id string) { h.forgotten = append(h.forgotten, id) },
		Files: asset.New(asset.Config{Store: rows, Bucket: files, Files: files, Now: h.now, Rand: rand.Reader, Log: quiet})}
	h.Sweeper = retention.New(h.config)
	return h
}

func (h *harness) now() time.Time {
	h.time = h.time.Add(h.tick)
	return h.time
}

func (h *harness) sweep(t *testing.T) {
	t.Helper()
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// made stores the n-th task in a state, with a file and an event, as one that was made now.
func (h *harness) made(t *testing.T, n int, state task.State) {
	t.Helper()
	tk := task.Task{ID: id(n), Account: 1, State: state, Created: h.time, Updated: h.time, Finished: h.time}
	if state == task.Succeeded {
		f := task.File{Role: task.Video, Key: fmt.Sprintf("cdn/20261101/%029d.mp4", n), Type: "video/mp4", Size: 5}
		if _, err := h.bucket.Put(t.Context(), f.Key, strings.NewReader("video"), f.Type); err != nil {
			t.Fatal(err)
		}
		tk.Artifacts = []task.Artifact{{ID: "a" + id(n), Task: id(n), Account: 1, Created: h.time, Files: []task.File{f}}}
	}
	if _, err := h.store.Apply(t.Context(), task.Change{Task: tk, Events: []task.Event{{At: h.time, Kind: "created"}}}); err != nil {
		t.Fatal(err)
	}
}

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// left returns how many files, events and tasks there are of n tasks.
func (h *harness) left(t *testing.T, n int) (files, events, tasks int) {
	t.Helper()
	for i := range n {
		tk, err := h.store.Task(t.Context(), id(i))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		if err == nil {
			tasks++
		}
		for _, a := range tk.Artifacts {
			if _, err := h.bucket.Stat(t.Context(), a.Files[0].Key); err == nil {
				files++
			}
		}
		found, err := h.store.Events(t.Context(), id(i))
		if err != nil {
			t.Fatal(err)
		}
		events += len(found)
	}
	return files, events, tasks
}

func (h *harness) check(t *testing.T, n, files, events, tasks int) {
	t.Helper()
	if f, e, k := h.left(t, n); f != files || e != events || k != tasks {
		t.Errorf("left are %d files, %d events, %d tasks; want %d, %d, %d", f, e, k, files, events, tasks)
	}
}

func TestEverythingStaysForEver(t *testing.T) {
	h := newHarness(t, retention.Periods{})
	h.made(t, 0, task.Succeeded)
	h.time = h.time.Add(1000 * day)
	h.sweep(t)
	h.check(t, 1, 1, 1, 1)
}

func TestEachThingGoesAtItsTime(t *testing.T) {
	h := newHarness(t, retention.Periods{Files: 10 * day, Events: 30 * day})
	for n, state := range []task.State{task.Succeeded, task.Failed, task.Running} {
		h.made(t, n, state)
	}
	h.time = h.time.Add(10 * day)
	h.made(t, 3, task.Succeeded)
	h.sweep(t)
	h.check(t, 4, 2, 4, 4) // not a moment too early
	h.time = h.time.Add(time.Second)
	h.sweep(t)
	h.check(t, 4, 1, 4, 4)
	h.time = h.time.Add(20 * day)
	h.sweep(t)
	h.check(t, 4, 0, 2, 4) // the running task's event stays, and that of the later one
}

func TestASweepStopsAfterItsTimeAndTheNextGoesOn(t *testing.T) {
	const all = 250
	h := newHarness(t, retention.Periods{Files: day, Events: day})
	for n := range all {
		h.made(t, n, task.Succeeded)
	}
	h.time = h.time.Add(2 * day)
	h.tick = time.Second
	h.sweep(t)
	files, events, _ := h.left(t, all)
	if files == 0 || files == all || events != all {
		t.Fatalf("after one sweep %d files and %d events are left; want some of the files, and all events", files, events)
	}
	for range 20 {
		h.sweep(t)
	}
	h.check(t, all, 0, 0, all)
}

// A pass over the tasks goes by the time of their creation. What ends long after that is met by the next pass.
func TestTheNextPassMeetsTasksThatEndedLate(t *testing.T) {
	h := newHarness(t, retention.Periods{Events: 30 * day})
	h.made(t, 0, task.Running)
	h.time = h.time.Add(31 * day)
	h.sweep(t)
	tk, err := h.store.Task(t.Context(), id(0))
	if err != nil {
		t.Fatal(err)
	}
	tk.State = task.Failed
	if _, err := h.store.Apply(t.Context(), task.Change{Task: tk}); err != nil {
		t.Fatal(err)
	}
	h.sweep(t)
	h.check(t, 1, 0, 1, 1) // the pass is over
	h.time = h.time.Add(12 * time.Hour)
	h.sweep(t)
	h.check(t, 1, 0, 0, 1)
}

// faultyRows fails to delete events.
type faultyRows struct{ retention.Rows }

var errFault = errors.New("a fault of the test")

func (faultyRows) DeleteEvents(context.Context, time.Time, task.Cursor, int) (int64, task.Cursor, error) {
	return 0, task.Cursor{}, errFault
}

func TestAnErrorEndsTheSweep(t *testing.T) {
	h := newHarness(t, retention.Periods{Files: day, Events: day})
	h.made(t, 0, task.Succeeded)
	h.time = h.time.Add(2 * day)
	h.config.Rows = faultyRows{h.store}
	if err := retention.New(h.config).Sweep(t.Context()); !errors.Is(err, errFault) {
		t.Errorf("%v, want the database's error", err)
	}
	h.check(t, 1, 0, 1, 1)
}
