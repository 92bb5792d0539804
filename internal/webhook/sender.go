package webhook

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	maxSends   = 256                    // requests to all webhooks at once
	endSize    = 500                    // deliveries of a webhook's end that are written at once
	drainTime  = 5 * time.Second        // after which a drain takes nothing more, so that a stop need not wait for it
	recheck    = 200 * time.Millisecond // between two looks for what has come due, while an attempt is under way
	longestNap = time.Hour
)

// Outcome is how an attempt ended, for metrics.
type Outcome string

// The outcomes.
const (
	Succeeded Outcome = "delivered"
	Retried   Outcome = "retried" // it failed, and is repeated
	GivenUp   Outcome = "failed"  // it failed, and was the last one
)

// errDisabled ends a drain: an attempt has disabled the webhook.
var errDisabled = errors.New("webhook: disabled")

// SenderConfig is what a Sender is made of. All fields but Panics are needed.
type SenderConfig struct {
	Endpoints *Endpoints
	// Read returns a task by its id; store.ErrNotFound if it is gone.
	Read func(ctx context.Context, id string) (task.Task, error)
	// Encode returns what is told of an event of a task, as JSON.
	Encode func(t task.Task, e task.Event) []byte
	// Test returns what a test event says, as JSON.
	Test    func(w task.Webhook, at time.Time) []byte
	HTTP    *http.Client   // refuses private addresses; see outbound.Client
	Roll    func() float64 // draws a number in [0,1)
	Observe func(o Outcome, took time.Duration)
	Panics  *panics.Recorder // nil = to slog.Default
}

// Sender delivers events to webhooks. It is safe for use by many goroutines.
type Sender struct {
	cfg    SenderConfig
	client http.Client
	sends  *semaphore.Weighted
	health health

	lastSweep atomic.Pointer[time.Time]
}

// NewSender makes a Sender.
func NewSender(c SenderConfig) *Sender {
	s := &Sender{cfg: c, client: *c.HTTP, sends: semaphore.NewWeighted(maxSends)}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

// Deliver delivers what is due to a webhook: a task's events one after another, those of different tasks at once. It returns when to
// call it again; done says that nothing is left. The deliveries of a webhook that is disabled are dropped, of one that is gone
// deleted. An error is the database's.
func (s *Sender) Deliver(ctx context.Context, id string) (wait time.Duration, done bool, err error) {
	rows := s.cfg.Endpoints.cfg.Rows
	found, err := rows.Webhooks(ctx, task.WebhookQuery{ID: id})
	if err != nil {
		return 0, false, err
	}
	end := rows.DeleteDeliveries
	if len(found) > 0 && found[0].Disabled.IsZero() {
		made, err := s.drain(ctx, found[0])
		if err != nil {
			return 0, false, err
		}
		return s.next(ctx, id, made)
	} else if len(found) > 0 {
		end = rows.DropDeliveries
	}
	s.health.forget(id)
	n, err := end(ctx, id, endSize)
	return 0, n < endSize, err
}

// next returns when something is due again, after a drain that has made some attempts. If it has made none, all sends are taken, and
// it is not to be tried again at once.
func (s *Sender) next(ctx context.Context, id string, made int) (wait time.Duration, done bool, err error) {
	due, err := s.cfg.Endpoints.cfg.Rows.NextDelivery(ctx, id)
	if err != nil || due.IsZero() {
		return 0, err == nil, err
	}
	now := s.cfg.Endpoints.now()
	least := time.Duration(0)
	if made == 0 {
		least = recheck
	}
	return min(max(due.Sub(now), s.health.pause(id, now), least), longestNap), false, nil
}

// drain makes attempts until nothing more is due, or for some seconds, waits for their records, and returns how many it made.
func (s *Sender) drain(ctx context.Context, w task.Webhook) (made int, err error) {
	all := newUnderWay()
	clock := s.cfg.Endpoints.cfg.Now // with the time of the process, which no setting of the clock changes
	until := clock().Add(drainTime)
	for look := true; ; look = all.wait(recheck) {
		if look && all.failed() == nil && ctx.Err() == nil && clock().Before(until) {
			claimed, failures, err := s.claim(ctx, w.ID, all)
			all.fail(err)
			for _, d := range claimed {
				made++
				all.begin(func(sent func(error)) error {
					var once sync.Once
					free := func(err error) { once.Do(func() { s.sends.Release(1); sent(err) }) }
					defer free(nil)
					return s.attempt(ctx, w, d, failures, free)
				})
			}
		}
		if all.none() {
			break
		}
	}
	all.attempts.Wait()
	if err = all.failed(); errors.Is(err, errDisabled) {
		err = nil // the next call drops what is left
	}
	return made, err
}

// claim begins as many attempts as there is room for, and returns how many have failed in a row before them. For each of them a place among
// all sends is taken.
func (s *Sender) claim(ctx context.Context, id string, all *underWay) (claimed []task.Delivery, failures int, err error) {
	now, room := s.cfg.Endpoints.now(), int64(0)
	attempts, failures := s.health.room(id, now)
	for most := int64(all.claim(attempts)); room < most && s.sends.TryAcquire(1); {
		room++
	}
	if room == 0 {
		return nil, failures, nil
	}
	claimed, err = s.cfg.Endpoints.cfg.Rows.ClaimDeliveries(ctx, id, now, now.Add(lease), int(room))
	if left := room - int64(len(claimed)); left > 0 {
		s.sends.Release(left)
	}
	return claimed, failures, err
}

// attempt makes one attempt of a delivery, before which so many attempts of its webhook had failed in a row, and records how it ended. It
// calls sent when its request has ended and the conclusions are drawn; what is left is the record. The error of that call is errDisabled if
// the webhook is. It returns an error of the database: the attempt is then made again when its lease has ended.
func (s *Sender) attempt(ctx context.Context, w task.Webhook, d task.Delivery, failures int, sent func(error)) error {
	if now := s.cfg.Endpoints.now(); d.Due.Sub(now) < sendLimit { // it has waited for long, and another process may claim it soon
		d.Due = now
		return s.record(ctx, d)
	}
	body, err := s.body(ctx, w, d)
	if errors.Is(err, store.ErrNotFound) {
		d.State = task.DeliveryDropped
		return s.record(ctx, d)
	}
	if err != nil {
		return err
	}
	a, wait, err := s.post(ctx, w, d, body)
	if err != nil {
		return err
	}
	if a.Error != "" && ctx.Err() != nil { // interrupted by the end of this process, which says nothing of the receiver
		d.Due = s.cfg.Endpoints.now()
		return s.record(ctx, d)
	}
	d.Attempts = append(d.Attempts, a)
	d.Attempts = d.Attempts[max(0, len(d.Attempts)-task.MaxDeliveryAttempts):]
	s.health.note(w.ID, works(a), failures, wait, s.cfg.Endpoints.now())
	disabled, err := s.judge(ctx, w, a)
	if err != nil {
		return err
	}
	if disabled {
		err = errDisabled // before the record, which lets the next event come due
	}
	sent(err)
	return s.record(ctx, s.settled(d, a, wait))
}

// body returns what a delivery says. store.ErrNotFound if its task is gone.
func (s *Sender) body(ctx context.Context, w task.Webhook, d task.Delivery) ([]byte, error) {
	if d.Task == "" {
		return s.cfg.Test(w, d.Event.At), nil
	}
	t, err := s.cfg.Read(ctx, d.Task)
	if err != nil {
		return nil, err
	}
	return s.cfg.Encode(t, d.Event), nil
}

// settled returns the delivery as it is after an attempt.
func (s *Sender) settled(d task.Delivery, a task.DeliveryAttempt, retryAfter time.Duration) task.Delivery {
	outcome := Retried
	wait, again := retryWait(d.Tries, retryAfter, s.cfg.Roll())
	switch {
	case a.Error == "":
		outcome, d.State = Succeeded, task.Delivered
	case !again || a.Status == http.StatusGone:
		outcome, d.State = GivenUp, task.DeliveryFailed
	default:
		d.Due = s.cfg.Endpoints.now().Add(wait)
	}
	s.cfg.Observe(outcome, a.Took)
	return d
}

// record writes how an attempt ended, even while the process stops. That another process has made the attempt again meanwhile is
// no error.
func (s *Sender) record(ctx context.Context, d task.Delivery) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), sendLimit)
	defer stop()
	err := s.cfg.Endpoints.cfg.Rows.RecordDelivery(ctx, d, s.cfg.Endpoints.now())
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	return err
}

// Due returns wakes for the webhooks to which something should have been delivered a while ago, in case their jobs are lost, and for those
// that waited for a time from before the clock was set back.
func (s *Sender) Due(ctx context.Context) ([]task.Wake, error) {
	due, err := s.rebase(ctx)
	if err != nil {
		return nil, err
	}
	late, err := s.cfg.Endpoints.cfg.Rows.DueWebhooks(ctx, s.cfg.Endpoints.now().Add(-2*lease))
	if err != nil {
		return nil, err
	}
	due = append(due, late...)
	slices.Sort(due)
	var out []task.Wake
	for _, id := range slices.Compact(due) {
		out = append(out, wakeOf(id))
	}
	return out, nil
}
