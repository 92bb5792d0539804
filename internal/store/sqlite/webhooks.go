package sqlite

import (
	"context"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/webhooks"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Webhooks = (*Store)(nil)

// webhookRows are the webhooks of a Store.
type webhookRows = webhooks.Rows

// webhookDB implements webhooks.DB.
type webhookDB struct{ s *Store }

// Query implements webhooks.DB.
func (d webhookDB) Query(ctx context.Context, each func(webhooks.Scan) error, query string, args ...any) error {
	return eachRow(ctx, d.s.db.reader, each, query, args...)
}

// Write implements webhooks.DB.
func (d webhookDB) Write(ctx context.Context, wakes []task.Wake, f func(context.Context, webhooks.Tx) error) error {
	return mapError(d.s.group.Do(ctx, change{func(ctx context.Context, tx *writeTx) error { return f(ctx, webhookTx{tx}) }, wakes}))
}

// Record implements webhooks.DB.
func (d webhookDB) Record(ctx context.Context, r webhooks.Record) error {
	return d.Write(ctx, nil, func(ctx context.Context, tx webhooks.Tx) error { return webhooks.PutRecord(ctx, tx, r) })
}

// webhookTx implements webhooks.Tx.
type webhookTx struct{ tx *writeTx }

// Exec implements webhooks.Tx.
func (t webhookTx) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	done, err := t.tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Query implements webhooks.Tx.
func (t webhookTx) Query(ctx context.Context, each func(webhooks.Scan) error, query string, args ...any) error {
	return eachRow(ctx, t.tx, each, query, args...)
}

// eachRow calls each with every row of a query.
func eachRow(ctx context.Context, q querier, each func(webhooks.Scan) error, query string, args ...any) error {
	_, err := queryAll(ctx, q, func(scan func(...any) error) (struct{}, error) { return struct{}{}, each(scan) }, query, args...)
	return err
}

// putDeliveries inserts the deliveries of a change.
func putDeliveries(ctx context.Context, tx *writeTx, c task.Change) error {
	for _, d := range c.Deliveries {
		d.Task, d.TaskVersion = c.Task.ID, c.Task.Version
		args, err := webhooks.InsertArgs(d)
		if err == nil {
			_, err = tx.ExecContext(ctx, webhooks.Insert, args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
