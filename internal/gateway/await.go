package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// watchedTasks is how many tasks are kept for those who wait for their changes.
const watchedTasks = 4096

// Await returns the account's task, as Read does, as soon as callers see a change of it since this call. It returns the task as it is if that has
// ended, after the limit, and when the process ends. Many may wait for one task: a change is read once for all of them.
func (g *Gateway) Await(ctx context.Context, who apikey.Key, id string, limit time.Duration) (task.Task, error) {
	w := g.hub.Task(id) // before the task is read, so that no change is missed
	defer w.Close()
	t, err := g.Read(ctx, who, id)
	if err != nil || t.State.Terminal() {
		return t, err
	}
	over := g.cfg.After(limit)
	for before := seenOf(t); seenOf(t) == before; {
		select {
		case <-w.C:
		case <-over:
			return g.Read(ctx, who, id)
		case <-g.stopped:
			return t, nil
		case <-ctx.Done():
			return task.Task{}, ctx.Err()
		}
		if t, err = g.readWatched(ctx, who.Account, id); err != nil {
			return task.Task{}, err
		}
	}
	return t, nil
}

// seen is what callers see change of a task that has not ended.
type seen struct {
	state    task.State
	progress float64
	text     string
	engine   string
	deleted  bool
}

func seenOf(t task.Task) seen { return seen{t.State, t.Progress, t.ProgressText, t.Engine, t.Deleted} }

// readWatched reads a task for those who wait for its changes. NotFound as Read.
func (g *Gateway) readWatched(ctx context.Context, account int64, id string) (task.Task, error) {
	t, err := g.watched.Get(ctx, id, func(ctx context.Context) (task.Task, error) { return g.cfg.Store.CachedTask(ctx, id) })
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != account {
		return task.Task{}, task.NoSuchTask()
	}
	if err != nil {
		return task.Task{}, err
	}
	t.QueueWait = g.estimateWait(ctx, t)
	return t, nil
}

// Hear wakes those who wait for a task's change: that version of it can be read. Writes of this process are heard without it.
func (g *Gateway) Hear(id string, account, version int64) {
	g.changes.Add(1)
	g.watched.Changed(id, func(t task.Task) bool { return t.Version >= version })
	g.hub.Tell(id, account)
}

// Missed says that changes of other processes may not have been heard: all who wait look again.
func (g *Gateway) Missed() {
	g.changes.Add(1)
	g.watched.Forget()
	g.hub.TellAll()
}

// HearKeys says that API keys have changed.
func (g *Gateway) HearKeys() {
	g.keys.Add(1)
	g.hub.TellAll()
}

// StopWaiting ends all calls that wait for changes of tasks, and all that come. It may be called twice.
func (g *Gateway) StopWaiting() { g.stop() }
