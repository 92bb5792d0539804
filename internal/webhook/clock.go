package webhook

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// never is later than any time at which a delivery is due, and earlier than that of one that waits for another.
func never() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// rebase lets deliveries come due that wait for a time from before the clock was set back, and returns their webhooks. It looks for them at
// the first call of the process, and if the clock was set back since the last one.
func (s *Sender) rebase(ctx context.Context) (webhooks []string, err error) {
	now := s.cfg.Endpoints.now()
	before := s.lastSweep.Swap(&now)
	if before != nil && before.Sub(now) <= task.ClockSkew {
		return nil, nil
	}
	waiting, err := s.cfg.Endpoints.cfg.Rows.DueWebhooks(ctx, never())
	for _, id := range waiting {
		if err != nil {
			break
		}
		var n int
		if n, err = s.rebaseOne(ctx, id, now); n > 0 {
			webhooks = append(webhooks, id)
			s.cfg.Endpoints.cfg.Log.WarnContext(ctx, "the clock was set back; deliveries to a webhook go on at once", "webhook", id, "deliveries", n)
		}
	}
	if err != nil {
		s.lastSweep.Store(nil) // the next call looks again
	}
	return webhooks, err
}

// rebaseOne lets the deliveries of one webhook come due.
func (s *Sender) rebaseOne(ctx context.Context, webhook string, now time.Time) (rebased int, err error) {
	rows := s.cfg.Endpoints.cfg.Rows
	q := task.DeliveryQuery{Webhook: webhook, State: task.DeliveryPending, Limit: endSize}
	for {
		found, err := rows.Deliveries(ctx, q)
		if err != nil {
			return rebased, err
		}
		for _, d := range found {
			q.After = task.Cursor{Created: d.Created, ID: d.ID}
			if d.Due.IsZero() || writtenBy(d).Sub(now) <= task.ClockSkew {
				continue
			}
			d.Due = now
			if err := rows.RecordDelivery(ctx, d, now); err != nil && !errors.Is(err, store.ErrStale) {
				return rebased, err
			}
			rebased++
		}
		if len(found) < q.Limit {
			return rebased, nil
		}
	}
}

// writtenBy returns a time before which a waiting delivery was not written last, as far as its times tell.
func writtenBy(d task.Delivery) time.Time {
	at, asked := d.Created, false
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		asked = mayAsk(last.Status)
		if last.At.After(at) {
			at = last.At
		}
	}
	if begun := d.Due.Add(-longestWait(d.Tries, asked)); begun.After(at) {
		at = begun
	}
	return at
}
