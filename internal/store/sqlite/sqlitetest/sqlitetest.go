// Package sqlitetest opens SQLite databases for tests. The tables are made once; each test gets a copy of the file, which takes
// a tenth of the time.
package sqlitetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/store/sqlite"
)

// Template is a database file with the tables of the newest version and no rows. The zero value works: the first test that asks
// makes it. It may be used by several tests at once.
type Template struct {
	once sync.Once
	file []byte
	err  error
}

// Open makes a database at path with the tables of the newest version, and opens it. The caller closes it.
func (m *Template) Open(tb testing.TB, path string) *sqlite.DB {
	tb.Helper()
	m.once.Do(func() { m.file, m.err = migrated() })
	err := m.err
	if err == nil {
		err = os.WriteFile(path, m.file, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	db, err := sqlite.OpenDB(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

// migrated returns the file of a new database.
func migrated() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "sqlitetest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "filmgate.db")
	ctx := context.Background() // no test's context will do, because later tests use the file too
	db, err := sqlite.OpenDB(ctx, path)
	if err != nil {
		return nil, err
	}
	_, _, err = db.Migrate(ctx)
	if err = errors.Join(err, db.Close()); err != nil { // to close it moves everything into the one file
		return nil, err
	}
	return os.ReadFile(path)
}
