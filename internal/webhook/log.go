package webhook

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// TestWebhook sends a test event to a webhook, and returns its delivery. Errors: NotFound, Conflict if the webhook is disabled.
func (e *Endpoints) TestWebhook(ctx context.Context, who apikey.Key, id string) (task.Delivery, error) {
	if err := e.open(ctx, who, id); err != nil {
		return task.Delivery{}, err
	}
	delivery, err := e.newID()
	if err != nil {
		return task.Delivery{}, err
	}
	now := e.now()
	d := task.Delivery{ID: delivery, Webhook: id, Event: task.Event{At: now, Kind: "test"}, Created: now, State: task.DeliveryPending, Due: now}
	return d, e.cfg.Rows.PutDelivery(ctx, d, wakeOf(id))
}

// open returns an error unless something can be delivered to a webhook.
func (e *Endpoints) open(ctx context.Context, who apikey.Key, id string) error {
	if err := mayManage(who); err != nil {
		return err
	}
	w, err := e.Webhook(ctx, who, id)
	if err == nil && !w.Disabled.IsZero() {
		err = &task.Error{Code: task.Conflict, Detail: "The webhook is disabled. " + w.Reason + " Enable it first."}
	}
	return err
}

// Deliveries lists deliveries to one of the account's webhooks, newest first. Error: NotFound.
func (e *Endpoints) Deliveries(ctx context.Context, who apikey.Key, q task.DeliveryQuery) ([]task.Delivery, error) {
	if _, err := e.Webhook(ctx, who, q.Webhook); err != nil {
		return nil, err
	}
	return e.cfg.Rows.Deliveries(ctx, q)
}

// Delivery returns one delivery to one of the account's webhooks. Error: NotFound.
func (e *Endpoints) Delivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error) {
	found, err := e.Deliveries(ctx, who, task.DeliveryQuery{Webhook: webhook, ID: id, Limit: 1})
	if err != nil {
		return task.Delivery{}, err
	}
	if id == "" || len(found) == 0 {
		return task.Delivery{}, &task.Error{Code: task.NotFound, Detail: "The webhook has no delivery with this id, or not any more."}
	}
	return found[0], nil
}

// ReplayDelivery delivers an event again, with the id that it had. Errors: NotFound; Conflict if the delivery is pending, or the
// webhook disabled.
func (e *Endpoints) ReplayDelivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error) {
	if err := e.open(ctx, who, webhook); err != nil {
		return task.Delivery{}, err
	}
	if _, err := e.Delivery(ctx, who, webhook, id); err != nil {
		return task.Delivery{}, err
	}
	n, _, err := e.cfg.Rows.ReplayDeliveries(ctx, task.DeliveryQuery{Webhook: webhook, ID: id, Limit: 1}, e.now(), wakeOf(webhook))
	if err != nil {
		return task.Delivery{}, err
	}
	if n == 0 {
		return task.Delivery{}, &task.Error{Code: task.Conflict, Detail: "The delivery is pending: it is tried again by itself."}
	}
	return e.Delivery(ctx, who, webhook, id)
}

// ReplayDeliveries delivers again what was created at a time or later, in a state ("" = any but pending), oldest first: 10,000 at
// most. It returns how many, and the time from which to go on; zero if there is nothing more. Errors: NotFound, Conflict if the
// webhook is disabled.
func (e *Endpoints) ReplayDeliveries(ctx context.Context, who apikey.Key, webhook string, since time.Time, state task.DeliveryState) (n int64, next time.Time, err error) {
	if err := e.open(ctx, who, webhook); err != nil {
		return 0, time.Time{}, err
	}
	q := task.DeliveryQuery{Webhook: webhook, CreatedFrom: since, State: state, Limit: maxReplay}
	n, last, err := e.cfg.Rows.ReplayDeliveries(ctx, q, e.now(), wakeOf(webhook))
	if err != nil || n < maxReplay {
		last = time.Time{}
	}
	return n, last, err
}
