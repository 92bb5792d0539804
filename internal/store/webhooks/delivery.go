package webhooks

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

const columns = `id, webhook, task, version, state, due, created, tries, body`

// Insert inserts a delivery, with the arguments of InsertArgs. It is due at once, unless another delivery of the task to the webhook
// is pending.
const Insert = `INSERT INTO webhook_deliveries (id, webhook, task, version, state, due, created, tries, body) VALUES ($1, $2, $3, $4, 'pending',
	CASE WHEN $3 <> '' AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE task = $3 AND webhook = $2 AND state = 'pending') THEN 253402300799999 ELSE $5 END,
	$5, 0, $6)`

// InsertArgs returns the arguments of Insert.
func InsertArgs(d task.Delivery) ([]any, error) {
	body, err := store.MarshalDelivery(d)
	return []any{d.ID, d.Webhook, d.Task, d.TaskVersion, millis(d.Created), body}, err
}

func scanDelivery(scan Scan) (d task.Delivery, err error) {
	var due, created, tries int64
	var body []byte
	if err := scan(&d.ID, &d.Webhook, &d.Task, &d.TaskVersion, &d.State, &due, &created, &tries, &body); err != nil {
		return d, err
	}
	d.Created, d.Tries = timeOf(created), int(tries)
	if d.State == task.DeliveryPending && due != blocked {
		d.Due = timeOf(due)
	}
	return d, store.UnmarshalDelivery(body, &d)
}

// Deliveries implements store.Webhooks.
func (r *Rows) Deliveries(ctx context.Context, q task.DeliveryQuery) ([]task.Delivery, error) {
	statement, args := DeliveriesQuery(q)
	found, err := queryAll(ctx, r.db.Query, scanDelivery, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("webhooks: list deliveries: %w", err)
	}
	return found, nil
}

// DeliveriesQuery returns the query of the deliveries that q selects.
func DeliveriesQuery(q task.DeliveryQuery) (string, []any) {
	f := selected(q)
	return `SELECT ` + columns + ` FROM webhook_deliveries` + f.Page("webhook_deliveries", q.After, false, q.Limit), f.Args
}

// selected returns the conditions of q.
func selected(q task.DeliveryQuery) *query.Filter {
	var f query.Filter
	f.Add("webhook = ?", q.Webhook)
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.State != "" {
		f.Add("state = ?", string(q.State))
	}
	if !q.CreatedFrom.IsZero() {
		f.Add("created >= ?", millis(q.CreatedFrom))
	}
	return &f
}

// PutDelivery implements store.Webhooks.
func (r *Rows) PutDelivery(ctx context.Context, d task.Delivery, wakes ...task.Wake) error {
	args, err := InsertArgs(d)
	if err == nil {
		err = r.db.Write(ctx, wakes, func(ctx context.Context, tx Tx) error {
			_, err := tx.Exec(ctx, Insert, args...)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("webhooks: put delivery %s: %w", d.ID, err)
	}
	return nil
}

// Claim begins attempts of at most $4 deliveries to the webhook $1 that are due at $2, until $3.
const Claim = `UPDATE webhook_deliveries SET tries = tries + 1, due = $3 WHERE id IN
	(SELECT id FROM webhook_deliveries WHERE webhook = $1 AND state = 'pending' AND due <= $2 ORDER BY due LIMIT $4)
	AND state = 'pending' AND due <= $2 RETURNING ` + columns

// ClaimDeliveries implements store.Webhooks. Where nothing is due it only reads.
func (r *Rows) ClaimDeliveries(ctx context.Context, webhook string, now, until time.Time, limit int) (claimed []task.Delivery, err error) {
	due, err := r.nextDue(ctx, webhook)
	if err == nil && due >= 0 && due <= millis(now) {
		err = r.db.Write(ctx, nil, func(ctx context.Context, tx Tx) (err error) {
			claimed, err = queryAll(ctx, tx.Query, scanDelivery, Claim, webhook, millis(now), millis(until), limit)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("webhooks: claim deliveries to %s: %w", webhook, err)
	}
	return claimed, nil
}

// NextDue returns when the next delivery to the webhook $1 is due; -1 if none is pending.
const NextDue = `SELECT coalesce(min(due), -1) FROM webhook_deliveries WHERE webhook = $1 AND state = 'pending'`

func (r *Rows) nextDue(ctx context.Context, webhook string) (int64, error) {
	found, err := queryAll(ctx, r.db.Query, scanNumber, NextDue, webhook)
	if err != nil {
		return 0, err
	}
	return found[0], nil
}

// NextDelivery implements store.Webhooks.
func (r *Rows) NextDelivery(ctx context.Context, webhook string) (time.Time, error) {
	due, err := r.nextDue(ctx, webhook)
	if err != nil {
		return time.Time{}, fmt.Errorf("webhooks: look for deliveries to %s: %w", webhook, err)
	}
	if due < 0 {
		return time.Time{}, nil
	}
	return timeOf(due), nil
}

// RecordDelivery implements store.Webhooks.
func (r *Rows) RecordDelivery(ctx context.Context, d task.Delivery, now time.Time) error {
	body, err := store.MarshalDelivery(d)
	if err == nil {
		err = r.db.Record(ctx, Record{d, body, now})
	}
	if err != nil {
		return fmt.Errorf("webhooks: record delivery %s: %w", d.ID, err)
	}
	return nil
}

// PutRecord writes a record in a transaction of the only writer. It returns store.ErrStale, and has written nothing, if the delivery is not
// as it was claimed.
func PutRecord(ctx context.Context, tx Tx, r Record) error {
	d := r.Delivery
	n, err := tx.Exec(ctx, `UPDATE webhook_deliveries SET state = $3, due = $4, body = $5 WHERE id = $1 AND tries = $2 AND state = 'pending'`,
		d.ID, d.Tries, string(d.State), millis(d.Due), r.Body)
	if err == nil && n == 0 {
		err = store.ErrStale
	}
	if err != nil || !r.Releases() {
		return err
	}
	_, err = tx.Exec(ctx, Release+` AND task = $3`, d.Webhook, millis(r.Now), d.Task)
	return err
}

// Release lets the first pending delivery of each task to the webhook $1 come due at $2. It changes nothing for a task of which a delivery is
// due or under way.
const Release = `UPDATE webhook_deliveries SET due = $2 WHERE webhook = $1 AND ` + released

// released are the conditions of a row that Release changes.
const released = `state = 'pending' AND due = 253402300799999
	AND (task = '' OR NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.task = webhook_deliveries.task AND e.webhook = webhook_deliveries.webhook AND e.state = 'pending'
		AND (e.due <> 253402300799999 OR (e.version, e.id) < (webhook_deliveries.version, webhook_deliveries.id))))`

// PutAll writes many records: those of the deliveries $1, claimed as the attempts $2, with the states $3, the times $4 and the stored forms
// $5. It returns the ids and attempts of those that were as they were claimed.
const PutAll = `UPDATE webhook_deliveries d SET state = r.state, due = r.due, body = r.body
	FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bytea[]) AS r (id, tries, state, due, body)
	WHERE d.id = r.id AND d.tries = r.tries AND d.state = 'pending' RETURNING d.id, d.tries`

// ReleaseAll is Release for many webhooks, and for the tasks $3.
const ReleaseAll = `UPDATE webhook_deliveries SET due = $2 WHERE webhook = ANY($1) AND task = ANY($3) AND ` + released
