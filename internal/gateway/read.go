package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Read returns the account's task, with an estimate of its queue wait. NotFound for an unknown id, an id that is no UUID, and
// another account's task.
func (g *Gateway) Read(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	if len(id) != 36 || uuid.Validate(id) != nil {
		return task.Task{}, task.NoSuchTask()
	}
	t, err := g.cfg.Store.CachedTask(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != who.Account {
		return task.Task{}, task.NoSuchTask()
	}
	if err != nil {
		return task.Task{}, err
	}
	t.QueueWait = g.estimateWait(ctx, t)
	return t, nil
}

// Find returns the account's task with that external id, with an estimate of its queue wait. NotFound if there is none, or if
// it was deleted.
func (g *Gateway) Find(ctx context.Context, who apikey.Key, externalID string) (task.Task, error) {
	if externalID == "" {
		return task.Task{}, task.NoSuchTask()
	}
	found, err := g.List(ctx, who, task.Query{ExternalID: externalID, Limit: 1})
	if err != nil {
		return task.Task{}, err
	}
	if len(found) == 0 {
		return task.Task{}, task.NoSuchTask()
	}
	return found[0], nil
}

// List returns the account's tasks that q selects, newest first. Deleted ones are not among them.
func (g *Gateway) List(ctx context.Context, who apikey.Key, q task.Query) ([]task.Task, error) {
	q.Account, q.Deleted = who.Account, false
	tasks, err := g.cfg.Store.Tasks(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, wait := range g.estimateWaits(ctx, tasks) {
		tasks[i].QueueWait = wait
	}
	return tasks, nil
}

// Signer returns the signer of files' URLs, for the handler that serves the files.
func (g *Gateway) Signer() blob.Signer { return g.cfg.Signer }

// Token returns a token for a blob key that is in force until then.
func (g *Gateway) Token(key string, until time.Time) string { return g.cfg.Signer.Sign(key, until) }

// Now returns the time of the gateway's clock.
func (g *Gateway) Now() time.Time { return g.now() }
