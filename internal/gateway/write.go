package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// apply writes next over prev, with an event if the state moves or if there is text.
func (g *Gateway) apply(ctx context.Context, prev, next task.Task, text string, wakes ...task.Wake) (int64, error) {
	next.Version, next.Updated = prev.Version, g.now()
	// The end of a submit comes first: until it is committed, a crash leaves doubt about a job.
	c := task.Change{Task: next, Wakes: wakes, First: prev.Submitting && !next.Submitting}
	if next.State != prev.State {
		if !prev.State.CanMoveTo(next.State) {
			return 0, errors.New("gateway: no move from " + string(prev.State) + " to " + string(next.State))
		}
		c.Events = []task.Event{{At: next.Updated, Kind: "state", From: prev.State, To: next.State, Text: text}}
		c.Wakes = append(c.Wakes[:len(c.Wakes):len(c.Wakes)], notifications(next)...)
		g.cfg.Log.InfoContext(ctx, "task moved", "task", next.ID, "from", prev.State, "to", next.State)
	} else if text != "" {
		c.Events = []task.Event{{At: next.Updated, Kind: "note", From: prev.State, To: next.State, Text: text}}
	}
	return g.write(ctx, prev, c)
}

// notifications returns the wakes that tell the request's callback URL of the task's new state. Of the states before RUNNING it
// is not told: its caller knows that the task waits.
func notifications(t task.Task) []task.Wake {
	if t.Request.CallbackURL == "" || t.State != task.Running && !t.State.Terminal() {
		return nil
	}
	return []task.Wake{{Task: t.ID, Notify: t.State}}
}

// write stores a change over prev with what its events are to tell webhooks, and has the estimates, the registry and the meter follow
// it.
func (g *Gateway) write(ctx context.Context, prev task.Task, c task.Change) (int64, error) {
	if err := g.Endpoints.Plan(ctx, &c); err != nil {
		return 0, err
	}
	version, err := g.Catalog.Apply(ctx, c)
	if err != nil {
		if !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists) { // the write may be committed all the same
			g.backlog.invalidate()
		}
		return 0, err
	}
	written := c.Task
	written.Version = version
	g.backlog.update(written, g.lane(written))
	g.cfg.Meter.Changed(prev, written)
	if written.State.Terminal() && !written.Cancelling {
		g.release(written.ID)
	}
	if written.State.Terminal() {
		g.joining.remove(written)
		g.wakeJoins(context.WithoutCancel(ctx), written.ID)
	}
	return version, nil
}

// stored reads the account's task from the database, to write over it. NotFound as Read.
func (g *Gateway) stored(ctx context.Context, account int64, id string) (task.Task, error) {
	t, err := g.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != account {
		return task.Task{}, task.NoSuchTask()
	}
	return t, err
}

// now returns the time as rows keep it: UTC, whole milliseconds. It notices if the clock was set forward since the last call.
func (g *Gateway) now() time.Time {
	now := g.cfg.Now()
	if g.cfg.Passed != nil {
		g.jumps.look(now, g.cfg.Passed(), g.cfg.Log)
	}
	return storedTime(now)
}

func storedTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
