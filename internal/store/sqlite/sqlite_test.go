package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/sqlite/sqlitetest"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

// template is the database file of the tests.
var template sqlitetest.Template

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, enqueue func(context.Context, []task.Wake) error) store.Store {
		return openStore(t, func(ctx context.Context, _ *sql.Tx, wakes []task.Wake) error { return enqueue(ctx, wakes) })
	})
}

// openStore returns an empty store in a new file.
func openStore(tb testing.TB, enqueue store.Enqueue[*sql.Tx]) *sqlite.Store {
	tb.Helper()
	s := sqlite.New(template.Open(tb, filepath.Join(tb.TempDir(), "filmgate.db")), enqueue)
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return s
}

// openDB opens and migrates the database at path. The caller closes it.
func openDB(tb testing.TB, path string) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.OpenDB(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}
