package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// clockSkew is how far in the future a stored time may be, by the clocks of other nodes and of small corrections. What is further
// ahead was written before the clock was set back.
const clockSkew = 2 * time.Minute

// setBack reports whether the clock was set back after t was written last, and by how much at least.
func (g *Gateway) setBack(t task.Task) (by time.Duration, ok bool) {
	by = t.Updated.Sub(g.now())
	return by, by > clockSkew
}

// rebase writes a task that was written before the clock was set back, so that it does not wait until the old time comes again:
// it may go on at once, and all that is measured from a time begins now. It returns the task as written. Other tasks stay as
// they are.
func (g *Gateway) rebase(ctx context.Context, t task.Task, wakes ...task.Wake) (task.Task, error) {
	by, ok := g.setBack(t)
	if !ok {
		return t, nil
	}
	next, now := t, g.now()
	next.NotBefore = time.Time{}
	if next.WaitingSince.After(now) {
		next.WaitingSince = now
	}
	if !next.Deadline.IsZero() {
		next.Deadline = next.Deadline.Add(-by)
	}
	next.Attempts = slices.Clone(t.Attempts)
	for i := range next.Attempts {
		if a := &next.Attempts[i]; a.Ended.IsZero() && a.Begun.After(now) {
			a.Begun = now
		}
	}
	var err error
	next.Version, err = g.apply(ctx, t, next, "the server's clock was set back", wakes...)
	next.Updated = now
	return next, err
}

// rebaseAll rebases all tasks that have not ended, with a new job for each: the old one waits for its time. It does so at the first
// sweep of the process, and when the clock was set back since the last one.
func (g *Gateway) rebaseAll(ctx context.Context, now time.Time) error {
	before := g.lastSweep.Swap(&now)
	if before != nil && before.Sub(now) <= clockSkew {
		return nil
	}
	rebased := 0
	err := g.eachLive(ctx, task.Query{}, func(t task.Task) error {
		if _, ok := g.setBack(t); !ok {
			return nil
		}
		rebased++
		_, err := g.rebase(ctx, t, wakeOf(t, g.lane(t)))
		return ignoreStale(err)
	})
	if rebased > 0 {
		g.cfg.Log.WarnContext(ctx, "the clock was set back; waiting tasks go on at once", "tasks", rebased)
	}
	return err
}
