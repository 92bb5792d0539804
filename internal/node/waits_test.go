package node

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/registry/waitstest"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/task"
)

// waitsOfTasks are Waits whose tasks exist.
type waitsOfTasks struct {
	postgres.Waits
	tasks store.Store
}

func (w waitsOfTasks) Add(ctx context.Context, t task.Waiter) error {
	one := task.Task{ID: t.ID, Account: t.Account, State: task.Throttled}
	if _, err := w.tasks.Apply(ctx, task.Change{Task: one}); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	return w.Waits.Add(ctx, t)
}

// openWaits returns the Waits of two servers on one database.
func openWaits(t *testing.T, url string) (all []registry.Waits, tasks store.Store) {
	t.Helper()
	for range 2 {
		db, err := postgres.OpenDB(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if _, _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		tasks = postgres.New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
		all = append(all, waitsOfTasks{db.Waits(), tasks})
	}
	return all, tasks
}

func TestWaitsOfSeveralServers(t *testing.T) {
	server := shared.Server(t)
	waitstest.Run(t, func(t *testing.T) []registry.Waits {
		all, _ := openWaits(t, server.NewDatabase(t))
		return all
	})
	t.Run("a task that has ended is passed over", func(t *testing.T) {
		all, tasks := openWaits(t, server.NewDatabase(t))
		first, second := waitstest.Waiter(1, 1), waitstest.Waiter(2, 1)
		for _, one := range []task.Waiter{first, second} {
			if err := all[0].Add(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
		ended, err := tasks.Task(t.Context(), first.ID)
		if err != nil {
			t.Fatal(err)
		}
		ended.State = task.Cancelled
		if _, err := tasks.Apply(t.Context(), task.Change{Task: ended}); err != nil {
			t.Fatal(err)
		}
		if may, err := all[1].MayTry(t.Context(), second); err != nil || !may {
			t.Errorf("the one after it may try: %v, %v", may, err)
		}
		if id, ok, err := all[1].Next(t.Context(), "a", true); err != nil || !ok || id != second.ID {
			t.Errorf("next is %q, %v, %v", id, ok, err)
		}
	})
}
