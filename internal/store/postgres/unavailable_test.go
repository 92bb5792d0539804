package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

func TestUnavailable(t *testing.T) {
	storetest.RunUnavailable(t, func(t *testing.T) (store.Store, map[string]func() func()) {
		url := shared.Server(t).NewDatabase(t)
		s := openStore(t, url, noWakes)
		admin := openPool(t, url)
		run := func(statement string) {
			t.Helper()
			if _, err := admin.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		const cutOthers = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
		return s, map[string]func() func(){
			"a standby, which can't be written": func() func() {
				run(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
				run(cutOthers)
				return func() {
					run(`SET default_transaction_read_only = off`)
					run(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$`)
					run(cutOthers)
				}
			},
		}
	})
}

func openPool(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	c.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// The database is killed while changes are written at once. Whatever Apply answers afterwards must be true.
func TestCrashOfTheDatabaseLosesNoAnsweredChange(t *testing.T) {
	shared.Server(t) // skips if there is none
	server, err := postgrestest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := openStore(t, server.NewDatabase(t), noWakes)
	const writers, each = 8, 40
	half := make(chan struct{}, writers*each)
	var all sync.WaitGroup
	errs := make([][each]error, writers)
	for w := range writers {
		all.Go(func() {
			for n := range each {
				_, errs[w][n] = s.Apply(t.Context(), task.Change{Task: task.Task{ID: id(w, n), Account: 1}})
				half <- struct{}{}
			}
		})
	}
	for range writers * each / 2 {
		<-half
	}
	if err := errors.Join(server.Crash(t.Context()), server.Resume(t.Context())); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	for w := range writers {
		for n, answered := range errs[w] {
			_, err := s.Task(t.Context(), id(w, n))
			written := err == nil
			switch {
			case err != nil && !errors.Is(err, store.ErrNotFound):
				t.Fatalf("reading after the crash: %v", err)
			case answered == nil && !written:
				t.Errorf("task %s was answered and is lost", id(w, n))
			case errors.Is(answered, store.ErrUnavailable) && written:
				t.Errorf("task %s was refused and is there: %v", id(w, n), answered)
			}
		}
	}
}

func id(w, n int) string { return string(rune('a'+w)) + "-" + string(rune('A'+n)) }

// A proxy cuts the connection when it carries the commit: before the server sees it, or before the answer is seen.
func TestCommitWhoseAnswerIsLostIsFoundOut(t *testing.T) {
	for name, c := range map[string]struct {
		deliver bool
		want    error
	}{
		"the commit arrived":        {true, nil},
		"the commit did not arrive": {false, store.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			server := shared.Server(t)
			proxy := newCuttingProxy(t, server.Socket())
			s := openStore(t, proxy.url(server.NewDatabase(t)), func(context.Context, pgx.Tx, []task.Wake) error {
				proxy.arm(c.deliver) // the commit comes next
				return nil
			})
			tk := task.Task{ID: "a", Account: 1}
			version, err := s.Apply(t.Context(), task.Change{Task: tk, Wakes: []task.Wake{{Task: "a"}}})
			if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
				t.Errorf("Apply: %v, want %v", err, c.want)
			}
			got, err := s.Task(t.Context(), "a")
			if written := err == nil && got.Version == version; written != c.deliver {
				t.Errorf("read back: %+v, %v", got, err)
			}
		})
	}
}
