package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Webhooks is a database of webhooks and of what is delivered to them. Deliveries of events are inserted by Store.Apply, with the
// change that the event belongs to. Every method may return ErrUnavailable.
type Webhooks interface {
	// Webhooks lists webhooks, oldest first. An empty list is not an error.
	Webhooks(ctx context.Context, q task.WebhookQuery) ([]task.Webhook, error)
	// PutWebhook writes a webhook and schedules wakes, and returns the version written. If Version is 0 it inserts the webhook,
	// and returns ErrLimit if the account has task.MaxWebhooks; concurrent calls cannot exceed that limit. Any other version must
	// be the one in the database; otherwise it returns ErrStale.
	PutWebhook(ctx context.Context, w task.Webhook, wakes ...task.Wake) (version int64, err error)
	// DeleteWebhook deletes a webhook and schedules wakes. Its deliveries are left for DeleteDeliveries. It returns ErrNotFound if
	// there is no such webhook.
	DeleteWebhook(ctx context.Context, id string, wakes ...task.Wake) error

	// Deliveries lists deliveries, newest first. An empty list is not an error.
	Deliveries(ctx context.Context, q task.DeliveryQuery) ([]task.Delivery, error)
	// PutDelivery inserts a delivery that belongs to no change, and schedules wakes.
	PutDelivery(ctx context.Context, d task.Delivery, wakes ...task.Wake) error
	// ClaimDeliveries begins an attempt of at most limit deliveries to a webhook that are due at now: it raises their Tries and sets
	// their Due to until, when another process may claim them in turn. Of a task's deliveries to the webhook only the first that is
	// pending is ever due.
	ClaimDeliveries(ctx context.Context, webhook string, now, until time.Time, limit int) ([]task.Delivery, error)
	// RecordDelivery writes how an attempt ended. If the delivery is not pending any more, the next one of its task comes due at
	// now. It returns ErrStale, and writes nothing, if the delivery was claimed, replayed or deleted since it was claimed for d.
	RecordDelivery(ctx context.Context, d task.Delivery, now time.Time) error
	// NextDelivery returns when the next delivery to a webhook is due; the zero time if none is pending.
	NextDelivery(ctx context.Context, webhook string) (time.Time, error)
	// ReplayDeliveries makes deliveries that q selects, and which are not pending, pending again as if they had not been tried, and
	// schedules wakes. It takes at most q.Limit of them, oldest first, and returns how many, and when the last of them was created.
	ReplayDeliveries(ctx context.Context, q task.DeliveryQuery, now time.Time, wakes ...task.Wake) (n int64, last time.Time, err error)
	// DropDeliveries ends at most limit pending deliveries of a webhook as task.DeliveryDropped, and returns how many.
	DropDeliveries(ctx context.Context, webhook string, limit int) (int64, error)
	// DeleteDeliveries deletes at most limit deliveries of a webhook, and returns how many.
	DeleteDeliveries(ctx context.Context, webhook string, limit int) (int64, error)
	// DueWebhooks returns the ids of webhooks that have a delivery which was due before a time, even of those that are gone.
	DueWebhooks(ctx context.Context, before time.Time) ([]string, error)
}

// The structs below are the stored form of webhooks and deliveries, as those in record.go are of tasks.

type webhookRecord struct {
	URL            string           `json:"URL"`
	Description    string           `json:"Description"`
	Types          []task.EventType `json:"Types"`
	Secret         int              `json:"Secret"`
	OldSecretUntil time.Time        `json:"OldSecretUntil"`
	Disabled       time.Time        `json:"Disabled"`
	Reason         string           `json:"Reason"`
	FailingSince   time.Time        `json:"FailingSince"`
	Updated        time.Time        `json:"Updated"`
}

type deliveryRecord struct {
	At       time.Time               `json:"At"`
	Kind     string                  `json:"Kind"`
	From     task.State              `json:"From"`
	To       task.State              `json:"To"`
	Attempts []deliveryAttemptRecord `json:"Attempts,omitempty"`
}

type deliveryAttemptRecord struct {
	At     time.Time     `json:"At"`
	Took   time.Duration `json:"Took"`
	Status int           `json:"Status"`
	Answer string        `json:"Answer"`
	Error  string        `json:"Error"`
}

// MarshalWebhook returns the stored form of what has no column of its own, as JSON.
func MarshalWebhook(w task.Webhook) ([]byte, error) {
	return marshal("webhook", w.ID, webhookRecord{
		URL: w.URL, Description: w.Description, Types: w.Types, Secret: w.Secret, OldSecretUntil: storedTime(w.OldSecretUntil),
		Disabled: storedTime(w.Disabled), Reason: w.Reason, FailingSince: storedTime(w.FailingSince), Updated: storedTime(w.Updated),
	})
}

// UnmarshalWebhook adds what MarshalWebhook wrote to w.
func UnmarshalWebhook(body []byte, w *task.Webhook) error {
	var r webhookRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("store: read a webhook: %w", err)
	}
	w.URL, w.Description, w.Types, w.Secret, w.OldSecretUntil = r.URL, r.Description, r.Types, r.Secret, r.OldSecretUntil
	w.Disabled, w.Reason, w.FailingSince, w.Updated = r.Disabled, r.Reason, r.FailingSince, r.Updated
	return nil
}

// MarshalDelivery returns the stored form of what has no column of its own, as JSON.
func MarshalDelivery(d task.Delivery) ([]byte, error) {
	return marshal("delivery", d.ID, deliveryRecord{
		At: storedTime(d.Event.At), Kind: d.Event.Kind, From: d.Event.From, To: d.Event.To,
		Attempts: mapSlice(d.Attempts, func(a task.DeliveryAttempt) deliveryAttemptRecord {
			a.At = storedTime(a.At)
			return deliveryAttemptRecord(a)
		}),
	})
}

// UnmarshalDelivery adds what MarshalDelivery wrote to d.
func UnmarshalDelivery(body []byte, d *task.Delivery) error {
	var r deliveryRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("store: read a delivery: %w", err)
	}
	d.Event = task.Event{At: r.At, Kind: r.Kind, From: r.From, To: r.To}
	d.Attempts = mapSlice(r.Attempts, func(a deliveryAttemptRecord) task.DeliveryAttempt { return task.DeliveryAttempt(a) })
	return nil
}
