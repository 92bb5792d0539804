package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Retention = (*Store)(nil)

// oldTask is an ended task, and whether it has events that are kept no longer.
type oldTask struct {
	at     task.Cursor
	events bool
}

// DeleteEvents implements store.Retention. It writes nothing if there is nothing to delete.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, after task.Cursor, limit int) (deleted int64, last task.Cursor, err error) {
	query, args := oldTasksQuery(before, after, limit)
	page, err := queryAll(ctx, s.db, scanOldTask, query, args...)
	var ids []string
	for _, t := range page {
		if t.events {
			ids = append(ids, t.at.ID)
		}
	}
	if err == nil && len(ids) > 0 {
		err = s.db.inTx(ctx, func(tx pgx.Tx) error {
			done, err := tx.Exec(ctx, `DELETE FROM events WHERE task = ANY ($1) AND at < $2`, ids, millis(before))
			deleted = done.RowsAffected()
			return err
		})
	}
	if err != nil {
		return 0, task.Cursor{}, fmt.Errorf("postgres: delete events: %w", err)
	}
	if len(page) == limit {
		last = page[len(page)-1].at
	}
	return deleted, last, nil
}

// oldTasksQuery returns the query of the ended tasks after a cursor that were created before a time.
func oldTasksQuery(before time.Time, after task.Cursor, limit int) (string, []any) {
	f := query.Filter{Args: []any{millis(before)}}
	f.Add("created < $1")
	f.Add("ended")
	return `SELECT created, id, EXISTS (SELECT 1 FROM events WHERE task = tasks.id AND at < $1) FROM tasks` +
		f.Page("tasks", after, true, limit), f.Args
}

func scanOldTask(scan func(...any) error) (t oldTask, err error) {
	var created int64
	err = scan(&created, &t.at.ID, &t.events)
	t.at.Created = timeOf(created)
	return t, err
}
