package sqlite

import (
	"context"

	"github.com/filmgate/filmgate/internal/task"
)

// derive writes what other rows keep of the tasks that the query missing finds, at most limit, and returns of how many. mark changes the
// row of a task, whose id is $1, so that missing finds it no more, and put writes what is derived from it. A task that was marked meanwhile
// is passed over. Without such tasks nothing is written.
func (s *Store) derive(ctx context.Context, missing string, limit int, mark string, put func(context.Context, *writeTx, task.Task) error) (derived int, err error) {
	tasks, err := queryAll(ctx, s.db.reader, scanTask, missing, limit)
	if err != nil || len(tasks) == 0 {
		return 0, err
	}
	err = s.group.Do(ctx, change{rows: func(ctx context.Context, tx *writeTx) error {
		derived = 0 // a group that could not be committed is written again
		for _, t := range tasks {
			done, err := tx.ExecContext(ctx, mark, t.ID)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err == nil && n > 0 {
				derived++
				err = put(ctx, tx, t)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}})
	return derived, err
}
