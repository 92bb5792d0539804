package gateway

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Registry returns the Registry in force.
func (g *Gateway) Registry() registry.Registry { return g.registry.Current() }

// Use puts another Registry in force. Tasks whose work an engine has stay with that engine until they end, even if the new
// Registry does not have it, or has another engine of its name. After an error everything is as before.
func (g *Gateway) Use(ctx context.Context, next registry.Registry) error {
	gone := g.registry.Current().Replaced(next)
	if len(gone) > 0 {
		if err := g.assignAll(ctx, gone); err != nil {
			return err
		}
	}
	g.registry.Replace(next)
	g.backlog.invalidate()
	for name := range gone { // another engine has the name now: what waited for capacity may have it there
		for g.wakeNextWaiting(ctx, name, true) {
		}
	}
	return nil
}

// assignAll assigns all tasks whose work one of the engines has to it, also those that no step has touched since the start.
func (g *Gateway) assignAll(ctx context.Context, engines map[string]registry.ConfiguredEngine) error {
	assign := func(t task.Task) error {
		if n, ok := engines[t.Engine]; ok && registry.HasWork(t) {
			g.registry.Assign(t.ID, n)
		}
		return nil
	}
	err := g.eachLive(ctx, task.Query{}, assign)
	if err == nil {
		err = g.eachTask(ctx, task.Query{Cancelling: true}, assign)
	}
	if err != nil {
		return fmt.Errorf("gateway: find the work of engines that change: %w", err)
	}
	return nil
}

// eachLive calls f with each task that has not ended and that q selects, oldest first, until f fails.
func (g *Gateway) eachLive(ctx context.Context, q task.Query, f func(task.Task) error) error {
	q.States = task.LiveStates()
	return g.eachTask(ctx, q, f)
}

// eachTask calls f with each task that q selects, deleted or not, oldest first, until f fails.
func (g *Gateway) eachTask(ctx context.Context, q task.Query, f func(task.Task) error) error {
	q.OldestFirst, q.Deleted, q.Limit = true, true, sweepSize
	for t, err := range store.EachTask(ctx, g.cfg.Store, q) {
		if err == nil {
			err = f(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
