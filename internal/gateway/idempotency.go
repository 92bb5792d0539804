package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// idempotencyKey is an account's idempotency key.
type idempotencyKey struct {
	account int64
	key     string
}

// SubmitOnce is Submit with an idempotency key: however often the account repeats the request within Config.IdempotencyLife, one task is made. A
// repeat returns that task as it was when it was made, and replayed is true. Conflict while the first request is processed;
// Unreadable if the key was used with another fingerprint, which stands for call and body.
func (g *Gateway) SubmitOnce(ctx context.Context, who apikey.Key, r task.Request, key, fingerprint string) (t task.Task, replayed bool, err error) {
	return g.submitOnce(ctx, who, key, fingerprint, func(once *task.IdempotencyRecord) (task.Task, error) { return g.submit(ctx, who, r, once) })
}

// RetryOnce is Retry with an idempotency key, by SubmitOnce's rules.
func (g *Gateway) RetryOnce(ctx context.Context, who apikey.Key, id, key, fingerprint string) (t task.Task, replayed bool, err error) {
	return g.submitOnce(ctx, who, key, fingerprint, func(once *task.IdempotencyRecord) (task.Task, error) { return g.retry(ctx, who, id, once) })
}

// submitOnce calls create unless the account's key already stands for a task.
func (g *Gateway) submitOnce(ctx context.Context, who apikey.Key, key, fingerprint string, create func(*task.IdempotencyRecord) (task.Task, error)) (t task.Task, replayed bool, err error) {
	busy := &task.Error{Code: task.Conflict, Detail: "A request with this Idempotency-Key is still under way. Repeat it in a moment."}
	unlock, ok := g.submitting.TryLock(idempotencyKey{who.Account, key})
	if !ok {
		return task.Task{}, false, busy
	}
	defer unlock()
	t, err = g.replayed(ctx, who, key, fingerprint)
	if !errors.Is(err, store.ErrNotFound) {
		return t, err == nil, err
	}
	t, err = create(&task.IdempotencyRecord{Account: who.Account, Key: key, Fingerprint: fingerprint, Life: g.cfg.IdempotencyLife})
	if errors.Is(err, store.ErrExists) { // another node created it meanwhile
		return task.Task{}, false, busy
	}
	return t, false, err
}

// replayed returns the task that a key stands for, as it was when it was made. store.ErrNotFound if there is none.
func (g *Gateway) replayed(ctx context.Context, who apikey.Key, key, fingerprint string) (task.Task, error) {
	r, err := g.cfg.Store.Idempotency(ctx, who.Account, key)
	if err != nil {
		return task.Task{}, err
	}
	if g.now().Sub(r.Created) >= g.cfg.IdempotencyLife {
		return task.Task{}, store.ErrNotFound
	}
	if r.Fingerprint != fingerprint {
		return task.Task{}, &task.Error{Code: task.Unreadable, Detail: fmt.Sprintf("This Idempotency-Key was used for another request in the last %d hours.", int(g.cfg.IdempotencyLife.Hours()))}
	}
	t, err := g.cfg.Store.Task(ctx, r.Task)
	if err != nil {
		return task.Task{}, err
	}
	return task.Task{
		ID: t.ID, Account: t.Account, Version: 1, Request: t.Request, State: task.Queued, Engine: t.Engine,
		EngineModel: t.EngineModel, Created: t.Created, Updated: t.Created, RetryOf: t.RetryOf, QueueWait: r.Wait,
	}, nil
}
