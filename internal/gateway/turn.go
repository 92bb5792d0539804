package gateway

import (
	"context"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// waiter returns what decides about the task's turn at its engine.
func (g *Gateway) waiter(t task.Task) task.Waiter {
	return t.Waiter(g.registry.Current().Weight(t.Account))
}

// waitForTurn lets a task wait because others that wait for the engine come before it. The engine is not asked. As everyone who
// waits, it goes to the next engine when it has waited too long.
func (g *Gateway) waitForTurn(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (Next, error) {
	t.Attempts = append(t.Attempts[:len(t.Attempts):len(t.Attempts)], g.newAttempt(t))
	fault := &engine.Error{Class: engine.Overloaded, WaitCause: engine.InFlightLimit, Reason: task.VendorUnavailable}
	if next, moved, err := g.failOverFor(ctx, t, n, fault); moved {
		return next, err
	}
	return g.waitForCapacity(ctx, t, fault)
}

// tries ends the wait of a task that tries its engine now, or leaves it. wakeNext says that another one should be woken if it gets
// capacity: it has waited, and found its turn by itself. served says that its account's turn was counted when it was woken.
func (g *Gateway) tries(ctx context.Context, t task.Task) (wakeNext, served bool, err error) {
	if t.WaitingSince.IsZero() {
		return false, false, nil
	}
	woken, last, err := g.waits.End(ctx, t.ID)
	return !(woken && last), woken, err
}

// serve counts the turn of a task's account. Its job exists, so that an error is only logged.
func (g *Gateway) serve(ctx context.Context, t task.Task) {
	if err := g.waits.Serve(context.WithoutCancel(ctx), g.waiter(t)); err != nil {
		g.cfg.Log.WarnContext(ctx, "could not count an account's turn", "task", t.ID, "engine", t.Engine, "err", err)
	}
}

// release forgets a task that has ended.
func (g *Gateway) release(id string) {
	g.registry.Release(id)
	g.waits.Forget(id)
	g.unsent.remove(id)
	for _, l := range []*ingestLimit{g.ingests, g.retries, g.conversions} {
		l.forget(id)
	}
}
