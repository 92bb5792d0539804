package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// setBack reports whether the clock was set back after t was written last, and by how much at least.
func (g *Gateway) setBack(t task.Task) (by time.Duration, ok bool) {
	by = t.Updated.Sub(g.now())
	return by, by > task.ClockSkew
}

// rebase writes a task that was written before the clock was set, so that it neither waits until the old time comes again nor fails
// by a deadline that has not come. It returns the task as written. Other tasks stay as they are.
func (g *Gateway) rebase(ctx context.Context, t task.Task, wakes ...task.Wake) (task.Task, error) {
	next, why := t, ""
	if by, ok := g.setBack(t); ok {
		next, why = g.earlier(t, by), "the server's clock was set back"
	} else if by := g.jumps.since(t.Updated); by > 0 {
		next, why = later(t, by), "the server's clock was set forward"
		wakes = append(wakes[:len(wakes):len(wakes)], deadlineWake(next, g.lane(next))...)
	}
	if why == "" {
		return t, nil
	}
	now := g.now()
	var err error
	next.Version, err = g.apply(ctx, t, next, why, wakes...)
	next.Updated = now
	return next, err
}

// earlier returns t after the clock was set back: it may go on at once, and all that is measured from a time begins now.
func (g *Gateway) earlier(t task.Task, by time.Duration) task.Task {
	now := g.now()
	t.NotBefore = time.Time{}
	if t.WaitingSince.After(now) {
		t.WaitingSince = now
	}
	if !t.Deadline.IsZero() {
		t.Deadline = t.Deadline.Add(-by)
	}
	t.Attempts = slices.Clone(t.Attempts)
	for i := range t.Attempts {
		if a := &t.Attempts[i]; a.Ended.IsZero() && a.Begun.After(now) {
			a.Begun = now
		}
	}
	return t
}

// later returns t after the clock was set forward: it has as much time left as before. What it waits for may come early.
func later(t task.Task, by time.Duration) task.Task {
	if !t.WaitingSince.IsZero() {
		t.WaitingSince = t.WaitingSince.Add(by)
	}
	if !t.Deadline.IsZero() {
		t.Deadline = t.Deadline.Add(by)
	}
	t.Attempts = slices.Clone(t.Attempts)
	for i := range t.Attempts {
		if a := &t.Attempts[i]; a.Ended.IsZero() {
			a.Begun = a.Begun.Add(by)
		}
	}
	return t
}

// rebaseAll rebases all tasks that have not ended, with a new job for each if the old one waits for its time. It does so at the first
// sweep of the process, and when the clock was set since the last one.
func (g *Gateway) rebaseAll(ctx context.Context, now time.Time) error {
	before := g.lastSweep.Swap(&now)
	if before != nil && before.Sub(now) <= task.ClockSkew && g.jumps.since(*before) == 0 {
		return nil
	}
	rebased := 0
	err := g.eachLive(ctx, task.Query{}, func(t task.Task) error {
		var wakes []task.Wake
		if _, back := g.setBack(t); back {
			wakes = append(wakes, wakeOf(t, g.lane(t)))
		} else if g.jumps.since(t.Updated) == 0 {
			return nil
		}
		rebased++
		_, err := g.rebase(ctx, t, wakes...)
		return ignoreStale(err)
	})
	if rebased > 0 {
		g.cfg.Log.WarnContext(ctx, "the clock was set; tasks go on as if it had not been", "tasks", rebased)
	}
	return err
}
