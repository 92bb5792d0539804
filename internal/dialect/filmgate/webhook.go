package filmgate

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Webhooks are the webhooks of accounts.
type Webhooks interface {
	// Webhooks lists the account's webhooks, oldest first.
	Webhooks(ctx context.Context, who apikey.Key) ([]task.Webhook, error)
	// Webhook returns one of them. Error, here and below: NotFound.
	Webhook(ctx context.Context, who apikey.Key, id string) (task.Webhook, error)
	// CreateWebhook makes one and returns it with its secret. Errors: Conflict if the account has as many as are allowed. Forbidden,
	// here and below, for a key that may not read.
	CreateWebhook(ctx context.Context, who apikey.Key, e task.WebhookEdit) (w task.Webhook, secret string, err error)
	// EditWebhook changes one.
	EditWebhook(ctx context.Context, who apikey.Key, id string, e task.WebhookEdit) (task.Webhook, error)
	// RotateWebhook gives one a new secret, which it returns. The one before signs too for the time of overlap.
	RotateWebhook(ctx context.Context, who apikey.Key, id string, overlap time.Duration) (w task.Webhook, secret string, err error)
	// DeleteWebhook deletes one.
	DeleteWebhook(ctx context.Context, who apikey.Key, id string) error

	// TestWebhook sends a test event. Conflict, here and below, if the webhook is disabled.
	TestWebhook(ctx context.Context, who apikey.Key, id string) (task.Delivery, error)
	// Deliveries lists deliveries to a webhook, newest first.
	Deliveries(ctx context.Context, who apikey.Key, q task.DeliveryQuery) ([]task.Delivery, error)
	// Delivery returns one of them.
	Delivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error)
	// ReplayDelivery delivers one again. Conflict if it is pending.
	ReplayDelivery(ctx context.Context, who apikey.Key, webhook, id string) (task.Delivery, error)
	// ReplayDeliveries delivers again those of a time and later, in a state ("" = any but pending). It returns how many, and the time
	// from which to go on; zero if there is nothing more.
	ReplayDeliveries(ctx context.Context, who apikey.Key, webhook string, since time.Time, state task.DeliveryState) (n int64, next time.Time, err error)
}

// Limits of a rotation's overlap, in seconds.
const (
	defaultOverlap = 24 * 60 * 60
	maxOverlap     = 7 * 24 * 60 * 60
)

// wireWebhook is a webhook as its owner sees it.
type wireWebhook struct {
	ID             string           `json:"id" format:"uuid" doc:"Names the webhook."`
	URL            string           `json:"url" format:"uri" doc:"Where events are sent."`
	Types          []task.EventType `json:"types" doc:"The types of events that it is told of; empty where it is told of all."`
	Description    string           `json:"description" doc:"What its owner wrote of it."`
	Enabled        bool             `json:"enabled" doc:"Whether it is told of events. What happens while it is not enabled is not sent later."`
	DisabledAt     *wireTime        `json:"disabled_at" doc:"Since when it is not enabled, null where it is."`
	DisabledReason *string          `json:"disabled_reason" doc:"Why it is not enabled, in a sentence: its owner did it, its server answered 410, or all attempts had failed for five days."`
	FailingSince   *wireTime        `json:"failing_since" doc:"Since when every attempt has failed, null where the last one did not."`
	Secret         *string          `json:"secret" doc:"Signs what is sent: whsec_ and Base64. It is shown when it is made, and null ever after."`
	OldSecretUntil *wireTime        `json:"old_secret_until" doc:"Until when the secret before the last rotation signs too, null where there was none."`
	CreatedAt      wireTime         `json:"created_at" doc:"When it was made."`
	UpdatedAt      wireTime         `json:"updated_at" doc:"When its owner changed it last."`

	made bool // by this call
}

func encodeWebhook(w task.Webhook, secret string) wireWebhook {
	return wireWebhook{ID: w.ID, URL: w.URL, Types: append([]task.EventType{}, w.Types...), Description: w.Description, Enabled: w.Disabled.IsZero(),
		DisabledAt: timeOrNull(w.Disabled), DisabledReason: textOrNull(w.Reason), FailingSince: timeOrNull(w.FailingSince), Secret: textOrNull(secret),
		OldSecretUntil: timeOrNull(w.OldSecretUntil), CreatedAt: wireTime(w.Created), UpdatedAt: wireTime(w.Updated)}
}

// webhookList is every webhook, always on one page.
type webhookList struct {
	Webhooks []wireWebhook `json:"webhooks" doc:"The webhooks, oldest first."`
	Next     *string       `json:"next" doc:"Always null: all webhooks are on one page."`
}

// decodeWebhook reads what an owner may set. Fields that are absent are nil.
func decodeWebhook(f *dialect.Fields) task.WebhookEdit {
	var e task.WebhookEdit
	if f.Has("url") {
		url := dialect.CallbackURL(f, "url")
		if url == "" && !f.HasErrors("url") {
			f.AddError("url", "must not be empty")
		}
		e.URL = &url
	}
	if f.Has("types") {
		var names []string
		for _, one := range task.WebhookTypes() {
			names = append(names, string(one))
		}
		types := []task.EventType{}
		for _, one := range f.Strings("types", len(names), names...) {
			types = append(types, task.EventType(one))
		}
		e.Types = &types
	}
	if f.Has("description") {
		text := f.String("description", "", task.NameLimit)
		e.Description = &text
	}
	e.Enabled = optionalBool(f, "enabled")
	f.Close()
	return e
}

// decodeNewWebhook reads the body of a create.
func decodeNewWebhook(f *dialect.Fields) task.WebhookEdit {
	f.Require("url")
	return decodeWebhook(f)
}

// decodeOverlap reads the body of a rotation.
func decodeOverlap(f *dialect.Fields) time.Duration {
	overlap := f.Int("overlap_seconds", defaultOverlap, 0, maxOverlap)
	f.Close()
	return time.Duration(overlap) * time.Second
}

func (c calls) createWebhook(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	e := decodeNewWebhook(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	made, secret, err := c.gw.CreateWebhook(r.Context(), who, e)
	if err != nil {
		return nil, err
	}
	w.Header().Set("Location", c.Origin.Base(r)+"/api/v1/webhooks/"+made.ID)
	out := encodeWebhook(made, secret)
	out.made = true
	return out, nil
}

func (c calls) listWebhooks(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	all, err := c.gw.Webhooks(r.Context(), who)
	if err != nil {
		return nil, err
	}
	out := webhookList{Webhooks: []wireWebhook{}}
	for _, one := range all {
		out.Webhooks = append(out.Webhooks, encodeWebhook(one, ""))
	}
	return out, nil
}

func (c calls) getWebhook(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	found, err := c.gw.Webhook(r.Context(), who, dialect.PathID(r))
	if err != nil {
		return nil, err
	}
	return encodeWebhook(found, ""), nil
}

func (c calls) editWebhook(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	e := decodeWebhook(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	edited, err := c.gw.EditWebhook(r.Context(), who, dialect.PathID(r), e)
	if err != nil {
		return nil, err
	}
	return encodeWebhook(edited, ""), nil
}

func (c calls) deleteWebhook(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return nil, c.gw.DeleteWebhook(r.Context(), who, dialect.PathID(r))
}

func (c calls) rotateWebhook(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	overlap := decodeOverlap(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	rotated, secret, err := c.gw.RotateWebhook(r.Context(), who, dialect.PathID(r), overlap)
	if err != nil {
		return nil, err
	}
	return encodeWebhook(rotated, secret), nil
}

// wireTestEvent is what a test says.
type wireTestEvent struct {
	Type      task.EventType `json:"type" doc:"webhook.test."`
	Timestamp wireTime       `json:"timestamp" doc:"When the test was asked for."`
	Data      struct {
		WebhookID   string `json:"webhook_id" format:"uuid" doc:"The webhook's UUID."`
		Description string `json:"description" doc:"What its owner says that it is for."`
	} `json:"data" doc:"Which webhook is tested."`
}

// TestEvent returns what a webhook is told when its owner tests it, as JSON with a line end.
func TestEvent(w task.Webhook, at time.Time) []byte {
	e := wireTestEvent{Type: task.EventTest, Timestamp: wireTime(at)}
	e.Data.WebhookID, e.Data.Description = w.ID, strings.TrimSpace(w.Description)
	return dialect.Marshal(e)
}
