package webhook

import (
	"context"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// cachedAccounts is how many accounts' webhooks are kept in memory. Beyond it all are read again.
const cachedAccounts = 10_000

// cache keeps which webhooks each account has, so that a task of an account without one costs no look into the database. The zero
// value is ready to use.
type cache struct {
	mu        sync.Mutex
	of        map[int64][]task.Webhook // that are enabled, by account
	forgotten uint64                   // how often all were dropped
	deaf      bool                     // others' writes may be missed now
}

// get returns an account's webhooks, and what add needs to know.
func (c *cache) get(account int64) (found []task.Webhook, ok bool, seen uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok = c.of[account]
	return found, ok && !c.deaf, c.forgotten
}

// add keeps webhooks that were read since get returned seen, unless they may have been written meanwhile.
func (c *cache) add(account int64, found []task.Webhook, seen uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deaf || c.forgotten != seen {
		return
	}
	if c.of == nil || len(c.of) >= cachedAccounts {
		c.of = map[int64][]task.Webhook{}
	}
	c.of[account] = found
}

// forget drops all, and those that others are about to add.
func (c *cache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = nil
	c.forgotten++
}

func (c *cache) setDeaf(deaf bool) {
	c.forget()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = deaf
}

var _ store.Listener = (*Endpoints)(nil)

// Listening implements store.Listener.
func (e *Endpoints) Listening() { e.cache.setDeaf(false) }

// Deaf implements store.Listener: nothing is read from memory until Listening.
func (e *Endpoints) Deaf() { e.cache.setDeaf(true) }

// Hear implements store.Listener.
func (e *Endpoints) Hear(n store.News) {
	if n.Webhooks {
		e.cache.forget()
	}
}

// enabled returns the account's webhooks that are told of events.
func (e *Endpoints) enabled(ctx context.Context, account int64) ([]task.Webhook, error) {
	found, ok, seen := e.cache.get(account)
	if ok {
		return found, nil
	}
	found, err := e.cfg.Rows.Webhooks(ctx, task.WebhookQuery{Account: account})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(w task.Webhook) bool { return !w.Disabled.IsZero() })
	e.cache.add(account, found, seen)
	return found, nil
}

// Plan adds to a change what its events are to tell the account's webhooks, and the wakes for that. On nil Endpoints it does nothing.
func (e *Endpoints) Plan(ctx context.Context, c *task.Change) error {
	if e == nil {
		return nil
	}
	for _, event := range c.Events {
		kind := event.Type()
		if !slices.Contains(task.WebhookTypes(), kind) {
			continue
		}
		told, err := e.enabled(ctx, c.Task.Account)
		if err != nil {
			return err
		}
		for _, w := range told {
			if len(w.Types) > 0 && !slices.Contains(w.Types, kind) {
				continue
			}
			id, err := e.newID()
			if err != nil {
				return err
			}
			c.Deliveries = append(c.Deliveries, task.Delivery{ID: id, Webhook: w.ID, Event: event, Created: event.At})
			c.Wakes = append(c.Wakes[:len(c.Wakes):len(c.Wakes)], wakeOf(w.ID))
		}
	}
	return nil
}
