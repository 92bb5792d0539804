package chaos

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	toldPause   = 100 * time.Millisecond
	hurryAfter  = 8 * time.Second // a second attempt comes 6 seconds after the first, at the latest
	firstHurry  = 7 * time.Minute // a third one 6 minutes after that
	hurryFactor = 6
)

// proveTold compares what webhooks and streams have told of each task with its events, as the public API tells them, and these with
// the task's state. The servers must run, and no task may be at work.
func (r *run) proveTold(ctx context.Context) error {
	for _, a := range r.accounts {
		want, err := r.events(ctx, a)
		if err != nil {
			return err
		}
		var fresh []*follower
		for _, s := range r.servers.answering {
			fresh = append(fresh, &follower{base: s.url, key: a.key})
		}
		r.awaitTold(ctx, a, want, fresh)
		t := &r.audit.told
		t.streams += int(a.follower.streams.Load())
		r.judgeAll(want, &a.hook.heard, &t.hooks, "webhook of account", a.id)
		r.judgeAll(want, &a.follower.heard, &t.followed, "stream of account", a.id)
		for i, f := range fresh {
			r.judgeAll(want, &f.heard, &tally{}, "stream of server "+r.servers.answering[i].name+", from its first event, of account", a.id)
		}
		if err := r.proveDeliveries(ctx, a, want); err != nil {
			return err
		}
	}
	return nil
}

// events returns the events of each task of an account that has ended, as the task's own stream tells them, and judges them.
func (r *run) events(ctx context.Context, a account) (map[string][]task.EventType, error) {
	want := map[string][]task.EventType{}
	for next := ""; ; {
		var page struct {
			Tasks []struct {
				ID     string
				Status task.State
			}
			Next string
		}
		if err := r.callers.get(ctx, "/api/v1/tasks?limit=100&cursor="+next, a.key, &page); err != nil {
			return nil, err
		}
		for _, t := range page.Tasks {
			if !t.Status.Terminal() {
				continue // a problem by itself
			}
			stream, err := r.callers.repeat(ctx, func(base string) (*http.Request, error) {
				return newRequest(http.MethodGet, base+"/api/v1/tasks/"+t.ID+"/events", a.key, http.NoBody)
			})
			if err == nil {
				err = readEvents(bytes.NewReader(stream), func(e event) error {
					if e.id != "" && e.Type != "" {
						want[t.ID] = append(want[t.ID], e.Type)
					}
					return nil
				})
			}
			if err != nil {
				return nil, fmt.Errorf("the events of task %s: %w", t.ID, err)
			}
			r.audit.told.events += len(want[t.ID])
			for _, wrong := range judgeLife(want[t.ID], t.Status) {
				r.audit.problem("task %s: %s", t.ID, wrong)
			}
		}
		if next = page.Next; next == "" {
			return want, nil
		}
	}
}

// awaitTold waits until an account's receivers have all events and the servers know it, or patience ends. Each of fresh reads the whole
// stream meanwhile.
func (r *run) awaitTold(ctx context.Context, a account, want map[string][]task.EventType, fresh []*follower) {
	ctx, stop := context.WithTimeout(ctx, r.Patience)
	defer stop()
	following, end := context.WithCancel(ctx)
	var readers sync.WaitGroup
	all := []*heard{&a.hook.heard, &a.follower.heard}
	for _, f := range fresh {
		readers.Go(func() { f.follow(following) })
		all = append(all, &f.heard)
	}
	ahead, hurry := firstHurry, time.Now().Add(hurryAfter)
	for {
		all = slices.DeleteFunc(all, func(h *heard) bool {
			got := h.snapshot()
			for id, events := range want {
				if lacks(events, got[id]) {
					return false
				}
			}
			return true
		})
		if len(all) == 0 && !r.delivers(ctx, a) || !waitUntil(ctx, time.Now().Add(toldPause)) {
			break
		}
		if r.clock != nil && time.Now().After(hurry) {
			if err := r.hurry(ctx, a, ahead); err != nil {
				r.audit.problem("hurry the webhook of account %d: %v", a.id, err)
			}
			ahead, hurry = ahead*hurryFactor, time.Now().Add(hurryAfter)
		}
	}
	end()
	readers.Wait()
}

// delivers reports whether a delivery of the account's webhook is pending: its receiver may have the event, and the answer was lost.
func (r *run) delivers(ctx context.Context, a account) bool {
	var page struct{ Deliveries []struct{} }
	err := r.callers.get(ctx, "/api/v1/webhooks/"+a.hook.id+"/deliveries?limit=1&status=pending", a.key, &page)
	return err != nil || len(page.Deliveries) > 0
}

// hurry has a webhook deliver now what waits for a next attempt: it sets the servers' clocks forward, and changes the webhook as its
// owner may, by which a server looks at it.
func (r *run) hurry(ctx context.Context, a account, ahead time.Duration) error {
	r.say("the webhook of account %d waits for a next attempt: turn the clocks by %v", a.id, ahead)
	if err := r.servers.turn(ahead); err != nil {
		return err
	}
	body := fmt.Appendf(nil, `{"description":"hurried by %v"}`, ahead)
	return r.callers.call(ctx, http.MethodPatch, "/api/v1/webhooks/"+a.hook.id, a.key, body, &struct{}{})
}

// judgeAll judges what a receiver was told of all tasks of an account.
func (r *run) judgeAll(want map[string][]task.EventType, h *heard, count *tally, receiver string, account int64) {
	for _, wrong := range h.wrong() {
		r.audit.problem("%s %d: %s", receiver, account, wrong)
	}
	got := h.snapshot()
	for id := range got {
		if _, ok := want[id]; !ok {
			r.audit.problem("%s %d: it was told of the task %s, which the account does not have", receiver, account, id)
		}
	}
	for id, events := range want {
		c, wrong := judgeHeard(events, got[id])
		count.events, count.again = count.events+c.events, count.again+c.again
		for _, w := range wrong {
			r.audit.problem("%s %d: task %s: %s", receiver, account, id, w)
		}
	}
}

// proveDeliveries compares the log of a webhook with what has come: it has a delivery for each event, and each one is delivered.
func (r *run) proveDeliveries(ctx context.Context, a account, want map[string][]task.EventType) error {
	logged := map[string]int{}
	for next := ""; ; {
		var page struct {
			Deliveries []struct {
				ID     string
				TaskID string `json:"task_id"`
				Type   task.EventType
				Status task.DeliveryState
				Tries  int
			}
			Next string
		}
		if err := r.callers.get(ctx, "/api/v1/webhooks/"+a.hook.id+"/deliveries?limit=100&cursor="+next, a.key, &page); err != nil {
			return err
		}
		for _, d := range page.Deliveries {
			logged[d.TaskID]++
			r.audit.told.tries += d.Tries
			if d.Status != task.Delivered {
				r.audit.problem("webhook of account %d: task %s: the delivery %s of %s is %s after %d tries", a.id, d.TaskID, d.ID, d.Type, d.Status, d.Tries)
			}
		}
		if next = page.Next; next == "" {
			break
		}
	}
	for id, events := range want {
		if logged[id] != len(events) {
			r.audit.problem("webhook of account %d: task %s has %d events and %d deliveries", a.id, id, len(events), logged[id])
		}
	}
	return nil
}
