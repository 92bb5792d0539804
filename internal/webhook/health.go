package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	maxAtOnce  = 16 // attempts for one webhook
	firstPause = 5 * time.Second
	patience   = 3 // failures in a row after which a webhook is paused
)

// health knows which webhooks do not work, so that they take little of what all share: one that failed gets one attempt at a time,
// and after some failures in a row one now and then. The zero value is ready to use. It is in memory: after a restart each webhook is
// tried as if it worked.
type health struct {
	mu   sync.Mutex
	sick map[string]*sickness
}

// sickness is what is known of a webhook that failed last.
type sickness struct {
	failures int // in a row
	until    time.Time
}

// left returns how long the webhook is not to be tried. No pause is longer than longestPause: one that seems to be was begun before the
// clock was set back, and is over.
func (s *sickness) left(now time.Time) time.Duration {
	left := s.until.Sub(now)
	if left > longestPause {
		return 0
	}
	return max(0, left)
}

// note notes the end of an attempt. known is the number of failures that room returned before the attempt; pause is what the answer asked
// for. An attempt that was begun before the last failure was known is not one more of them: attempts under way at one time say only that the
// server did not work at that time.
func (h *health) note(id string, works bool, known int, pause time.Duration, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if works {
		delete(h.sick, id)
		return
	}
	s := h.sick[id]
	if s == nil {
		if h.sick == nil {
			h.sick = map[string]*sickness{}
		}
		s = &sickness{}
		h.sick[id] = s
	}
	if known >= s.failures {
		s.failures++
		if n := s.failures - patience; n >= 0 {
			pause = max(pause, min(firstPause<<min(n, 10), longestPause))
		}
	}
	s.until = now.Add(max(s.left(now), min(pause, longestPause)))
}

// room returns how many attempts for a webhook may be under way, and how many have failed in a row as far as is known.
func (h *health) room(id string, now time.Time) (attempts, failures int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch s := h.sick[id]; {
	case s == nil:
		return maxAtOnce, 0
	case s.left(now) > 0:
		return 0, s.failures
	default:
		return 1, s.failures
	}
}

// pause returns how long a webhook is not to be tried.
func (h *health) pause(id string, now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sick[id]; s != nil {
		return s.left(now)
	}
	return 0
}

// forget drops what is known of a webhook that is delivered to no more.
func (h *health) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sick, id)
}

// works reports whether the server of a webhook worked in an attempt. 4xx says something of the event only.
func works(a task.DeliveryAttempt) bool {
	return a.Error == "" || a.Status != 0 && a.Status/100 != 5 && a.Status != http.StatusTooManyRequests
}

// judge draws conclusions about the webhook from an attempt, and reports whether it has disabled it: because its server says that it
// is gone, or because all attempts have failed for days, however many they were.
func (s *Sender) judge(ctx context.Context, w task.Webhook, a task.DeliveryAttempt) (disabled bool, err error) {
	if a.Error == "" && w.FailingSince.IsZero() {
		return false, nil
	}
	err = s.update(ctx, w, func(w *task.Webhook) bool {
		now := s.cfg.Endpoints.now()
		disabled = !w.Disabled.IsZero()
		switch {
		case a.Error == "":
			changes := !w.FailingSince.IsZero()
			w.FailingSince = time.Time{}
			return changes
		case !w.Disabled.IsZero():
			return false
		case a.Status == http.StatusGone:
			disabled, w.Disabled, w.Reason = true, now, "Its server answered 410 Gone."
		case w.FailingSince.IsZero():
			w.FailingSince = a.At
		case now.Sub(w.FailingSince) >= failureLimit:
			disabled, w.Disabled = true, now
			w.Reason = fmt.Sprintf("Every attempt has failed since %s. The last one: %s", w.FailingSince.Format("2006-01-02 15:04 UTC"), a.Error)
		default:
			return false
		}
		return true
	})
	return disabled, err
}

// update changes a webhook if it is still there and change says so.
func (s *Sender) update(ctx context.Context, w task.Webhook, change func(*task.Webhook) bool) error {
	owner := apikey.Key{Account: w.Account}
	for {
		now, err := s.cfg.Endpoints.Webhook(ctx, owner, w.ID)
		if task.CodeOf(err) == task.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		was := now.Disabled
		if !change(&now) {
			return nil
		}
		if _, err = s.cfg.Endpoints.put(ctx, now); errors.Is(err, store.ErrStale) {
			continue
		}
		if err == nil && was.IsZero() && !now.Disabled.IsZero() {
			s.cfg.Endpoints.cfg.Log.WarnContext(ctx, "webhook disabled", "webhook", w.ID, "account", w.Account, "host", host(w.URL), "reason", now.Reason)
		}
		return err
	}
}
