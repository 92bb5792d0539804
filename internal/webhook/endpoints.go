package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// DefaultOverlap is how long the secret before a rotation signs too, unless the owner sets another time; MaxOverlap is the longest.
const (
	DefaultOverlap = 24 * time.Hour
	MaxOverlap     = 7 * 24 * time.Hour
)

// maxReplay is how many deliveries one call replays.
const maxReplay = 10_000

// EndpointsConfig is what Endpoints are made of. All fields are needed.
type EndpointsConfig struct {
	Rows   store.Webhooks
	Secret []byte // of the server: the secrets of webhooks are derived from it
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
}

// Endpoints are the webhooks of all accounts, for their owners, and what the changes of tasks are to tell them. They are safe for
// use by many goroutines. Every error is a *task.Error, or internal.
type Endpoints struct {
	cfg   EndpointsConfig
	cache cache
}

// NewEndpoints makes Endpoints.
func NewEndpoints(c EndpointsConfig) *Endpoints { return &Endpoints{cfg: c} }

// now returns the time as rows keep it.
func (e *Endpoints) now() time.Time { return e.cfg.Now().UTC().Truncate(time.Millisecond) }

// newID makes a random UUID.
func (e *Endpoints) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(e.cfg.Rand)
	return id.String(), err
}

// noSuchWebhook returns the error of a call for a webhook that does not exist, or is another account's.
func noSuchWebhook() error {
	return &task.Error{Code: task.NotFound, Detail: "There is no webhook with this id."}
}

// mayManage returns an error unless a key may read, too: a webhook is told all that the account's tasks are.
func mayManage(who apikey.Key) error {
	if !apikey.Allows(who, apikey.Read) {
		return &task.Error{Code: task.Forbidden, Detail: "The key lacks the scope read: a webhook reads the account's tasks."}
	}
	return nil
}

// Webhooks lists the account's webhooks, oldest first.
func (e *Endpoints) Webhooks(ctx context.Context, who apikey.Key) ([]task.Webhook, error) {
	return e.cfg.Rows.Webhooks(ctx, task.WebhookQuery{Account: who.Account})
}

// Webhook returns one of the account's webhooks. Error: NotFound.
func (e *Endpoints) Webhook(ctx context.Context, who apikey.Key, id string) (task.Webhook, error) {
	found, err := e.cfg.Rows.Webhooks(ctx, task.WebhookQuery{ID: id, Account: who.Account})
	if err != nil {
		return task.Webhook{}, err
	}
	if id == "" || len(found) == 0 {
		return task.Webhook{}, noSuchWebhook()
	}
	return found[0], nil
}

// CreateWebhook makes a webhook and returns it with its secret, which is told this once. Errors: Conflict if the account has
// task.MaxWebhooks, Forbidden for a key that may not read.
func (e *Endpoints) CreateWebhook(ctx context.Context, who apikey.Key, edit task.WebhookEdit) (w task.Webhook, secret string, err error) {
	if err := mayManage(who); err != nil {
		return w, "", err
	}
	id, err := e.newID()
	if err != nil {
		return w, "", err
	}
	now := e.now()
	w = edited(task.Webhook{ID: id, Account: who.Account, Secret: 1, Created: now}, edit, now)
	w, err = e.put(ctx, w)
	if errors.Is(err, store.ErrLimit) {
		return w, "", &task.Error{Code: task.Conflict, Detail: "The account has 20 webhooks, and more are not allowed. Delete one first."}
	}
	if err != nil {
		return w, "", err
	}
	e.cfg.Log.InfoContext(ctx, "webhook created", "webhook", w.ID, "account", w.Account, "host", host(w.URL))
	return w, secretText(e.cfg.Secret, w), nil
}

// edited returns w with the changes of an edit.
func edited(w task.Webhook, edit task.WebhookEdit, now time.Time) task.Webhook {
	if edit.URL != nil {
		w.URL, w.FailingSince = *edit.URL, time.Time{}
	}
	if edit.Description != nil {
		w.Description = *edit.Description
	}
	if edit.Types != nil {
		w.Types = *edit.Types
	}
	switch {
	case edit.Enabled == nil:
	case *edit.Enabled:
		w.Disabled, w.Reason = time.Time{}, ""
		w.FailingSince = time.Time{}
	case w.Disabled.IsZero():
		w.Disabled, w.Reason = now, "It was disabled by its owner."
	}
	w.Updated = now
	return w
}

// put writes a webhook, wakes what delivers to it, and returns it with its new version.
func (e *Endpoints) put(ctx context.Context, w task.Webhook) (task.Webhook, error) {
	version, err := e.cfg.Rows.PutWebhook(ctx, w, wakeOf(w.ID))
	e.cache.forget() // also after an error: the write may be committed all the same
	if err != nil {
		return task.Webhook{}, err
	}
	w.Version = version
	return w, nil
}

// change reads a webhook of the account, changes it, and writes it over the version that was read, again if another has written it
// meanwhile.
func (e *Endpoints) change(ctx context.Context, who apikey.Key, id string, change func(task.Webhook) task.Webhook) (task.Webhook, error) {
	if err := mayManage(who); err != nil {
		return task.Webhook{}, err
	}
	for {
		w, err := e.Webhook(ctx, who, id)
		if err != nil {
			return task.Webhook{}, err
		}
		if w, err = e.put(ctx, change(w)); !errors.Is(err, store.ErrStale) {
			return w, err
		}
	}
}

// EditWebhook changes a webhook. One that is enabled again counts as one that never failed. Errors: NotFound, Forbidden for a key
// that may not read.
func (e *Endpoints) EditWebhook(ctx context.Context, who apikey.Key, id string, edit task.WebhookEdit) (task.Webhook, error) {
	return e.change(ctx, who, id, func(w task.Webhook) task.Webhook { return edited(w, edit, e.now()) })
}

// RotateWebhook gives a webhook a new secret, which is told this once. The secret before signs too for the time of overlap. Errors
// as EditWebhook.
func (e *Endpoints) RotateWebhook(ctx context.Context, who apikey.Key, id string, overlap time.Duration) (w task.Webhook, secret string, err error) {
	w, err = e.change(ctx, who, id, func(w task.Webhook) task.Webhook {
		now := e.now()
		w.Secret, w.OldSecretUntil, w.Updated = w.Secret+1, now.Add(overlap), now
		return w
	})
	if err != nil {
		return w, "", err
	}
	e.cfg.Log.InfoContext(ctx, "webhook has a new secret", "webhook", w.ID, "account", w.Account)
	return w, secretText(e.cfg.Secret, w), nil
}

// DeleteWebhook deletes a webhook, and soon its deliveries. Error: NotFound.
func (e *Endpoints) DeleteWebhook(ctx context.Context, who apikey.Key, id string) error {
	if _, err := e.Webhook(ctx, who, id); err != nil {
		return err
	}
	err := e.cfg.Rows.DeleteWebhook(ctx, id, wakeOf(id))
	e.cache.forget()
	if errors.Is(err, store.ErrNotFound) {
		return noSuchWebhook()
	}
	if err == nil {
		e.cfg.Log.InfoContext(ctx, "webhook deleted", "webhook", id, "account", who.Account)
	}
	return err
}

// wakeOf returns a wake for what delivers to a webhook.
func wakeOf(id string) task.Wake { return task.Wake{Task: id, Lane: task.Webhooks} }
