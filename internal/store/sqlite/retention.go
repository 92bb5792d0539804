package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

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
	page, err := queryAll(ctx, s.db.reader, scanOldTask, query, args...)
	var ids []string
	for _, t := range page {
		if t.events {
			ids = append(ids, t.at.ID)
		}
	}
	if err == nil && len(ids) > 0 {
		err = s.group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			deleted, err = deleteEvents(ctx, tx, ids, before)
			return err
		})
	}
	if err != nil {
		return 0, task.Cursor{}, fmt.Errorf("sqlite: delete events: %w", mapError(err))
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
	addStates(&f, task.EndedStates())
	return `SELECT created, id, EXISTS (SELECT 1 FROM events WHERE task = tasks.id AND at < $1) FROM tasks` +
		f.Page("tasks", after, true, limit), f.Args
}

func scanOldTask(scan func(...any) error) (t oldTask, err error) {
	var created int64
	err = scan(&created, &t.at.ID, &t.events)
	t.at.Created = timeOf(created)
	return t, err
}

func deleteEvents(ctx context.Context, tx *sql.Tx, tasks []string, before time.Time) (deleted int64, err error) {
	for _, id := range tasks {
		done, err := tx.ExecContext(ctx, `DELETE FROM events WHERE task = $1 AND at < $2`, id, millis(before))
		if err != nil {
			return 0, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, err
		}
		deleted += n
	}
	return deleted, nil
}

// DeleteTask implements store.Retention.
func (s *Store) DeleteTask(ctx context.Context, t task.Task) error {
	err := s.group.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM tasks WHERE id = $1 AND version = $2 AND ended = 1`, t.ID, t.Version)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, store.ErrStale)
		}
		for _, statement := range []string{`DELETE FROM events WHERE task = $1`, `DELETE FROM artifacts WHERE task = $1`} {
			if _, err := tx.ExecContext(ctx, statement, t.ID); err != nil {
				return err
			}
		}
		return releaseDatasets(ctx, tx, t)
	})
	if err != nil {
		return fmt.Errorf("sqlite: delete task %s at version %d: %w", t.ID, t.Version, mapError(err))
	}
	return nil
}
