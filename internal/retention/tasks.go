package retention

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// sweepTasks deletes tasks that ended long ago, first their files and then their rows. Each sweep begins at the oldest task:
// those that are passed over have ended long after they were created, or their files can't be deleted now.
func (s *Sweeper) sweepTasks(ctx context.Context, end time.Time) error {
	if s.cfg.Periods.Tasks == 0 || !s.cfg.Now().Before(end) {
		return nil
	}
	before := s.cfg.Now().Add(-s.cfg.Periods.Tasks)
	total := 0
	for t, err := range store.EachTask(ctx, s.cfg.Rows, oldTasks(before, taskStep)) {
		if err != nil {
			return err
		}
		if !s.cfg.Now().Before(end) {
			break
		}
		if !isOver(t, before) {
			continue
		}
		if err := s.deleteTask(ctx, t.ID); err == nil {
			total++
		} else if ctx.Err() != nil {
			return ctx.Err()
		} else {
			s.cfg.Log.WarnContext(ctx, "a task that is kept no longer could not be deleted; a sweep will try again", "task", t.ID, "err", err)
		}
	}
	if total > 0 {
		s.cfg.Log.InfoContext(ctx, "deleted tasks that are kept no longer", "tasks", total)
	}
	return nil
}

// oldTasks is the query of the ended tasks that were created before a time. Those that ended before it are among them.
func oldTasks(before time.Time, limit int) task.Query {
	return task.Query{States: task.EndedStates(), CreatedTo: before, OldestFirst: true, Deleted: true, Limit: limit}
}

// isOver reports whether a task ended before a time, and is not needed to end its job at the engine any more.
func isOver(t task.Task, before time.Time) bool { return t.Finished.Before(before) && !t.Cancelling }

// deleteTask deletes a task's files, and then its rows: a crash between the two leaves a task without files.
func (s *Sweeper) deleteTask(ctx context.Context, id string) error {
	for {
		t, err := s.cfg.Files.RemoveFiles(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.cfg.Rows.DeleteTask(ctx, t)
		if errors.Is(err, store.ErrStale) {
			continue // its owner has changed it meanwhile
		}
		s.cfg.Forget(id)
		return err
	}
}
