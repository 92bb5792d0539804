package taskcache_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
)

var shared postgrestest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

func TestNewsOfANewerVersionDropsTheCachedOne(t *testing.T) {
	s, r, _ := open(10)
	for _, id := range []string{"a", "b"} {
		write(t, s, task.Task{ID: id, State: task.Succeeded})
	}
	for _, id := range []string{"a", "b"} {
		r.tasks[id] = task.Task{ID: id, State: task.Succeeded, Version: 2} // by another process
	}
	s.Hear(store.News{Tasks: []store.TaskNews{{ID: "a", Version: 2}, {ID: "b", Version: 1}}})
	if got := version(t, s, "a"); got != 2 {
		t.Errorf("task a has version %d, want the newer one", got)
	}
	if got := version(t, s, "b"); got != 1 {
		t.Errorf("the news of its own write dropped task b: version %d", got)
	}
}

func TestForgottenTaskIsReadAgain(t *testing.T) {
	s, r, _ := open(10)
	write(t, s, task.Task{ID: "a", State: task.Succeeded})
	delete(r.tasks, "a")
	s.Forget("a")
	if _, err := s.CachedTask(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a deleted task is read: %v", err)
	}
}

func TestVersionReadBeforeTheNewsIsNotCached(t *testing.T) {
	r := &slowRows{rows: rows{tasks: map[string]task.Task{"a": {ID: "a", State: task.Succeeded, Version: 1}}, keys: map[apikey.Query]apikey.Key{{ID: "k"}: {ID: "k"}}}}
	s := taskcache.New(r, 10, time.Now)
	r.afterRead = func() { // another process writes, and its news come before the answer
		r.tasks["a"] = task.Task{ID: "a", State: task.Succeeded, Version: 2}
		r.keys[apikey.Query{ID: "k"}] = apikey.Key{ID: "k", Revoked: time.Now()}
		s.Hear(store.News{Tasks: []store.TaskNews{{ID: "a", Version: 2}}, Keys: true})
	}
	if got := version(t, s, "a"); got != 1 {
		t.Fatalf("version %d, want the one that was read", got)
	}
	if got := version(t, s, "a"); got != 2 {
		t.Errorf("version %d, want the newer one", got)
	}
	r.keys[apikey.Query{ID: "k"}] = apikey.Key{ID: "k"}
	if _, err := s.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	if k, err := s.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil || k.Revoked.IsZero() {
		t.Errorf("the revoked key is still in force, %v", err)
	}
}

// slowRows calls afterRead between a read and its answer.
type slowRows struct {
	rows
	afterRead func()
}

func (r *slowRows) Task(ctx context.Context, id string) (task.Task, error) {
	t, err := r.rows.Task(ctx, id)
	r.afterRead()
	return t, err
}

func (r *slowRows) Keys(ctx context.Context, q apikey.Query) ([]apikey.Key, error) {
	k, err := r.rows.Keys(ctx, q)
	r.afterRead()
	return k, err
}

func TestDeafCacheIsNotUsed(t *testing.T) {
	s, r, _ := open(10)
	write(t, s, task.Task{ID: "a", State: task.Succeeded})
	r.keys[apikey.Query{ID: "k"}] = apikey.Key{ID: "k"}
	if _, err := s.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	s.Deaf()
	r.tasks["a"] = task.Task{ID: "a", State: task.Succeeded, Version: 2}
	r.keys[apikey.Query{ID: "k"}] = apikey.Key{ID: "k", Revoked: time.Now()}
	check := func(when string, reads int) {
		t.Helper()
		before := r.reads
		if got := version(t, s, "a"); got != 2 {
			t.Errorf("%s: version %d, want the newest", when, got)
		}
		if k, err := s.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil || k.Revoked.IsZero() {
			t.Errorf("%s: the revoked key is in force, %v", when, err)
		}
		if got := r.reads - before; got != reads {
			t.Errorf("%s: %d reads, want %d", when, got, reads)
		}
	}
	check("deaf", 2)
	check("deaf again", 2)
	s.Listening()
	check("listening", 2)
	check("listening again", 0)
}

// hearing is a cache that tells when it has heard something.
type hearing struct {
	*taskcache.Store
	db        *postgres.DB
	heard     chan store.News
	listening chan struct{}
}

func (h hearing) Hear(n store.News) { h.Store.Hear(n); h.heard <- n }
func (h hearing) Listening()        { h.Store.Listening(); h.listening <- struct{}{} }

// process is a cache over a connection of its own to the database at a URL.
func process(t *testing.T, url string) hearing {
	t.Helper()
	db, err := postgres.OpenDB(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	s := postgres.New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	t.Cleanup(func() { _ = s.Close() })
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return hearing{taskcache.New(s, 10, time.Now), db, make(chan store.News, 100), make(chan struct{}, 100)}
}

// server is a process that works on the database, and hears what others write.
func server(t *testing.T, url string) hearing {
	t.Helper()
	h := process(t, url)
	if err := h.db.Join(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.db.Follow(h)
	<-h.listening
	return h
}

func TestServerHearsWhatOtherProcessesWrite(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, other := server(t, url), process(t, url)
	write(t, other.Store, task.Task{ID: "t", Account: 1, State: task.Running})
	if n := <-a.heard; n.Tasks != nil || !slices.Equal(n.Changed, []store.ChangedTask{{ID: "t", Account: 1, Version: 1}}) {
		t.Errorf("heard %+v of a task that runs", n)
	}
	ended := task.Task{ID: "t", Account: 1, State: task.Succeeded, Version: 1}
	ended.Version = write(t, other.Store, ended)
	if n := <-a.heard; len(n.Tasks) != 1 || n.Tasks[0] != (store.TaskNews{ID: "t", Version: 2}) || n.Keys ||
		!slices.Equal(n.Changed, []store.ChangedTask{{ID: "t", Account: 1, Version: 2}}) {
		t.Errorf("heard %+v, want the version that has ended", n)
	}
	if got := version(t, a.Store, "t"); got != 2 {
		t.Fatalf("version %d", got)
	}
	write(t, other.Store, ended)
	<-a.heard
	if got := version(t, a.Store, "t"); got != 3 {
		t.Errorf("version %d is read, want the one that another process wrote", got)
	}
	ended.Version = 3
	if err := other.Store.Store.(store.Retention).DeleteTask(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	<-a.heard
	if _, err := a.CachedTask(t.Context(), "t"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a task that another process deleted is read: %v", err)
	}
	key := apikey.Key{ID: "k", Hash: "h"}
	revoke := func() {
		t.Helper()
		if err := other.PutKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if n := <-a.heard; !n.Keys {
			t.Errorf("heard %+v, want keys", n)
		}
	}
	revoke()
	if _, err := a.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil {
		t.Fatal(err)
	}
	key.Revoked = time.Now()
	revoke()
	if k, err := a.CachedKey(t.Context(), apikey.Query{ID: "k"}); err != nil || k.Revoked.IsZero() {
		t.Errorf("the revoked key is in force, %v", err)
	}
}

func TestServerThatWasCutOffBeginsWithAnEmptyCache(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, other := server(t, url), process(t, url)
	ended := task.Task{ID: "t", Account: 1, State: task.Succeeded}
	ended.Version = write(t, other.Store, ended)
	<-a.heard
	version(t, a.Store, "t") // now it is cached
	_, err := other.db.Pool().Exec(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
	write(t, other.Store, ended) // most likely before the other process is connected again
	<-a.listening
	if got := version(t, a.Store, "t"); got != 2 {
		t.Errorf("version %d is read, want the one written while the server was cut off", got)
	}
	ended.Version = 2
	write(t, other.Store, ended)
	for n := range a.heard { // perhaps version 2 comes first
		if len(n.Tasks) > 0 && n.Tasks[0].Version == 3 {
			break
		}
	}
	if got := version(t, a.Store, "t"); got != 3 {
		t.Errorf("version %d is read, want the one written after it", got)
	}
}

func TestMoreNewsThanANotificationHoldsEmptiesTheCache(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, other := server(t, url), process(t, url)
	write(t, other.Store, task.Task{ID: strings.Repeat("x", 9000), Account: 1, State: task.Failed})
	<-a.listening
}
