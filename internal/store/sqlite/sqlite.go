package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/store/webhooks"
)

// Store implements store.Store in an SQLite file. Make one with New.
type Store struct {
	*webhookRows
	db    *DB
	group *groupcommit.Group[change] // of all changes to tasks
}

var _ store.Store = (*Store)(nil)

// New returns the store in db, which must have been migrated. If a change has wakes, Apply passes them to enqueue inside its
// transaction. The store owns db: Close closes it.
func New(db *DB, enqueue store.Enqueue[*sql.Tx]) *Store {
	s := &Store{db: db, group: newGroup(db.writer, enqueue)}
	s.webhookRows = webhooks.New(webhookDB{s}, webhooks.Statements{})
	return s
}

// Close implements store.Store. It may be called twice.
func (s *Store) Close() error { return s.db.Close() }

// querier runs queries: a *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// queryAll returns every row of a query.
func queryAll[T any](ctx context.Context, q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, mapError(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the same errors
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, mapError(err)
		}
		out = append(out, v)
	}
	return out, mapError(rows.Err())
}

// queryOne returns the row of a query that finds at most one, or ErrNotFound.
func queryOne[T any](ctx context.Context, q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) (T, error) {
	found, err := queryAll(ctx, q, scan, query, args...)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// scanBody reads a row whose only column is a body.
func scanBody[T any](scan func(...any) error, unmarshal func([]byte) (T, error)) (v T, err error) {
	var raw sql.RawBytes
	if err := scan(&raw); err != nil {
		return v, err
	}
	return unmarshal(raw)
}

// mapError adds ErrUnavailable or ErrExists to an error of SQLite that means one of them. It adds neither twice.
func mapError(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrExists) {
		return err
	}
	const primary = 0xff // the bits of an extended result code that hold the primary one (sqlite.org/rescode.html)
	switch e.Code() & primary {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w (%w)", store.ErrUnavailable, err)
	}
	if e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return fmt.Errorf("%w (%w)", store.ErrExists, err)
	}
	return err
}

// millis returns t as columns hold it, in epoch milliseconds.
func millis(t time.Time) int64 { return t.UnixMilli() }
