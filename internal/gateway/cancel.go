package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// cancelTime bounds how long a cancel waits for the engine: the caller's answer does not depend on it.
const cancelTime = 10 * time.Second

// Cancel ends a task that has not ended: first in the row, so that no step can finish it, then at the engine. Conflict if the
// task has ended, NotFound as Read.
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
		n, _ := g.registry.EngineFor(t)
		g.end(&next, task.Cancelled, nil)
		next.Version, err = g.apply(ctx, t, next, "cancelled by its owner")
		if errors.Is(err, store.ErrStale) {
			continue // a step wrote the task meanwhile
		}
		if err != nil {
			return task.Task{}, err
		}
		g.cancelAtEngine(context.WithoutCancel(ctx), next, n)
		g.wakeOldestWaiting(context.WithoutCancel(ctx), next.Engine)
		return next, nil
	}
}

// cancelAtEngine cancels the engine's job for the task, if it has one. An error is only logged.
func (g *Gateway) cancelAtEngine(ctx context.Context, t task.Task, n registry.ConfiguredEngine) {
	if n.Engine == nil || t.Handle == "" {
		return
	}
	ctx, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	if err := n.Engine.Cancel(ctx, t.Handle); err != nil {
		g.cfg.Log.WarnContext(ctx, "engine could not cancel", "task", t.ID, "engine", t.Engine, "err", err)
	}
}
