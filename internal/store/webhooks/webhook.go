package webhooks

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Webhooks = (*Rows)(nil)

// Webhooks implements store.Webhooks.
func (r *Rows) Webhooks(ctx context.Context, q task.WebhookQuery) ([]task.Webhook, error) {
	statement, args := Query(q)
	found, err := queryAll(ctx, r.db.Query, scanWebhook, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("webhooks: list: %w", err)
	}
	return found, nil
}

// Query returns the query of the webhooks that q selects.
func Query(q task.WebhookQuery) (string, []any) {
	var f query.Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Account != 0 {
		f.Add("account = ?", q.Account)
	}
	return `SELECT id, account, version, created, body FROM webhooks` + f.Conditions() + ` ORDER BY created, id`, f.Args
}

func scanWebhook(scan Scan) (w task.Webhook, err error) {
	var created int64
	var body []byte
	if err := scan(&w.ID, &w.Account, &w.Version, &created, &body); err != nil {
		return w, err
	}
	w.Created = timeOf(created)
	return w, store.UnmarshalWebhook(body, &w)
}

// PutWebhook implements store.Webhooks.
func (r *Rows) PutWebhook(ctx context.Context, w task.Webhook, wakes ...task.Wake) (version int64, err error) {
	body, err := store.MarshalWebhook(w)
	if err == nil {
		err = r.db.Write(ctx, wakes, func(ctx context.Context, tx Tx) error { return r.putWebhook(ctx, tx, w, body) })
	}
	if err != nil {
		return 0, fmt.Errorf("webhooks: put %s at version %d: %w", w.ID, w.Version, err)
	}
	return w.Version + 1, nil
}

func (r *Rows) putWebhook(ctx context.Context, tx Tx, w task.Webhook, body []byte) error {
	if w.Version > 0 {
		n, err := tx.Exec(ctx, `UPDATE webhooks SET version = $2, body = $3 WHERE id = $1 AND version = $4`, w.ID, w.Version+1, body, w.Version)
		if err == nil && n == 0 {
			err = store.ErrStale
		}
		if err != nil {
			return err
		}
		return r.announce(ctx, tx)
	}
	if r.statements.LockAccount != "" {
		if _, err := tx.Exec(ctx, r.statements.LockAccount, w.Account); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO webhooks (id, account, version, created, body) VALUES ($1, $2, 1, $3, $4)`, w.ID, w.Account, millis(w.Created), body); err != nil {
		return err
	}
	count, err := queryAll(ctx, tx.Query, scanNumber, `SELECT count(*) FROM webhooks WHERE account = $1`, w.Account)
	if err != nil {
		return err
	}
	if count[0] > task.MaxWebhooks {
		return store.ErrLimit
	}
	return r.announce(ctx, tx)
}

// announce tells all processes that a webhook was written.
func (r *Rows) announce(ctx context.Context, tx Tx) error {
	if r.statements.Announce == "" {
		return nil
	}
	_, err := tx.Exec(ctx, r.statements.Announce)
	return err
}

// DeleteWebhook implements store.Webhooks.
func (r *Rows) DeleteWebhook(ctx context.Context, id string, wakes ...task.Wake) error {
	err := r.db.Write(ctx, wakes, func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM webhooks WHERE id = $1`, id)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		return r.announce(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("webhooks: delete %s: %w", id, err)
	}
	return nil
}
