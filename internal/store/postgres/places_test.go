package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/task"
)

// places are the places of one limit, of several servers of one database.
type places struct {
	db    *postgres.DB // of the first
	of    []*postgres.Places
	tasks store.Store
}

func newPlaces(t *testing.T, servers int) places {
	t.Helper()
	url := shared.Server(t).NewDatabase(t)
	var p places
	for range servers {
		db := joined(t, url, false)
		if p.db == nil {
			p.db, p.tasks = db, postgres.New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
			if _, _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		p.of = append(p.of, db.Places("team/first"))
	}
	return p
}

// live makes tasks that have not ended.
func (p places) live(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := p.tasks.Apply(t.Context(), task.Change{Task: task.Task{ID: id, Account: 1, State: task.Queued}}); err != nil {
			t.Fatal(err)
		}
	}
}

// end ends a task.
func (p places) end(t *testing.T, id string) {
	t.Helper()
	tk, err := p.tasks.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	tk.State = task.Failed
	if _, err := p.tasks.Apply(t.Context(), task.Change{Task: tk}); err != nil {
		t.Fatal(err)
	}
}

// acquire takes a place of two for a task, at a server.
func (p places) acquire(t *testing.T, server int, id string) bool {
	t.Helper()
	ok, err := p.of[server].Acquire(t.Context(), id, 2, time.Hour)
	must(t, err)
	return ok
}

func (p places) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := p.db.Pool().Exec(t.Context(), statement)
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlacesAreThoseOfAllServers(t *testing.T) {
	p := newPlaces(t, 2)
	p.live(t, "1", "2", "3")
	if !p.acquire(t, 0, "1") || !p.acquire(t, 1, "2") || p.acquire(t, 0, "3") || p.acquire(t, 1, "3") {
		t.Error("the limit of two does not hold")
	}
	if !p.acquire(t, 1, "1") {
		t.Error("a task that has a place does not keep it at the other server")
	}
	must(t, p.of[0].Fill(t.Context(), "1", "job-1"))
	must(t, p.of[1].Release(t.Context(), "1", ""))
	if p.acquire(t, 0, "3") {
		t.Error("the end of a submit gave back the place of a job")
	}
	must(t, p.of[1].Release(t.Context(), "", "job-1"))
	if !p.acquire(t, 0, "3") {
		t.Error("the place of a job that has ended is not free")
	}
	other := p.db.Places("team/second")
	if ok, err := other.Acquire(t.Context(), "1", 1, time.Hour); err != nil || !ok {
		t.Errorf("another key's place: %v, %v", ok, err)
	}
}

func TestConcurrentAcquiresKeepTheLimit(t *testing.T) {
	p := newPlaces(t, 2)
	var taken atomic.Int32
	var all sync.WaitGroup
	for n := range 40 {
		id := fmt.Sprint(n)
		p.live(t, id)
		all.Go(func() {
			ok, err := p.of[n%2].Acquire(t.Context(), id, 3, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if n := taken.Load(); n != 3 {
		t.Errorf("%d taken, want 3", n)
	}
}

// What nobody gave back is free when it is needed.
func TestLostPlacesAreFreed(t *testing.T) {
	for name, c := range map[string]struct {
		lose  func(*testing.T, places)
		freed bool
	}{
		"a task that has ended": {func(t *testing.T, p places) { p.end(t, "1") }, true},
		"a job that was not polled for long": {func(t *testing.T, p places) {
			p.exec(t, `UPDATE vendor_places SET seen = now() - interval '61 min' WHERE holder = '1'`)
		}, true},
		"a submit of a server that died": {func(t *testing.T, p places) {
			p.exec(t, `UPDATE vendor_places SET node = 'node_0', seen = now() - interval '11 s', handle = '' WHERE holder = '1'`)
		}, true},
		"a submit of a server that lives": {func(t *testing.T, p places) {
			p.exec(t, `UPDATE vendor_places SET seen = now() - interval '11 s', handle = '' WHERE holder = '1'`)
		}, false},
		"a server that is away for a moment": {func(t *testing.T, p places) {
			p.exec(t, `UPDATE vendor_places SET node = 'node_0', handle = '' WHERE holder = '1'`)
		}, false},
		"a job of a server that died": {func(t *testing.T, p places) {
			p.exec(t, `UPDATE vendor_places SET node = 'node_0', seen = now() - interval '11 s' WHERE holder = '1'`)
		}, false},
		"nothing": {func(*testing.T, places) {}, false},
		"a job that was found without a place": {func(t *testing.T, p places) {
			must(t, p.of[0].Release(t.Context(), "", "job-1"))
			must(t, p.of[0].Renew(t.Context(), "job-3"))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlaces(t, 1)
			p.live(t, "1", "2", "next")
			if !p.acquire(t, 0, "1") || !p.acquire(t, 0, "2") {
				t.Fatal("no place")
			}
			must(t, p.of[0].Fill(t.Context(), "1", "job-1"))
			must(t, p.of[0].Renew(t.Context(), "job-1")) // which has its place already
			c.lose(t, p)
			if got := p.acquire(t, 0, "next"); got != c.freed {
				t.Errorf("the next has a place: %v, want %v", got, c.freed)
			}
		})
	}
}
