package postgres

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Usage = (*Store)(nil)

// text returns a text that a caller writes as columns of type bytea hold it.
func text(s string) any { return free(s) }

// Usage implements store.Usage.
func (s *Store) Usage(ctx context.Context, q task.UsageQuery) ([]task.Usage, error) {
	u := query.NewUsage(q, text, "NOT ended")
	statement, args := u.Sums()
	sums, err := queryAll(ctx, s.db, u.ScanSums, statement, args...)
	var waits, costs []task.Usage
	if err == nil {
		statement, args = u.Waits()
		waits, err = queryAll(ctx, s.db, u.ScanWaits, statement, args...)
	}
	if err == nil {
		statement, args = u.Costs()
		costs, err = queryAll(ctx, s.db, u.ScanCosts, statement, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: usage of account %d: %w", q.Account, err)
	}
	return u.Join(sums, waits, costs), nil
}

// CountUsage implements store.Usage. It passes over tasks that another transaction is writing. It writes nothing if all ended tasks are
// counted.
func (s *Store) CountUsage(ctx context.Context, limit int) (counted int, err error) {
	counted, err = s.derive(ctx, `ended AND NOT counted`, limit, func(b *batch, t task.Task) {
		b.add(`UPDATE tasks SET counted = true WHERE id = $1`, t.ID)
		b.addAll(query.PutUsage(t, text))
	})
	if err != nil {
		return 0, fmt.Errorf("postgres: count usage: %w", err)
	}
	return counted, nil
}

// addAll adds statements of which each may write nothing.
func (b *batch) addAll(all []query.Write) {
	for _, w := range all {
		b.add(w.Statement, w.Args...)
	}
}
