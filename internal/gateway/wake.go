package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// wakeNextWaiting lets the next task above the engine's own limit try again, and reports whether there was one. Unless it is the
// last, it wakes another one if it gets capacity.
func (g *Gateway) wakeNextWaiting(ctx context.Context, name string, last bool) bool {
	for {
		id, ok, err := g.waits.Next(ctx, name, last)
		if err != nil {
			g.cfg.Log.WarnContext(ctx, "could not find the next waiting task", "engine", name, "err", err)
		}
		if !ok {
			return false
		}
		t, err := g.cfg.Store.Task(ctx, id)
		if err == nil && (t.State.Terminal() || t.Engine != name || registry.HasWork(t)) {
			continue // it does not wait any more
		}
		if err == nil {
			next := t
			next.NotBefore = time.Time{}
			_, err = g.apply(ctx, t, next, "", wakeOf(t, g.lane(t)))
		}
		if err != nil && !errors.Is(err, store.ErrStale) { // it tries again by itself later
			g.cfg.Log.WarnContext(ctx, "could not wake a waiting task", "task", id, "err", err)
		}
		return true
	}
}

// wakeOf returns a wake for the task's next step in that lane, at once.
func wakeOf(t task.Task, lane task.Lane) task.Wake {
	return task.Wake{Task: t.ID, Lane: lane, Low: t.Request.LowPriority, Account: t.Account, Created: t.Created}
}

// lane returns where the task's steps are done.
func (g *Gateway) lane(t task.Task) task.Lane {
	if n, ok := g.registry.EngineFor(t); ok {
		return n.Engine.Capabilities().Lane
	}
	return task.Remote
}
