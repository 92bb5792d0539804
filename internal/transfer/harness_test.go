package transfer_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

var shared postgrestest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// database is a database of a test, and the store in it.
type database struct {
	store.Portable
	store store.Store
	exec  func(statement string) // runs one as it is

	tables  func(context.Context) ([]string, error)
	columns func(table string) []string // sorted
}

// openers open an empty, migrated database.
var openers = map[string]func(t *testing.T) database{
	"SQLite": func(t *testing.T) database { return openSQLite(t, filepath.Join(t.TempDir(), "filmgate.db")) },
	"PostgreSQL": func(t *testing.T) database {
		db, err := postgres.OpenDB(t.Context(), shared.Server(t).NewSchema(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		migrate(t, db)
		pool := stdlib.OpenDBFromPool(db.Pool())
		t.Cleanup(func() { _ = pool.Close() })
		s := postgres.New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
		return database{db, s, executor(t, pool), db.TableNames, columnsOf(t, pool,
			`SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE "C"`)}
	},
}

func openSQLite(t *testing.T, path string) database {
	t.Helper()
	db, err := sqlite.OpenDB(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	exec := executor(t, db.Writer())
	exec(`PRAGMA synchronous = OFF`) // no test cuts the power
	migrate(t, db)
	s := sqlite.New(db, func(context.Context, *sql.Tx, []task.Wake) error { return nil })
	return database{db, s, exec, db.TableNames, columnsOf(t, db.Writer(), `SELECT name FROM pragma_table_info($1) ORDER BY name`)}
}

// executor returns a function that runs a statement.
func executor(t *testing.T, db *sql.DB) func(statement string) {
	return func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// columnsOf returns a function that reads the names of a table's columns by a query.
func columnsOf(t *testing.T, db *sql.DB, query string) func(table string) []string {
	return func(table string) (names []string) {
		t.Helper()
		found, err := db.QueryContext(t.Context(), query, table)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			names = append(names, "")
			if err := found.Scan(&names[len(names)-1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return names
	}
}

func migrate(t *testing.T, db interface {
	Migrate(context.Context) (from, to int64, err error)
}) {
	t.Helper()
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// eachDirection runs a test from each kind of database to each.
func eachDirection(t *testing.T, test func(t *testing.T, from, to func(t *testing.T) database)) {
	for from, openFrom := range openers {
		for to, openTo := range openers {
			t.Run(from+" to "+to, func(t *testing.T) { test(t, openFrom, openTo) })
		}
	}
}

// thereAndBack runs a test from SQLite to PostgreSQL and the other way round, so that each is read and written once.
func thereAndBack(t *testing.T, test func(t *testing.T, from, to func(t *testing.T) database)) {
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { test(t, openers["SQLite"], openers["PostgreSQL"]) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { test(t, openers["PostgreSQL"], openers["SQLite"]) })
}

// side returns a side of a move in a database.
func side(name string, db store.Portable) transfer.Side {
	return transfer.Side{Rows: db, Name: name, Setting: "the setting of " + name, FilesSetting: "the files of " + name}
}

func move(from, to store.Portable) transfer.Move {
	return transfer.Move{From: side("here", from), To: side("there", to), Command: "filmgate migrate --to there", PageRows: 70}
}

// run runs a move, which must succeed.
func run(t *testing.T, m transfer.Move) transfer.Report {
	t.Helper()
	r, err := m.Run(t.Context())
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	if err := transfer.Unfinished(t.Context(), m.To.Rows); err != nil {
		t.Fatalf("after the move: %v", err)
	}
	return r
}
