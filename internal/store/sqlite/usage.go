package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Usage = (*Store)(nil)

// text returns a caller's text as columns hold it.
func text(s string) any { return s }

// Usage implements store.Usage.
func (s *Store) Usage(ctx context.Context, q task.UsageQuery) ([]task.Usage, error) {
	u := query.NewUsage(q, text, "ended = 0")
	statement, args := u.Sums()
	sums, err := queryAll(ctx, s.db.reader, u.ScanSums, statement, args...)
	var waits, costs []task.Usage
	if err == nil {
		statement, args = u.Waits()
		waits, err = queryAll(ctx, s.db.reader, u.ScanWaits, statement, args...)
	}
	if err == nil {
		statement, args = u.Costs()
		costs, err = queryAll(ctx, s.db.reader, u.ScanCosts, statement, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: usage of account %d: %w", q.Account, err)
	}
	return u.Join(sums, waits, costs), nil
}

// uncounted selects the ended tasks that are not counted, at most $1.
const uncounted = `SELECT body FROM tasks WHERE ended = 1 AND counted = 0 ORDER BY id LIMIT $1`

// CountUsage implements store.Usage. It writes nothing if all ended tasks are counted.
func (s *Store) CountUsage(ctx context.Context, limit int) (counted int, err error) {
	counted, err = s.derive(ctx, uncounted, limit, `UPDATE tasks SET counted = 1 WHERE id = $1 AND counted = 0`, func(ctx context.Context, tx *writeTx, t task.Task) error {
		return execAll(ctx, tx, query.PutUsage(t, text))
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: count usage: %w", mapError(err))
	}
	return counted, nil
}

// execAll runs statements of which each may write nothing.
func execAll(ctx context.Context, tx *writeTx, all []query.Write) error {
	for _, w := range all {
		if _, err := tx.ExecContext(ctx, w.Statement, w.Args...); err != nil {
			return err
		}
	}
	return nil
}
