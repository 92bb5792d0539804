package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Webhook is what this client reads of a webhook.
type Webhook struct {
	ID          string   `json:"id"`
	URL         string   `json:"url"`
	Types       []string `json:"types"` // empty = all
	Description string   `json:"description"`
	Enabled     bool     `json:"enabled"`
	Reason      string   `json:"disabled_reason"`
	Secret      string   `json:"secret"` // only of one that was just made
}

// Delivery is what this client reads of a delivery to a webhook.
type Delivery struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	Status   string    `json:"status"`
	Task     string    `json:"task_id"`
	Created  time.Time `json:"created_at"`
	Attempts []struct {
		Status int    `json:"response_status"`
		Error  string `json:"error"`
	} `json:"attempts"`
}

// NewWebhook is a webhook to make.
type NewWebhook struct {
	URL         string   `json:"url"`
	Types       []string `json:"types,omitempty"`
	Description string   `json:"description,omitempty"`
}

const webhooksPath = "/api/v1/webhooks"

func webhookPath(id, rest string) string { return webhooksPath + "/" + url.PathEscape(id) + rest }

// read calls the server and reads its answer as a T.
func read[T any](ctx context.Context, c Client, method, path string, in any) (out T, err error) {
	answer, err := c.Call(ctx, method, path, in)
	if err != nil {
		return out, err
	}
	return out, Decode(answer, &out)
}

// CreateWebhook makes a webhook.
func (c Client) CreateWebhook(ctx context.Context, w NewWebhook) (Webhook, error) {
	return read[Webhook](ctx, c, http.MethodPost, webhooksPath, w)
}

// Webhooks returns the account's webhooks.
func (c Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	list, err := read[struct {
		Webhooks []Webhook `json:"webhooks"`
	}](ctx, c, http.MethodGet, webhooksPath, nil)
	return list.Webhooks, err
}

// DeleteWebhook deletes a webhook.
func (c Client) DeleteWebhook(ctx context.Context, id string) error {
	_, err := c.Call(ctx, http.MethodDelete, webhookPath(id, ""), nil)
	return err
}

// TestWebhook sends a test event.
func (c Client) TestWebhook(ctx context.Context, id string) (Delivery, error) {
	return read[Delivery](ctx, c, http.MethodPost, webhookPath(id, "/test"), nil)
}

// Deliveries returns the newest deliveries to a webhook, at most limit, which is 100 at most.
func (c Client) Deliveries(ctx context.Context, id string, limit int) ([]Delivery, error) {
	list, err := read[struct {
		Deliveries []Delivery `json:"deliveries"`
	}](ctx, c, http.MethodGet, webhookPath(id, "/deliveries?limit="+strconv.Itoa(limit)), nil)
	return list.Deliveries, err
}

// Replay delivers again what happened since a time (RFC 3339), and returns how many events.
func (c Client) Replay(ctx context.Context, id, since string) (int64, error) {
	total := int64(0)
	for {
		step, err := read[struct {
			Replayed int64   `json:"replayed"`
			Next     *string `json:"next_since"`
		}](ctx, c, http.MethodPost, webhookPath(id, "/replay"), map[string]string{"since": since})
		total += step.Replayed
		if err != nil || step.Next == nil {
			return total, err
		}
		since = *step.Next
	}
}
