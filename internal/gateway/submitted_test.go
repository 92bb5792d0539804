package gateway_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// awayStore is the real store, of which a number of writes fail. If committed is set, the first of them is written all the same.
type awayStore struct {
	store.Store
	fails     int
	committed bool
}

func (s *awayStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	if s.fails--; s.fails < 0 {
		return s.Store.Apply(ctx, c)
	}
	if s.committed {
		s.committed = false
		_, _ = s.Store.Apply(ctx, c)
	}
	return 0, store.ErrUnavailable
}

// The engine can't find a job whose handle is lost, so a handle that is not recorded would be a paid job for nothing.
func TestHandleIsRecordedThoughTheDatabaseIsAway(t *testing.T) {
	for name, away := range map[string]func(t *testing.T, h *harness, rows *awayStore, id string){
		"for one write": func(_ *testing.T, _ *harness, rows *awayStore, _ string) { rows.fails = 1 },
		"for long":      func(_ *testing.T, _ *harness, rows *awayStore, _ string) { rows.fails = 500 },
		"after it has written the handle": func(_ *testing.T, _ *harness, rows *awayStore, _ string) {
			rows.fails, rows.committed = 3, true
		},
		"for the read after a stale write": func(t *testing.T, h *harness, _ *awayStore, id string) {
			t.Helper()
			h.step(t, id) // does not find the job yet, and writes the task
			h.store.noTask = 1
		},
		"for the read and then for writes": func(t *testing.T, h *harness, rows *awayStore, id string) {
			t.Helper()
			h.step(t, id)
			h.store.noTask, rows.fails = 3, 7
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.fake.Caps.ExternalID = false
			rows := &awayStore{Store: h.config.Store}
			h.config.Store, h.config.After = rows, immediately
			id := h.submit(t, "a cat").ID
			h.use(blindEngine{&submitHookedEngine{Engine: h.fake, hook: func() { away(t, h, rows, id) }}})
			got := h.run(t, id)
			if got.State != task.Succeeded || h.fake.Submits(id) != 1 || len(got.Attempts) != 1 {
				t.Errorf("ended %s after %d submits: %+v", got.State, h.fake.Submits(id), got.Failure)
			}
		})
	}
}

func TestJobOfATaskThatEndedWhileTheDatabaseWasAwayIsCancelled(t *testing.T) {
	h := newHarness(t)
	rows := &awayStore{Store: h.config.Store}
	h.config.Store, h.config.After = rows, immediately
	id := h.submit(t, "a cat").ID
	h.use(blindEngine{&submitHookedEngine{Engine: h.fake, hook: func() {
		if _, err := h.Cancel(t.Context(), h.who, id); err != nil {
			t.Error(err)
		}
		h.store.noTask, rows.fails = 3, 3
	}}})
	h.run(t, id)
	if live := h.fake.Live(); len(live) != 0 || h.fake.Submits(id) != 1 {
		t.Errorf("live jobs %v after %d submits", live, h.fake.Submits(id))
	}
}

func TestHandleThatIsLostIsLogged(t *testing.T) {
	h := newHarness(t)
	var log bytes.Buffer
	rows := &awayStore{Store: h.config.Store}
	ctx, stop := context.WithCancel(t.Context())
	waits := 0
	h.config.Store, h.config.Log = rows, slog.New(slog.NewTextHandler(&log, nil))
	h.config.After = func(time.Duration) <-chan time.Time {
		if waits++; waits == 3 { // the process stops while the database is away
			stop()
			return nil
		}
		return immediately(0)
	}
	id := h.submit(t, "a cat").ID
	h.use(&submitHookedEngine{Engine: h.fake, hook: func() { rows.fails = 500 }})
	if _, err := h.Advance(ctx, id); err == nil {
		t.Error("the step ended without an error")
	}
	if text := log.String(); !strings.Contains(text, "a submitted job could not be recorded\"") || !strings.Contains(text, "handle=fake-1") {
		t.Errorf("the log does not name the job:\n%s", text)
	}
	rows.fails = 0
	if got := h.run(t, id); got.State != task.Succeeded || h.fake.Submits(id) != 1 {
		t.Errorf("ended %s after %d submits", got.State, h.fake.Submits(id))
	}
}

// immediately is a timer whose time is always over.
func immediately(time.Duration) <-chan time.Time {
	over := make(chan time.Time)
	close(over)
	return over
}
