package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

// shared is the server of all tests of the package.
var shared = &postgres.Shared

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, enqueue func(context.Context, []task.Wake) error) store.Store {
		return openStore(t, shared.Server(t).NewSchema(t), func(ctx context.Context, _ pgx.Tx, wakes []task.Wake) error { return enqueue(ctx, wakes) })
	})
}

// openStore opens and migrates the database at a URL, and closes it when the test ends.
func openStore(tb testing.TB, url string, enqueue store.Enqueue[pgx.Tx]) *postgres.Store {
	tb.Helper()
	s := postgres.New(openDB(tb, url), enqueue)
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return s
}

// openDB opens and migrates the database at a URL. The caller closes it.
func openDB(tb testing.TB, url string) *postgres.DB {
	tb.Helper()
	db, err := postgres.OpenDB(tb.Context(), url)
	if err != nil {
		tb.Fatal(err)
	}
	if _, _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

// noWakes is the Enqueue of stores whose changes have no wakes.
func noWakes(context.Context, pgx.Tx, []task.Wake) error { return nil }
