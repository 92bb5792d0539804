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

// RenderOnce is Render with an idempotency key, by SubmitOnce's rules.
func (g *Gateway) RenderOnce(ctx context.Context, who apikey.Key, id string, asked task.Request, key, fingerprint string) (t task.Task, replayed bool, err error) {
	return g.submitOnce(ctx, who, key, fingerprint, func(once *task.IdempotencyRecord) (task.Task, error) { return g.render(ctx, who, id, asked, once) })
}

// CreateStoryboardOnce is CreateStoryboard with an idempotency key, by SubmitOnce's rules: edit is called unless the key stands for a
// storyboard, which is then returned as it is now. NotFound if that was deleted.
func (g *Gateway) CreateStoryboardOnce(ctx context.Context, who apikey.Key, key, fingerprint string, edit func() (task.StoryboardEdit, error)) (b task.Storyboard, replayed bool, err error) {
	return once(ctx, g, who, key, fingerprint,
		func(r task.IdempotencyRecord) (task.Storyboard, error) { return g.Storyboard(ctx, who, r.Task) },
		func(r *task.IdempotencyRecord) (task.Storyboard, error) {
			e, err := edit()
			if err != nil {
				return task.Storyboard{}, err
			}
			return g.CreateRecorded(ctx, who, e, r)
		})
}

// RetryOnce is Retry with an idempotency key, by SubmitOnce's rules.
func (g *Gateway) RetryOnce(ctx context.Context, who apikey.Key, id, key, fingerprint string) (t task.Task, replayed bool, err error) {
	return g.submitOnce(ctx, who, key, fingerprint, func(once *task.IdempotencyRecord) (task.Task, error) { return g.retry(ctx, who, id, once) })
}

// submitOnce calls create unless the account's key already stands for a task, which is then returned as it was when it was made.
func (g *Gateway) submitOnce(ctx context.Context, who apikey.Key, key, fingerprint string, create func(*task.IdempotencyRecord) (task.Task, error)) (t task.Task, replayed bool, err error) {
	return once(ctx, g, who, key, fingerprint, func(r task.IdempotencyRecord) (task.Task, error) { return g.asMade(ctx, r) }, create)
}

// once calls create unless the account's key already stands for something, which it then reads by find.
func once[T any](ctx context.Context, g *Gateway, who apikey.Key, key, fingerprint string, find func(task.IdempotencyRecord) (T, error), create func(*task.IdempotencyRecord) (T, error)) (v T, replayed bool, err error) {
	busy := &task.Error{Code: task.Conflict, Detail: "A request with this Idempotency-Key is still under way. Repeat it in a moment."}
	unlock, ok := g.submitting.TryLock(idempotencyKey{who.Account, key})
	if !ok {
		return v, false, busy
	}
	defer unlock()
	r, err := g.recordOf(ctx, who, key, fingerprint)
	if err == nil {
		v, err = find(r)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return v, err == nil, err
	}
	made, err := create(&task.IdempotencyRecord{Account: who.Account, Key: key, Fingerprint: fingerprint, Life: g.cfg.IdempotencyLife})
	if errors.Is(err, store.ErrExists) { // another node created it meanwhile
		return v, false, busy
	}
	return made, false, err
}

// recordOf returns what a key stands for. store.ErrNotFound if that is nothing.
func (g *Gateway) recordOf(ctx context.Context, who apikey.Key, key, fingerprint string) (task.IdempotencyRecord, error) {
	r, err := g.cfg.Store.Idempotency(ctx, who.Account, key)
	if err != nil {
		return r, err
	}
	if g.now().Sub(r.Created) >= g.cfg.IdempotencyLife {
		return r, store.ErrNotFound
	}
	if r.Fingerprint != fingerprint {
		return r, &task.Error{Code: task.Unreadable, Detail: fmt.Sprintf("This Idempotency-Key was used for another request in the last %d hours.", int(g.cfg.IdempotencyLife.Hours()))}
	}
	return r, nil
}

// asMade returns the task that a key stands for, as it was when it was made. store.ErrNotFound if there is none.
func (g *Gateway) asMade(ctx context.Context, r task.IdempotencyRecord) (task.Task, error) {
	t, err := g.cfg.Store.Task(ctx, r.Task)
	if err != nil {
		return task.Task{}, err
	}
	return task.Task{
		ID: t.ID, Account: t.Account, Version: 1, Request: t.Request, State: task.Queued, Engine: t.Engine,
		EngineModel: t.EngineModel, Created: t.Created, Updated: t.Created, RetryOf: t.RetryOf, QueueWait: r.Wait,
	}, nil
}
