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

// damagedError says that the file is not, or not whole, what was written to it. Only an operator can mend that.
type damagedError struct{ why string }

// Error names the remedy too.
func (d *damagedError) Error() string {
	return "the database is damaged: " + d.why + ": stop the server and restore a backup"
}

// Ping reports whether rows can be read and the file is whole, as far as that is seen at a glance: the file is the one that
// was opened, a row of each table can be read from it anew, and the last Verify found nothing. It takes a few milliseconds.
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
	// A connection of its own has read nothing yet: what others keep in memory hides what has become of the file.
	fresh, err := openStore(ctx, s.db.probeURI, 1)
	if err != nil {
		return err
	}
	return errors.Join(readOneRowEach(ctx, fresh), fresh.Close())
}

// readOneRowEach reads a row of each table, and the newest task by an index.
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

// skipRow takes a row as it is read, whatever it holds.
func skipRow(func(...any) error) (struct{}, error) { return struct{}{}, nil }

func scanText(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}

// Verify reads the whole file and checks that it is well formed; Ping says so from then on where it is not. It takes about a
// second for each gigabyte, and holds up no writer.
func (s *Store) Verify(ctx context.Context) error {
	found, err := queryAll(ctx, s.db.reader, scanText, `PRAGMA quick_check(1)`)
	if err == nil && (len(found) != 1 || found[0] != "ok") {
		err = &damagedError{strings.Join(found, "; ")}
	}
	if err = mapDamage(err); err == nil {
		return nil
	}
	var d *damagedError
	if errors.As(err, &d) {
		s.db.damage.Store(d)
	}
	return fmt.Errorf("sqlite: verify: %w", err)
}

// mapDamage turns the database's own word for damage into a damagedError, and puts the port's word on other errors.
func mapDamage(err error) error {
	var e *sqlite.Error
	const primary = 0xff // as in known
	if errors.As(err, &e) && (e.Code()&primary == sqlite3.SQLITE_CORRUPT || e.Code()&primary == sqlite3.SQLITE_NOTADB) {
		return &damagedError{err.Error()}
	}
	return mapError(err)
}
