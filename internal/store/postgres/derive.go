package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/task"
)

// derive writes what other rows keep of the tasks that meet a condition, at most limit, and returns of how many. put adds the statements
// for one task, after which it does not meet the condition. Tasks that another transaction is writing are passed over. Without such tasks
// nothing is written.
func (s *Store) derive(ctx context.Context, condition string, limit int, put func(*batch, task.Task)) (derived int, err error) {
	missing, err := queryAll(ctx, s.db, scanID, `SELECT '' FROM tasks WHERE `+condition+` LIMIT 1`)
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	err = s.db.inTx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT body FROM tasks WHERE `+condition+` ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, limit)
		if err != nil {
			return err
		}
		tasks, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (task.Task, error) { return scanTask(row.Scan) })
		if err != nil {
			return err
		}
		var b batch
		for _, t := range tasks {
			put(&b, t)
		}
		derived = len(tasks)
		return b.send(ctx, tx)
	})
	return derived, err
}
