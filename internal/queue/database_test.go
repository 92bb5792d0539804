package queue

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
)

// server holds the databases of the tests; nil = each is an SQLite file.
var server *postgrestest.Server

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(postgrestest.Both(m, func(s *postgrestest.Server) { server = s }))
}

// openEmpty makes a database without tables.
func (h *testQueue) openEmpty(t testing.TB) {
	t.Helper()
	if server != nil {
		h.openPostgres(t, server.NewDatabase(t))
	} else {
		h.openSQLite(t, filepath.Join(t.TempDir(), "q.db"))
	}
}

func (h *testQueue) openPostgres(t testing.TB, url string) {
	t.Helper()
	var err error
	if h.pool, err = pgxpool.New(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.pool.Close)
	h.db = stdlib.OpenDBFromPool(h.pool)
	t.Cleanup(func() { _ = h.db.Close() })
}

func (h *testQueue) openSQLite(t testing.TB, path string) {
	t.Helper()
	var err error
	if h.db, err = openFile(path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.db.Close() })
}

// openFile opens an SQLite file as NewSQLite asks.
func openFile(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// migrate makes the tables of the first PostgreSQL database, which are those of the others too.
func migrate(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	q, err := NewPostgres(pool, Options{})
	if err != nil {
		return err
	}
	_, _, err = q.Migrate(ctx)
	return err
}

// emptyFile is an SQLite file with the queue's tables, of which each test gets a copy.
var emptyFile = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "queue")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "q.db")
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	q, err := NewSQLite(db, Options{})
	if err == nil {
		_, _, err = q.Migrate(context.Background()) // no test's context will do, because later tests use the file too
	}
	if err = errors.Join(err, db.Close()); err != nil { // to close it moves everything into the one file
		return nil, err
	}
	return os.ReadFile(path)
})

// migratedFile returns the path of a copy of emptyFile.
func migratedFile(t testing.TB) string {
	t.Helper()
	file, err := emptyFile()
	path := filepath.Join(t.TempDir(), "q.db")
	if err == nil {
		err = os.WriteFile(path, file, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}
