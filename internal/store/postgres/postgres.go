package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/store/webhooks"
)

// Store implements store.Store in a PostgreSQL database. Make one with New.
type Store struct {
	*webhookRows
	db      *DB
	enqueue store.Enqueue[pgx.Tx]
	group   *groupcommit.Group[change]          // of all changes to tasks
	records *groupcommit.Group[webhooks.Record] // of all attempts to deliver to webhooks
}

var _ store.Store = (*Store)(nil)

// New returns the store in db, which must have been migrated. Apply passes wakes to enqueue inside its transaction: those of
// many changes at once, if their transaction is the same. If that call fails, the changes are written again, each with a call
// of its own. The store owns db: Close closes it.
func New(db *DB, enqueue store.Enqueue[pgx.Tx]) *Store {
	s := &Store{db: db, enqueue: enqueue}
	s.group = groupcommit.New(s.commit)
	s.records = groupcommit.New(s.commitRecords)
	s.webhookRows = webhooks.New(webhookDB{s}, webhookStatements())
	return s
}

// Ping checks that the database can be read and is this server's. See DB.Ping.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Close implements store.Store. It may be called twice.
func (s *Store) Close() error { return s.db.Close() }

// queryAll returns every row of a query outside of a transaction. If the connection was lost, it tries once more on a new one.
func queryAll[T any](ctx context.Context, db *DB, scan func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	found, err := queryOnce(ctx, db, scan, query, args...)
	if db.reconnect(ctx, err) {
		found, err = queryOnce(ctx, db, scan, query, args...)
	}
	return found, mapError(err)
}

func queryOnce[T any](ctx context.Context, db *DB, scan func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.pool.Query(ctx, query, clean(args)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// queryOne returns the row of a query that finds at most one, or ErrNotFound.
func queryOne[T any](ctx context.Context, db *DB, scan func(scan func(...any) error) (T, error), query string, args ...any) (T, error) {
	found, err := queryAll(ctx, db, scan, query, args...)
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
	var raw []byte
	if err := scan(&raw); err != nil {
		return v, err
	}
	return unmarshal(raw)
}

// millis returns t as columns hold it, in epoch milliseconds.
func millis(t time.Time) int64 { return t.UnixMilli() }

// clean replaces what a column of type text can't hold in the arguments of type string: the character 0, and bytes that are not
// UTF-8. The ids that the program makes have neither, so a caller's id that has one finds nothing.
func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = cleanText(s)
		}
	}
	return args
}

func cleanText(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\ufffd"), "\ufffd")
}

// free returns a text that a caller writes as columns of type bytea hold it.
func free(s string) []byte { return []byte(s) }
