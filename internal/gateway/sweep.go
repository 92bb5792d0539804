package gateway

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// forgottenAfter is how long an unfinished task may stay unwritten before its job counts as lost: twice what a step
	// that only waits leaves between writes.
	forgottenAfter = 2*touchEvery + maxBackoff
	sweepSize      = 500 // rows that are read at once
	// tempLife is how old a file in the temp folder must be before it counts as left by a crash.
	tempLife = 6 * time.Hour
	// leftoverFiles is how many stored files one sweep looks at, about; the next continues from there.
	leftoverFiles = 2000
	// leftoverAge is how old a stored file, and the day in its key, must be before it counts as left over. Nothing is in the
	// making for so long, and an upload is over before.
	leftoverAge = 48 * time.Hour
	// leftoverPause is how long after one pass over the storage the next begins.
	leftoverPause = 12 * time.Hour
)

// Sweep schedules new jobs for unfinished tasks that no step has written for long, and removes what crashed steps left in the storage. Rows
// are the truth: even if all jobs are lost, sweeps bring all tasks to their end. While the clock can't be relied on, it
// deletes nothing because of its age.
func (g *Gateway) Sweep(ctx context.Context) error {
	now := g.now()
	if err := errors.Join(g.rebaseAll(ctx, now), g.rescheduleForgotten(ctx, now), g.rescheduleCancels(ctx, now)); err != nil {
		return fmt.Errorf("gateway: sweep: %w", err)
	}
	if !g.MayDelete(ctx) {
		return g.Catalog.SweepFiles(ctx)
	}
	return errors.Join(g.Catalog.SweepFiles(ctx), g.Inputs.DeleteUnused(ctx, now), g.sweepLeftovers(ctx, now))
}

// CleanTemp removes what crashed steps and requests of this process left in its temp folder, unless the clock can't be relied on. Of several
// servers one sweeps, and each has a temp folder.
func (g *Gateway) CleanTemp(ctx context.Context) error {
	if !g.MayDelete(ctx) {
		return nil
	}
	return g.cfg.Temp.Clean(g.now().Add(-tempLife))
}

// rescheduleForgotten schedules a job for each task that may have lost its own. A task that makes it panic keeps no other
// from it.
func (g *Gateway) rescheduleForgotten(ctx context.Context, now time.Time) error {
	return g.eachLive(ctx, task.Query{UpdatedTo: now.Add(-forgottenAfter)}, func(t task.Task) error {
		if t.NotBefore.After(now) {
			return nil // it waits, with a job scheduled
		}
		err := panics.Catch(func() error { return g.reschedule(ctx, t, now) })
		if e := (*panics.Error)(nil); errors.As(err, &e) {
			g.cfg.Panics.Record(ctx, "sweep", e, "task", t.ID)
			return nil
		}
		return err
	})
}

// rescheduleCancels schedules a job for each ended task whose job at its engine is still to be cancelled, and which may have lost
// its own.
func (g *Gateway) rescheduleCancels(ctx context.Context, now time.Time) error {
	return g.eachTask(ctx, task.Query{Cancelling: true}, func(t task.Task) error {
		old, ahead := now.Add(-forgottenAfter), now.Add(task.ClockSkew+maxBackoff) // later times are from before the clock was set back
		if t.NotBefore.After(old) && t.NotBefore.Before(ahead) || t.Finished.After(old) && t.Finished.Before(ahead) {
			return nil // it has been tried, or has ended, not long ago
		}
		next := t
		next.NotBefore = now // gives the step time to run before the next sweep
		_, err := g.write(ctx, t, task.Change{Task: next, Wakes: cancelWakes(next)})
		return ignoreStale(err)
	})
}

// ignoreStale returns nil if a step wrote the task meanwhile, else err.
func ignoreStale(err error) error {
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	return err
}

// reschedule schedules a job for one task. The row is written too, so that the next sweep gives the step time to run.
func (g *Gateway) reschedule(ctx context.Context, t task.Task, now time.Time) error {
	lane := g.lane(t)
	if !t.Deadline.IsZero() && !now.Before(t.Deadline) {
		lane = task.Remote // it only has to be ended, for which it need not wait for a local worker
	}
	if waits, err := g.waitsInQueue(ctx, t, lane, now); waits || err != nil {
		return err
	}
	next := t
	next.Updated = now
	_, err := g.write(ctx, t, task.Change{
		Task:  next,
		Wakes: []task.Wake{wakeOf(t, lane)},
	})
	if errors.Is(err, store.ErrStale) {
		return nil // a step wrote it meanwhile
	}
	if err != nil {
		return fmt.Errorf("reschedule %s: %w", t.ID, err)
	}
	g.cfg.Log.WarnContext(ctx, "task had no job; scheduled a new one", "task", t.ID, "state", t.State)
	return nil
}

// waitsInQueue reports whether the task has its job and only waits for a free local worker, in its place in the queue. Jobs
// of other engines never wait so long.
func (g *Gateway) waitsInQueue(ctx context.Context, t task.Task, lane task.Lane, now time.Time) (bool, error) {
	if lane != task.Local || t.State != task.Queued {
		return false, nil
	}
	if g.cfg.Scheduled == nil {
		return now.Sub(t.Updated) < 10*forgottenAfter, nil // most likely
	}
	return g.cfg.Scheduled(ctx, t.ID)
}

// Forget drops a task from memory that was deleted from the database.
func (g *Gateway) Forget(id string) { g.cfg.Store.Forget(id) }

// leftovers is how far the pass over the storage has come. After a restart it begins again.
type leftovers struct {
	mu    sync.Mutex // held by the sweep that continues the pass
	stage int        // which of the storage's folders
	after string     // the last key, or day, that was looked at
	next  time.Time  // when the next pass begins; zero while one is under way
}

// sweepLeftovers compares what the storage holds with what the rows name, a part in each sweep. Files that no row names are
// deleted, and artifacts whose files are not as their row says are repaired.
func (g *Gateway) sweepLeftovers(ctx context.Context, now time.Time) error {
	p := &g.leftovers
	if !p.mu.TryLock() {
		return nil
	}
	defer p.mu.Unlock()
	if now.Before(p.next) {
		return nil
	}
	p.next = time.Time{}
	stages := []func(ctx context.Context, after string, old time.Time) (looked int, last string, err error){
		g.Inputs.SweepUploads, g.Inputs.SweepDatasets, g.Catalog.SweepDay,
	}
	for budget := leftoverFiles; budget > 0; {
		looked, last, err := stages[p.stage](ctx, p.after, now.Add(-leftoverAge))
		if err != nil {
			return fmt.Errorf("gateway: sweep leftovers: %w", err)
		}
		budget -= looked
		p.after = last
		if last != "" {
			continue
		}
		if p.stage++; p.stage == len(stages) {
			p.stage, p.next = 0, now.Add(leftoverPause)
			return nil
		}
	}
	return nil
}
