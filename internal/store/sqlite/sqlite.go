package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Store is a store.Store in an SQLite file.
type Store struct {
	db      *DB
	enqueue store.Enqueue[*sql.Tx]
}

var _ store.Store = (*Store)(nil)

// New is the store in db, which must have been migrated. Apply hands a change's wakes, where it has any, to enqueue
// inside its transaction. The store owns db from here on: Close closes it.
func New(db *DB, enqueue store.Enqueue[*sql.Tx]) *Store {
	return &Store{db: db, enqueue: enqueue}
}

// Close lets go of the database.
func (s *Store) Close() error { return s.db.Close() }

// querier is what a row can be read from.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// queryAll reads every row of a query.
func queryAll[T any](ctx context.Context, q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, mapError(err)
	}
	defer func() { _ = rows.Close() }() // its errors are those of rows.Err
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

// queryOne reads the row of a query that finds one at most.
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

// scanBody reads a row that consists of a body.
func scanBody[T any](scan func(...any) error, unmarshal func([]byte) (T, error)) (v T, err error) {
	var raw sql.RawBytes
	if err := scan(&raw); err != nil {
		return v, err
	}
	return unmarshal(raw)
}

// mapError puts the port's word on an error of the database. The word is not put twice.
func mapError(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrExists) {
		return err
	}
	const primary = 0xff // the bits of an extended result code that say its kind (sqlite.org/rescode.html)
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

// millis is the form in which times stand in columns.
func millis(t time.Time) int64 { return t.UnixMilli() }

// filter gathers the conditions of a query. Each ? of a condition becomes the number of its argument.
type filter struct {
	where []string
	args  []any
}

func (f *filter) add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", f.arg(a), 1)
	}
	f.where = append(f.where, condition)
}

// arg adds an argument and returns its placeholder.
func (f *filter) arg(a any) string {
	f.args = append(f.args, a)
	return "$" + strconv.Itoa(len(f.args))
}

// page completes a query with the conditions, a place to go on from, and an order along the given table's created and
// id columns.
func (f *filter) page(table string, after task.Cursor, oldestFirst bool, limit int) string {
	order, beyond := "DESC", "<"
	if oldestFirst {
		order, beyond = "ASC", ">"
	}
	if after != (task.Cursor{}) {
		f.add("("+table+".created, "+table+".id) "+beyond+" (?, ?)", millis(after.Created), after.ID)
	}
	if limit <= 0 {
		limit = 100
	}
	where := ""
	if len(f.where) > 0 {
		where = " WHERE " + strings.Join(f.where, " AND ")
	}
	return where + " ORDER BY " + table + ".created " + order + ", " + table + ".id " + order + " LIMIT " + f.arg(limit)
}
