// Package webhook tells callers' servers of their tasks' states: it sends to the callback URL of a request what the request's
// dialect says of the task.
//
// It holds how a notification is sent and which answers end it. When it is sent and repeated is the queue's; its body is the
// dialect's.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/filmgate/filmgate/internal/keylock"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	sendTime    = 15 * time.Second // for one notification, with its answer
	answerLimit = 64 << 10         // bytes of an answer that are read, so that the connection can be used again
)

// Config is what a Notifier is made of. All fields but Lock are needed.
type Config struct {
	// Read returns a task by its id.
	Read func(ctx context.Context, id string) (task.Task, error)
	// Encode returns the JSON that the task's callback URL is told; nil = nothing, because the dialect has no callbacks or
	// the caller does not want this state.
	Encode func(t task.Task) []byte
	HTTP   *http.Client // refuses private addresses; see outbound.Client
	Log    *slog.Logger
	Lock   keylock.Among // among the processes that send; nil = this one is the only one
}

// Notifier sends notifications. It is safe for use by many goroutines.
type Notifier struct {
	cfg     Config
	client  http.Client
	sending keylock.Locks[string] // by task: one notification of a task at a time, so that they arrive in order
}

// New makes a Notifier.
func New(c Config) *Notifier {
	n := &Notifier{cfg: c, client: *c.HTTP}
	n.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return n
}

// Notify tells the callback URL of the task that the task has reached the state. It sends nothing if the task has moved on: the
// new state has a notification of its own. An error means that it should be repeated: the receiver could not be reached, or
// answered neither 2xx nor 410. A URL that may not be called is logged, and not called again.
func (n *Notifier) Notify(ctx context.Context, id string, state task.State) error {
	unlock, err := n.sending.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, free, err := n.cfg.Lock.Lock(ctx, "notify "+id)
	if err != nil {
		return err
	}
	defer free()
	t, err := n.cfg.Read(ctx, id)
	if err != nil {
		return err
	}
	if t.State != state || t.Deleted || t.Request.CallbackURL == "" {
		return nil
	}
	body := n.cfg.Encode(t)
	if body == nil {
		return nil
	}
	err = n.send(ctx, t, body)
	var refused *outbound.Error
	if errors.As(err, &refused) && (errors.Is(err, outbound.ErrForbiddenAddress) || errors.Is(err, outbound.ErrURL)) {
		n.cfg.Log.WarnContext(ctx, "a callback URL may not be called", "task", id, "host", host(t.Request.CallbackURL), "err", refused.Text)
		return nil
	}
	return err
}

// send sends one notification and reads the answer.
func (n *Notifier) send(ctx context.Context, t task.Task, body []byte) error {
	ctx, stop := context.WithTimeout(ctx, sendTime)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Request.CallbackURL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: %w", withoutURL(err))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Filmgate-Task-Id", t.ID)
	resp, err := n.client.Do(r)
	if err != nil {
		return fmt.Errorf("webhook: call %s: %w", host(t.Request.CallbackURL), withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, answerLimit))
	if resp.StatusCode/100 == 2 || resp.StatusCode == http.StatusGone {
		return nil
	}
	return fmt.Errorf("webhook: %s answered with status %d", host(t.Request.CallbackURL), resp.StatusCode)
}

// withoutURL returns the cause of an HTTP client's error: its text has the whole URL, which may hold a secret.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// host returns the host of a URL, for the log.
func host(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "?"
	}
	return u.Host
}
