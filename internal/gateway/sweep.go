package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// forgotten is how long an unfinished task may stay unwritten before its alarm counts as lost: twice what a step
	// that only waits leaves between writes.
	forgotten = 2*touchEvery + maxBackoff
	sweepSize = 500
	// leftover is how old a file in the temp folder must be before a sweep takes it for a crash's.
	leftover = 6 * time.Hour
	// unusedLife is how long a dataset is kept that no task was asked for with. Its links have long expired by then:
	// none is signed for more than two days, nor later than task.UploadLife after it began.
	unusedLife = 30 * 24 * time.Hour
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
			if err := g.reschedule(ctx, t, now); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			break
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
	return errors.Join(g.sweepFiles(ctx), g.deleteUnusedDatasets(ctx, now), g.emptyTemp(now), g.sweepLeftovers(ctx, now))
}

// deleteUnusedDatasets removes uploads that were never completed, and pictures that no task was asked for with. The row goes
// first, and only where no task refers to it.
func (g *Gateway) deleteUnusedDatasets(ctx context.Context, now time.Time) error {
	for uploading, life := range map[bool]time.Duration{true: task.UploadLife, false: unusedLife} {
		found, err := g.cfg.Store.Datasets(ctx, task.DatasetQuery{Unused: true, Uploading: &uploading, CreatedTo: now.Add(-life), Limit: sweepSize})
		if err != nil {
			return fmt.Errorf("gateway: sweep datasets: %w", err)
		}
		for _, d := range found {
			if err := g.deleteDataset(ctx, d); err != nil {
				return fmt.Errorf("gateway: sweep dataset %s: %w", d.ID, err)
			}
		}
	}
	return nil
}

func (g *Gateway) deleteDataset(ctx context.Context, d task.Dataset) error {
	err := g.cfg.Store.DeleteDataset(ctx, d.ID)
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil // a task has it after all, or another node was quicker
	}
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the row is gone: nothing would find the files again
	if err := g.removeParts(ctx, d); err != nil || d.Uploading() {
		return err
	}
	return g.cfg.Bucket.Delete(ctx, d.Key)
}

// reschedule sets one task's alarm. The row is written too, so that the next sweep gives the step time to run.
func (g *Gateway) reschedule(ctx context.Context, t task.Task, now time.Time) error {
	lane := g.lane(t)
	if !t.Deadline.IsZero() && !now.Before(t.Deadline) {
		lane = task.Remote // it only has to be ended, for which it need not wait for a local worker
	}
	if waits, err := g.waitsInQueue(ctx, t, lane, now); waits || err != nil {
		return err
	}
	t.Updated = now
	_, err := g.write(ctx, task.Change{
		Task:  t,
		Wakes: []task.Wake{wakeOf(t, lane)},
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

// waitsInQueue reports whether the task has its alarm and only waits for a free worker, in its place in the queue. Work that
// is done elsewhere never waits so long.
func (g *Gateway) waitsInQueue(ctx context.Context, t task.Task, lane task.Lane, now time.Time) (bool, error) {
	if lane != task.Local || t.State != task.Queued {
		return false, nil
	}
	if g.cfg.Scheduled == nil {
		return now.Sub(t.Updated) < 10*forgotten, nil // most likely
	}
	waits, err := g.cfg.Scheduled(ctx, t.ID)
	if err != nil {
		return false, fmt.Errorf("gateway: sweep: %w", err)
	}
	return waits, nil
}

// emptyTemp removes files that no step is writing any more.
func (g *Gateway) emptyTemp(now time.Time) error {
	entries, err := os.ReadDir(g.cfg.Temp)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // it is made again when it is needed
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
