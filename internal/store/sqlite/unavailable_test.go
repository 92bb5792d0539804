package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

func TestUnavailable(t *testing.T) {
	storetest.RunUnavailable(t, func(t *testing.T) (store.Store, map[string]func() func()) {
		path := filepath.Join(t.TempDir(), "filmgate.db")
		db := openDB(t, path)
		s := sqlite.New(db, func(context.Context, *sql.Tx, []task.Wake) error { return nil })
		t.Cleanup(func() { _ = s.Close() })
		run := func(statement string) {
			t.Helper()
			if _, err := db.Writer().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		run(`PRAGMA busy_timeout = 0`) // fail at once; after ten seconds the error would be the same
		return s, map[string]func() func(){
			"no space to grow, as on a full disk": func() func() {
				run(`PRAGMA max_page_count = 1`) // SQLite raises it to the present number of pages
				return func() { run(`PRAGMA max_page_count = 1000000000`) }
			},
			"a read-only database": func() func() {
				run(`PRAGMA query_only = 1`)
				return func() { run(`PRAGMA query_only = 0`) }
			},
			"locked by another process": func() func() { return lockDatabase(t, path) },
		}
	})
}

// lockDatabase takes the database's write lock on another connection until end is called.
func lockDatabase(t *testing.T, path string) (end func()) {
	t.Helper()
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := other.Conn(t.Context())
	if err == nil {
		_, err = conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_, err := conn.ExecContext(t.Context(), `ROLLBACK`)
		if err := errors.Join(err, conn.Close(), other.Close()); err != nil {
			t.Error(err)
		}
	}
}
