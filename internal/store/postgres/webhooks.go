package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/webhooks"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Webhooks = (*Store)(nil)

// webhookRows are the webhooks of a Store.
type webhookRows = webhooks.Rows

// webhookStatements are the statements that keep several servers in step.
func webhookStatements() webhooks.Statements {
	return webhooks.Statements{
		LockAccount: `SELECT pg_advisory_xact_lock(hashtextextended('filmgate webhooks', $1))`,
		Announce:    `SELECT pg_notify('` + channel + `', '{"h":true}')`,
	}
}

// webhookDB implements webhooks.DB.
type webhookDB struct{ s *Store }

// Query implements webhooks.DB. If the connection was lost before the first row, it tries once more on a new one.
func (d webhookDB) Query(ctx context.Context, each func(webhooks.Scan) error, query string, args ...any) error {
	seen := false
	run := func() error {
		_, err := queryOnce(ctx, d.s.db, func(scan func(...any) error) (struct{}, error) {
			seen = true
			return struct{}{}, each(scan)
		}, query, args...)
		return err
	}
	err := run()
	if !seen && d.s.db.reconnect(ctx, err) {
		err = run()
	}
	return mapError(err)
}

// Write implements webhooks.DB.
func (d webhookDB) Write(ctx context.Context, wakes []task.Wake, f func(context.Context, webhooks.Tx) error) error {
	return d.s.db.inTx(ctx, func(tx pgx.Tx) error {
		if err := f(ctx, webhookTx{tx}); err != nil || len(wakes) == 0 {
			return err
		}
		if err := d.s.enqueue(ctx, tx, wakes); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
		return nil
	})
}

// Record implements webhooks.DB.
func (d webhookDB) Record(ctx context.Context, r webhooks.Record) error {
	return d.s.records.Do(ctx, r)
}

// webhookTx implements webhooks.Tx.
type webhookTx struct{ tx pgx.Tx }

// Exec implements webhooks.Tx.
func (t webhookTx) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	done, err := t.tx.Exec(ctx, statement, clean(args)...)
	return done.RowsAffected(), err
}

// Query implements webhooks.Tx.
func (t webhookTx) Query(ctx context.Context, each func(webhooks.Scan) error, query string, args ...any) error {
	rows, err := t.tx.Query(ctx, query, clean(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// putDeliveries adds the statements that insert the deliveries of a change.
func (b *batch) putDeliveries(c change) {
	for _, d := range c.Deliveries {
		d.Task, d.TaskVersion = c.Task.ID, c.Task.Version
		args, _ := webhooks.InsertArgs(d) // texts and times always have a JSON form
		b.add(webhooks.Insert, args...)
	}
}
