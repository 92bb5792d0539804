package gateway

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/task"
)

// Delete takes a task out of its owner's lists, and removes its artifacts' files; a task that has not ended is
// cancelled first. Reading it by its id still tells what it was, and that it is deleted. Deleting twice is no error, and
// removes what a first try left. NotFound as Read.
func (g *Gateway) Delete(ctx context.Context, who apikey.Key, id string) error {
	if _, err := g.Cancel(ctx, who, id); err != nil && task.CodeOf(err) != task.Conflict {
		return err
	}
	t, err := g.edit(ctx, who, id, func(t *task.Task) error {
		t.Deleted = true
		for i := range t.Artifacts {
			g.markDeleted(&t.Artifacts[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range t.Artifacts {
		if err := g.removeFiles(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// markDeleted makes an artifact say that its files are gone, and ends its public page.
func (g *Gateway) markDeleted(a *task.Artifact) {
	if !a.Deleted {
		a.Deleted, a.Share, a.Updated = true, "", g.now()
	}
}

// removeFiles deletes what an artifact consists of. The row says so first: a file that is named is never missing by
// accident.
func (g *Gateway) removeFiles(ctx context.Context, a task.Artifact) error {
	for _, f := range a.Files {
		if err := g.cfg.Bucket.Delete(ctx, f.Key); err != nil {
			return fmt.Errorf("gateway: delete %s: %w", f.Key, err)
		}
	}
	return nil
}

// Retry makes a new task of the request of one that ended FAILED or CANCELLED; the pictures are not asked for again.
// Conflict for any other, NotFound as Read.
func (g *Gateway) Retry(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
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
	expand(&r, c)
	return g.create(ctx, task.Task{ID: again, Account: t.Account, Request: r, RetryOf: t.ID}, c, nil)
}
