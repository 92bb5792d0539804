package node

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

// sender returns what delivers events to webhooks.
func (n *Node) sender(base string) *webhook.Sender {
	return webhook.NewSender(webhook.SenderConfig{
		Endpoints: n.hooks, Read: n.store.Task, HTTP: outbound.New(outbound.Options{Allow: n.Settings.AllowNetworks}).HTTP(),
		Encode: func(t task.Task, e task.Event) []byte { return filmgate.Event(t, e, n.linksAt(base)) },
		Test:   filmgate.TestEvent, Roll: rand.Float64, Observe: n.attempts.observe, Panics: n.Panics,
	})
}

// Deliver delivers what is due to a webhook.
func (s steps) Deliver(ctx context.Context, id string) (queue.Next, error) {
	wait, done, err := s.webhooks.Deliver(ctx, id)
	return queue.Next{Done: done, After: wait}, err
}

// sweepWebhooks schedules jobs for webhooks that have lost theirs.
func (s steps) sweepWebhooks(ctx context.Context) error {
	wakes, err := s.webhooks.Due(ctx)
	if err != nil || len(wakes) == 0 {
		return err
	}
	return s.wake(ctx, wakes...)
}

// attempts are the metrics of deliveries to webhooks.
type attempts struct {
	ended   *prometheus.CounterVec
	seconds prometheus.Histogram
}

func newAttempts() attempts {
	a := attempts{
		prometheus.NewCounterVec(prometheus.CounterOpts{Name: "filmgate_webhook_attempts_total",
			Help: "Attempts to deliver an event to a webhook, by how they ended: delivered, retried later, or failed for good."}, []string{"outcome"}),
		prometheus.NewHistogram(prometheus.HistogramOpts{Name: "filmgate_webhook_attempt_seconds",
			Help: "Time of an attempt to deliver an event to a webhook, with the answer.", Buckets: []float64{.01, .05, .1, .5, 1, 5, 20}}),
	}
	for _, o := range []webhook.Outcome{webhook.Succeeded, webhook.Retried, webhook.GivenUp} {
		a.ended.WithLabelValues(string(o))
	}
	return a
}

func (a attempts) observe(o webhook.Outcome, took time.Duration) {
	a.ended.WithLabelValues(string(o)).Inc()
	a.seconds.Observe(took.Seconds())
}
