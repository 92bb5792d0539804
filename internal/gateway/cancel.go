package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// cancelTime bounds how long one call to the engine may take that cancels a job, or looks how it ended.
const cancelTime = 10 * time.Second

// Cancel ends a task that has not ended: in the row, so that no step can finish it. The same change schedules the step that
// cancels its job at the engine (stepCancel). Conflict if the task has ended, NotFound as Read.
func (g *Gateway) Cancel(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	for {
		t, err := g.Read(ctx, who, id)
		if err != nil {
			return task.Task{}, err
		}
		if t.State.Terminal() {
			return task.Task{}, &task.Error{Code: task.Conflict, Detail: "The task has already ended " + string(t.State) + "."}
		}
		next := t
		g.endWithJob(&next, task.Cancelled, nil)
		next.Version, err = g.apply(ctx, t, next, "cancelled by its owner", cancelWakes(next)...)
		if errors.Is(err, store.ErrStale) {
			continue // a step wrote the task meanwhile
		}
		if err != nil {
			return task.Task{}, err
		}
		return next, nil
	}
}

// cleanUpAtEngine frees what the engine keeps for a job that has ended. The vendor's copy of the video is deleted only if the operator
// wants it.
func (g *Gateway) cleanUpAtEngine(ctx context.Context, t task.Task, n registry.ConfiguredEngine) {
	if n.Engine == nil {
		return
	}
	switch cleanup := n.Engine.Capabilities().Cleanup; {
	case cleanup == engine.FreesJob, cleanup == engine.DeletesCopy && n.DeleteAtVendor:
		g.cancelAtEngine(context.WithoutCancel(ctx), t, n)
	}
}

// cancelAtEngine cancels a job that nobody waits for. An error is only logged.
func (g *Gateway) cancelAtEngine(ctx context.Context, t task.Task, n registry.ConfiguredEngine) {
	if n.Engine == nil || t.Handle == "" {
		return
	}
	if err := cancelJob(ctx, t, n); err != nil {
		g.cfg.Log.WarnContext(ctx, "engine could not cancel", "task", t.ID, "engine", t.Engine, "err", err)
	}
}

// cancelJob cancels the task's job at the engine. For one that has ended it frees what the engine keeps for it.
func cancelJob(ctx context.Context, t task.Task, n registry.ConfiguredEngine) error {
	ctx, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	return n.Engine.Cancel(ctx, t.Handle)
}
