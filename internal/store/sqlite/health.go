package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// damagedError means that the file is damaged, incomplete or another one. Only an operator can repair that.
type damagedError struct{ why string }

// Error includes what the operator should do.
func (d *damagedError) Error() string {
	return "the database is damaged: " + d.why + ": stop the server and restore a backup"
}

// Ping checks, in a few milliseconds, that the database can be read: the file is still the one that was opened, one row of
// each table can be read from the disk, and the last Verify found no damage.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.ping(ctx); err != nil {
		return fmt.Errorf("sqlite: ping: %w", mapDamage(err))
	}
	return nil
}

func (s *Store) ping(ctx context.Context) error {
	if d := s.db.damage.Load(); d != nil {
		return d
	}
	if err := s.db.reader.PingContext(ctx); err != nil {
		return err
	}
	now, err := os.Stat(s.db.path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !os.SameFile(now, s.db.file) {
		return &damagedError{"its file was removed or replaced"}
	}
	if err != nil {
		return err
	}
	// A new connection reads from the file. The caches of the others would hide damage.
	fresh, err := openStore(ctx, s.db.probeURI, 1)
	if err != nil {
		return err
	}
	return errors.Join(readOneRowEach(ctx, fresh), fresh.Close())
}

// CheckWrite returns an error if the database can't be written, as on a full disk. It commits a write that changes nothing.
func (s *Store) CheckWrite(ctx context.Context) error {
	// The number is in the file's header, and nobody uses it. To set it writes the first page, whatever it was.
	if _, err := s.db.writer.ExecContext(ctx, `PRAGMA user_version = 0`); err != nil {
		return fmt.Errorf("sqlite: check the disk: %w", mapDamage(err))
	}
	return nil
}

// readOneRowEach reads one row of each table, and the newest task through an index.
func readOneRowEach(ctx context.Context, db *sql.DB) error {
	tables, err := queryAll(ctx, db, scanText, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		return err
	}
	if len(tables) == 0 {
		return &damagedError{"it has no tables"}
	}
	for _, name := range tables {
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		if _, err := queryAll(ctx, db, skipRow, `SELECT * FROM `+quoted+` LIMIT 1`); err != nil {
			return err
		}
	}
	_, err = queryAll(ctx, db, scanText, `SELECT id FROM tasks ORDER BY created DESC, id DESC LIMIT 1`)
	return err
}

// skipRow ignores a row's values.
func skipRow(func(...any) error) (struct{}, error) { return struct{}{}, nil }

func scanText(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}

// Verify reads the whole file and returns an error if it is damaged; from then on Ping returns that error too. It takes
// about a second per gigabyte and does not block writers.
func (s *Store) Verify(ctx context.Context) error {
	err := s.db.quickCheck(ctx)
	if err == nil {
		return nil
	}
	var d *damagedError
	if errors.As(err, &d) {
		s.db.damage.Store(d)
	}
	return fmt.Errorf("sqlite: verify: %w", err)
}

// quickCheck reads the whole file and returns a damagedError if it is damaged.
func (db *DB) quickCheck(ctx context.Context) error {
	found, err := queryAll(ctx, db.reader, scanText, `PRAGMA quick_check(1)`)
	if err == nil && (len(found) != 1 || found[0] != "ok") {
		err = &damagedError{strings.Join(found, "; ")}
	}
	return mapDamage(err)
}

// mapDamage turns SQLite's errors for a damaged file into a damagedError, and maps others as mapError does.
func mapDamage(err error) error {
	var e *sqlite.Error
	const primary = 0xff // as in mapError
	if errors.As(err, &e) && (e.Code()&primary == sqlite3.SQLITE_CORRUPT || e.Code()&primary == sqlite3.SQLITE_NOTADB) {
		return &damagedError{err.Error()}
	}
	return mapError(err)
}
