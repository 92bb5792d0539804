package gateway

import (
	"context"
	"errors"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Delete removes a task from its owner's lists, and deletes its artifacts' files; a task that has not ended is cancelled in the
// same change. Read still returns it, marked as deleted. A job deletes the files, and the caller waits for it as in EditAsset.
// Deleting twice is no error. NotFound as Read.
func (g *Gateway) Delete(ctx context.Context, who apikey.Key, id string) error {
	if len(id) != 36 {
		return task.NoSuchTask()
	}
	var next task.Task
	for {
		before, err := g.stored(ctx, who.Account, id)
		if err != nil {
			return err
		}
		next, err = g.delete(ctx, before)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrStale) { // else a step wrote the task meanwhile
			return err
		}
	}
	if asset.FileWakes(next) != nil {
		g.Catalog.AwaitFiles(ctx, id)
	}
	return nil
}

// delete marks the task as deleted, over the version that was read.
func (g *Gateway) delete(ctx context.Context, t task.Task) (task.Task, error) {
	next, text := t, ""
	if !t.State.Terminal() {
		g.endWithJob(&next, task.Cancelled, nil)
		text = "deleted by its owner"
	}
	next.Deleted = true
	next.Artifacts = slices.Clone(t.Artifacts)
	for i := range next.Artifacts {
		g.Catalog.MarkDeleted(&next.Artifacts[i])
	}
	var err error
	next.Version, err = g.apply(ctx, t, next, text, append(asset.FileWakes(next), cancelWakes(next)...)...)
	return next, err
}

// Retry makes a new task with the request of one that FAILED or was CANCELLED; the inputs are not fetched again. Conflict for
// any other task, NotFound as Read.
func (g *Gateway) Retry(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	return g.retry(ctx, who, id, nil)
}

func (g *Gateway) retry(ctx context.Context, who apikey.Key, id string, once *task.IdempotencyRecord) (task.Task, error) {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return task.Task{}, err
	}
	if t.State != task.Failed && t.State != task.Cancelled {
		return task.Task{}, &task.Error{Code: task.Conflict, Detail: "Only a task that FAILED or was CANCELLED can be retried; this one is " + string(t.State) + "."}
	}
	again, err := g.newID()
	if err != nil {
		return task.Task{}, err
	}
	c, err := g.choose(again, t.Request)
	if err != nil {
		return task.Task{}, err
	}
	r := t.Request
	r.ExternalID = "" // it stays the first task's
	expandPrompt(&r, c)
	return g.create(ctx, task.Task{ID: again, Account: t.Account, Request: r, RetryOf: t.ID}, c, once)
}
