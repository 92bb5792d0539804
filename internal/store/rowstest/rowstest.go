// Package rowstest opens empty stores for the tests of packages that work on one. The tests of such a package run twice: on
// SQLite, and on PostgreSQL if it is installed.
package rowstest

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/sqlite/sqlitetest"
	"github.com/filmgate/filmgate/internal/task"
)

// Databases makes the stores of one package's tests. The zero value is ready to use, and its stores are SQLite files until Main
// runs the tests on PostgreSQL.
type Databases struct {
	server   *postgrestest.Server // nil = SQLite
	template sqlitetest.Template
}

// Main runs the tests on both databases and returns the exit code; see postgrestest.Both.
func (d *Databases) Main(m *testing.M) int {
	return postgrestest.Both(m, func(s *postgrestest.Server) { d.server = s }).Run()
}

// Open returns an empty store, which is closed when the test ends. dir is a folder of the test. enqueue gets the wakes of each
// change; nil = nobody does.
func (d *Databases) Open(tb testing.TB, dir string, enqueue func([]task.Wake)) (rows store.Store) {
	tb.Helper()
	if enqueue == nil {
		enqueue = func([]task.Wake) {}
	}
	if d.server != nil {
		db, err := postgres.OpenDB(tb.Context(), d.server.NewMigrated(tb, migrate))
		if err != nil {
			tb.Fatal(err)
		}
		rows = postgres.New(db, func(_ context.Context, _ pgx.Tx, w []task.Wake) error { enqueue(w); return nil })
	} else {
		db := d.template.Open(tb, filepath.Join(dir, "filmgate.db"))
		rows = sqlite.New(db, func(_ context.Context, _ *sql.Tx, w []task.Wake) error { enqueue(w); return nil })
	}
	tb.Cleanup(func() { _ = rows.Close() })
	return rows
}

// migrate makes the tables of the first PostgreSQL database, of which the others are copies.
func migrate(ctx context.Context, url string) error {
	db, err := postgres.OpenDB(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, _, err = db.Migrate(ctx)
	return err
}
