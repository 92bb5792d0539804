package webhooks

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// ReplayDeliveries implements store.Webhooks.
func (r *Rows) ReplayDeliveries(ctx context.Context, q task.DeliveryQuery, now time.Time, wakes ...task.Wake) (n int64, last time.Time, err error) {
	f := selected(q)
	f.Add("state <> 'pending'")
	statement := `UPDATE webhook_deliveries SET state = 'pending', tries = 0, due = 253402300799999 WHERE id IN (SELECT id FROM webhook_deliveries` +
		f.Page("webhook_deliveries", task.Cursor{}, true, q.Limit) + `) RETURNING created`
	err = r.db.Write(ctx, wakes, func(ctx context.Context, tx Tx) error {
		created, err := queryAll(ctx, tx.Query, scanNumber, statement, f.Args...)
		n, last = int64(len(created)), time.Time{}
		for _, one := range created {
			if at := timeOf(one); at.After(last) {
				last = at
			}
		}
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec(ctx, Release, q.Webhook, millis(now))
		return err
	})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("webhooks: replay deliveries to %s: %w", q.Webhook, err)
	}
	return n, last, nil
}

// DropDeliveries implements store.Webhooks.
func (r *Rows) DropDeliveries(ctx context.Context, webhook string, limit int) (int64, error) {
	n, err := r.exec(ctx, `UPDATE webhook_deliveries SET state = 'dropped', due = 0 WHERE id IN
		(SELECT id FROM webhook_deliveries WHERE webhook = $1 AND state = 'pending' LIMIT $2)`, webhook, limit)
	if err != nil {
		return 0, fmt.Errorf("webhooks: drop deliveries to %s: %w", webhook, err)
	}
	return n, nil
}

// DeleteDeliveries implements store.Webhooks.
func (r *Rows) DeleteDeliveries(ctx context.Context, webhook string, limit int) (int64, error) {
	n, err := r.exec(ctx, `DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE webhook = $1 LIMIT $2)`, webhook, limit)
	if err != nil {
		return 0, fmt.Errorf("webhooks: delete deliveries to %s: %w", webhook, err)
	}
	return n, nil
}

// DueWebhooks implements store.Webhooks.
func (r *Rows) DueWebhooks(ctx context.Context, before time.Time) ([]string, error) {
	found, err := queryAll(ctx, r.db.Query, scanText, `SELECT DISTINCT webhook FROM webhook_deliveries WHERE state = 'pending' AND due < $1`, millis(before))
	if err != nil {
		return nil, fmt.Errorf("webhooks: look for what is due: %w", err)
	}
	return found, nil
}

// DeleteOldDeliveries implements store.Retention. It writes nothing if there is nothing to delete.
func (r *Rows) DeleteOldDeliveries(ctx context.Context, before time.Time, limit int) (int64, error) {
	old, err := queryAll(ctx, r.db.Query, scanText, `SELECT id FROM webhook_deliveries WHERE created < $1 AND state <> 'pending' LIMIT 1`, millis(before))
	n := int64(0)
	if err == nil && len(old) > 0 {
		n, err = r.exec(ctx, `DELETE FROM webhook_deliveries WHERE id IN
			(SELECT id FROM webhook_deliveries WHERE created < $1 AND state <> 'pending' ORDER BY created LIMIT $2)`, millis(before), limit)
	}
	if err != nil {
		return 0, fmt.Errorf("webhooks: delete old deliveries: %w", err)
	}
	return n, nil
}

// exec runs a statement in a transaction of its own, and returns how many rows it wrote.
func (r *Rows) exec(ctx context.Context, statement string, args ...any) (n int64, err error) {
	err = r.db.Write(ctx, nil, func(ctx context.Context, tx Tx) (err error) {
		n, err = tx.Exec(ctx, statement, args...)
		return err
	})
	return n, err
}
