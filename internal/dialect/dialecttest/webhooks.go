package dialecttest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// hooks are the webhooks of a Gateway, of all accounts.
type hooks struct {
	all        []task.Webhook
	deliveries []task.Delivery
}

// PutDelivery stores a delivery, as the newest.
func (g *Gateway) PutDelivery(d task.Delivery) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hooks.deliveries = append([]task.Delivery{d}, g.hooks.deliveries...)
}

// Webhooks lists the account's webhooks.
func (g *Gateway) Webhooks(_ context.Context, who apikey.Key) ([]task.Webhook, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.hooks.all), func(w task.Webhook) bool { return w.Account != who.Account }), nil
}

// Webhook returns one of them.
func (g *Gateway) Webhook(ctx context.Context, who apikey.Key, id string) (task.Webhook, error) {
	all, _ := g.Webhooks(ctx, who)
	if i := slices.IndexFunc(all, func(w task.Webhook) bool { return w.ID == id }); i >= 0 {
		return all[i], nil
	}
	return task.Webhook{}, &task.Error{Code: task.NotFound, Detail: "There is no webhook with this id."}
}

// CreateWebhook makes the n-th webhook, with the id 50000000-0000-4000-8000-00000000000n. The account may have three.
func (g *Gateway) CreateWebhook(ctx context.Context, who apikey.Key, e task.WebhookEdit) (task.Webhook, string, error) {
	if all, _ := g.Webhooks(ctx, who); len(all) == 3 {
		return task.Webhook{}, "", &task.Error{Code: task.Conflict, Detail: "The account has 3 webhooks."}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	w := task.Webhook{ID: fmt.Sprintf("50000000-0000-4000-8000-%012d", len(g.hooks.all)+1), Account: who.Account, Secret: 1, Created: g.Time, Updated: g.Time}
	g.set(&w, e)
	g.hooks.all = append(g.hooks.all, w)
	return w, "whsec_1", nil
}

// set sets what an edit says.
func (g *Gateway) set(w *task.Webhook, e task.WebhookEdit) {
	if e.URL != nil {
		w.URL = *e.URL
	}
	if e.Description != nil {
		w.Description = *e.Description
	}
	if e.Types != nil {
		w.Types = *e.Types
	}
	if e.Enabled != nil && *e.Enabled {
		w.Disabled, w.Reason = time.Time{}, ""
	} else if e.Enabled != nil {
		w.Disabled, w.Reason = g.Time, "It was disabled by its owner."
	}
}

// EditWebhook changes a webhook.
func (g *Gateway) EditWebhook(ctx context.Context, who apikey.Key, id string, e task.WebhookEdit) (task.Webhook, error) {
	return g.changeWebhook(ctx, who, id, func(w *task.Webhook) { g.set(w, e) })
}

// RotateWebhook returns the n-th secret, "whsec_n".
func (g *Gateway) RotateWebhook(ctx context.Context, who apikey.Key, id string, overlap time.Duration) (task.Webhook, string, error) {
	w, err := g.changeWebhook(ctx, who, id, func(w *task.Webhook) { w.Secret, w.OldSecretUntil = w.Secret+1, g.Time.Add(overlap) })
	return w, fmt.Sprint("whsec_", w.Secret), err
}

func (g *Gateway) changeWebhook(ctx context.Context, who apikey.Key, id string, change func(*task.Webhook)) (task.Webhook, error) {
	if _, err := g.Webhook(ctx, who, id); err != nil {
		return task.Webhook{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.hooks.all, func(w task.Webhook) bool { return w.ID == id })
	change(&g.hooks.all[i])
	return g.hooks.all[i], nil
}

// DeleteWebhook deletes a webhook.
func (g *Gateway) DeleteWebhook(ctx context.Context, who apikey.Key, id string) error {
	_, err := g.Webhook(ctx, who, id)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hooks.all = slices.DeleteFunc(g.hooks.all, func(w task.Webhook) bool { return err == nil && w.ID == id })
	return err
}

// TestWebhook stores a test delivery, with the id 60000000-0000-4000-8000-00000000000n. Conflict if the webhook is disabled.
func (g *Gateway) TestWebhook(ctx context.Context, who apikey.Key, id string) (task.Delivery, error) {
	w, err := g.Webhook(ctx, who, id)
	if err == nil && !w.Disabled.IsZero() {
		err = &task.Error{Code: task.Conflict, Detail: "The webhook is disabled."}
	}
	if err != nil {
		return task.Delivery{}, err
	}
	d := task.Delivery{ID: fmt.Sprintf("60000000-0000-4000-8000-%012d", len(g.hooks.deliveries)+1), Webhook: id, Event: task.Event{At: g.Time, Kind: "test"},
		Created: g.Time, State: task.DeliveryPending, Due: g.Time}
	g.PutDelivery(d)
	return d, nil
}

// Deliveries lists deliveries, newest first.
func (g *Gateway) Deliveries(ctx context.Context, who apikey.Key, q task.DeliveryQuery) ([]task.Delivery, error) {
	if _, err := g.Webhook(ctx, who, q.Webhook); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []task.Delivery
	for _, d := range g.hooks.deliveries {
		if d.Webhook == q.Webhook && (q.ID == "" || q.ID == d.ID) && (q.State == "" || q.State == d.State) &&
			!d.Created.Before(q.CreatedFrom) && q.After.ID != d.ID && after(q.After, d.Created, d.ID) {
			out = append(out, d)
		}
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	return out[:min(len(out), q.Limit)], nil
}

// Delivery returns one delivery.
func (g *Gateway) Delivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error) {
	found, err := g.Deliveries(ctx, who, task.DeliveryQuery{Webhook: webhook, ID: id})
	if err == nil && (id == "" || len(found) == 0) {
		err = &task.Error{Code: task.NotFound, Detail: "The webhook has no delivery with this id, or not any more."}
	}
	if err != nil {
		return task.Delivery{}, err
	}
	return found[0], nil
}

// ReplayDelivery makes a delivery pending again. Conflict if it is.
func (g *Gateway) ReplayDelivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error) {
	d, err := g.Delivery(ctx, who, webhook, id)
	if err == nil && d.State == task.DeliveryPending {
		err = &task.Error{Code: task.Conflict, Detail: "The delivery is pending: it is tried again by itself."}
	}
	if err != nil {
		return task.Delivery{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.hooks.deliveries, func(d task.Delivery) bool { return d.ID == id })
	d.State, d.Due, d.Tries = task.DeliveryPending, g.Time, 0
	g.hooks.deliveries[i] = d
	return d, nil
}

// ReplayDeliveries makes deliveries pending again: two at most.
func (g *Gateway) ReplayDeliveries(ctx context.Context, who apikey.Key, webhook string, since time.Time, state task.DeliveryState) (n int64, next time.Time, err error) {
	found, err := g.Deliveries(ctx, who, task.DeliveryQuery{Webhook: webhook, CreatedFrom: since, State: state})
	slices.Reverse(found)
	for _, d := range found {
		if d.State == task.DeliveryPending {
			continue
		}
		if n == 2 {
			return n, d.Created, nil
		}
		if _, err := g.ReplayDelivery(ctx, who, webhook, d.ID); err != nil {
			return n, next, err
		}
		n++
	}
	return n, next, err
}
