package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/filmgate/filmgate/store"
	"github.com/filmgate/filmgate/task"
)

const (
	// forgotten is how long an unfinished task may stay unwritten before its alarm counts as lost: twice what a step
	// that only waits leaves between writes.
	forgotten = 2*touchEvery + maxBackoff
	sweepSize = 500
	// leftover is how old a file in the temp folder must be before a sweep takes it for a crash's.
	leftover = 6 * time.Hour
)

// Sweep sets alarms anew for unfinished tasks that nobody has touched for long, and clears away what crashed steps left.
// Rows are the truth: with every alarm lost, sweeps alone bring all tasks to their end.
func (g *Gateway) Sweep(ctx context.Context) error {
	q := task.Query{
		States:      []task.State{task.Queued, task.Throttled, task.Pending, task.Running},
		UpdatedTo:   g.now().Add(-forgotten),
		OldestFirst: true,
		Deleted:     true,
		Limit:       sweepSize,
	}
	now := g.now()
	for {
		page, err := g.cfg.Store.Tasks(ctx, q)
		if err != nil {
			return fmt.Errorf("gateway: sweep: %w", err)
		}
		for _, t := range page {
			if t.NotBefore.After(now) {
				continue // it waits by its own wish, with an alarm set
			}
			if err := g.wakeAgain(ctx, t, now); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return g.clearTemp(now)
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
}

// wakeAgain sets one task's alarm. The row is written too, so that the next sweep gives the step time to run.
func (g *Gateway) wakeAgain(ctx context.Context, t task.Task, now time.Time) error {
	lane := g.lane(t)
	if !t.Deadline.IsZero() && !now.Before(t.Deadline) {
		lane = task.Remote // it only has to be ended, for which it need not wait for a local worker
	}
	if waits, err := g.waitsInLine(ctx, t, lane, now); waits || err != nil {
		return err
	}
	t.Updated = now
	_, err := g.write(ctx, task.Change{
		Task:  t,
		Wakes: []task.Wake{{Task: t.ID, Lane: lane, Low: t.Request.LowPriority}},
	})
	if errors.Is(err, store.ErrStale) {
		return nil // it is alive after all
	}
	if err != nil {
		return fmt.Errorf("gateway: wake %s again: %w", t.ID, err)
	}
	g.cfg.Log.WarnContext(ctx, "task had no alarm; set anew", "task", t.ID, "state", t.State)
	return nil
}

// waitsInLine reports whether the task has its alarm and only waits for a free worker, in its place in the queue. Work that
// is done elsewhere never waits so long.
func (g *Gateway) waitsInLine(ctx context.Context, t task.Task, lane task.Lane, now time.Time) (bool, error) {
	if lane != task.Local || t.State != task.Queued {
		return false, nil
	}
	if g.cfg.Alarmed == nil {
		return now.Sub(t.Updated) < 10*forgotten, nil // most likely
	}
	waits, err := g.cfg.Alarmed(ctx, t.ID)
	if err != nil {
		return false, fmt.Errorf("gateway: sweep: %w", err)
	}
	return waits, nil
}

// clearTemp removes files that no step is writing any more.
func (g *Gateway) clearTemp(now time.Time) error {
	entries, err := os.ReadDir(g.cfg.Temp)
	if err != nil {
		return fmt.Errorf("gateway: sweep the temp folder: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < leftover {
			continue
		}
		if err := os.RemoveAll(filepath.Join(g.cfg.Temp, e.Name())); err != nil {
			return fmt.Errorf("gateway: sweep the temp folder: %w", err)
		}
	}
	return nil
}
