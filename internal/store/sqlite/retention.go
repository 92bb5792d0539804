package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Retention = (*Store)(nil)

// DeleteEvents implements store.Retention. It writes nothing if there is nothing to delete.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, after task.Cursor, limit int) (deleted int64, last task.Cursor, err error) {
	statement, args := oldTasksQuery(before, after, limit)
	page, err := queryAll(ctx, s.db.reader, query.ScanOldTask, statement, args...)
	ids, last := query.SplitOld(page, limit)
	if err == nil && len(ids) > 0 {
		err = s.group.Do(ctx, change{rows: func(ctx context.Context, tx *writeTx) error {
			deleted, err = deleteEvents(ctx, tx, ids, before)
			return err
		}})
	}
	if err != nil {
		return 0, task.Cursor{}, fmt.Errorf("sqlite: delete events: %w", mapError(err))
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

func deleteEvents(ctx context.Context, tx *writeTx, tasks []string, before time.Time) (deleted int64, err error) {
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
	err := s.group.Do(ctx, change{rows: func(ctx context.Context, tx *writeTx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM tasks WHERE id = $1 AND version = $2 AND ended = 1`, t.ID, t.Version)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, store.ErrStale)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM prompts WHERE account = $1 AND created = $2 AND id = $3`, t.Account, millis(t.Created), t.ID); err != nil {
			return err
		}
		if err := execAll(ctx, tx, query.DeleteUsage(t)); err != nil {
			return err
		}
		for _, statement := range []string{`DELETE FROM events WHERE task = $1`, `DELETE FROM artifacts WHERE task = $1`,
			`DELETE FROM webhook_deliveries WHERE task = $1`} {
			if _, err := tx.ExecContext(ctx, statement, t.ID); err != nil {
				return err
			}
		}
		return releaseDatasets(ctx, tx, t)
	}})
	if err != nil {
		return fmt.Errorf("sqlite: delete task %s at version %d: %w", t.ID, t.Version, mapError(err))
	}
	return nil
}

// deleteIdempotency deletes the oldest records of before $1, at most $2.
const deleteIdempotency = `DELETE FROM replays WHERE (account, replay_key) IN
	(SELECT account, replay_key FROM replays WHERE created < $1 ORDER BY created LIMIT $2)`

// DeleteIdempotency implements store.Retention. It writes nothing if there is nothing to delete.
func (s *Store) DeleteIdempotency(ctx context.Context, before time.Time, limit int) (deleted int64, err error) {
	old, err := queryAll(ctx, s.db.reader, skipRow, `SELECT 1 FROM replays WHERE created < $1 LIMIT 1`, millis(before))
	if err == nil && len(old) > 0 {
		err = s.group.Do(ctx, change{rows: func(ctx context.Context, tx *writeTx) error {
			done, err := tx.ExecContext(ctx, deleteIdempotency, millis(before), limit)
			if err != nil {
				return err
			}
			deleted, err = done.RowsAffected()
			return err
		}})
	}
	if err != nil {
		return 0, fmt.Errorf("sqlite: delete idempotency keys: %w", mapError(err))
	}
	return deleted, nil
}

// CountOld implements store.Retention.
func (s *Store) CountOld(ctx context.Context, events, idempotency time.Time) (store.Old, error) {
	query, args := countOldQuery(events, idempotency)
	old, err := queryOne(ctx, s.db.reader, func(scan func(...any) error) (old store.Old, err error) {
		err = scan(&old.Events, &old.Idempotency, &old.Deliveries)
		return old, err
	}, query, args...)
	if err != nil {
		return store.Old{}, fmt.Errorf("sqlite: count what is old: %w", err)
	}
	return old, nil
}

// countOldQuery goes from the tasks to their events, because SQLite would read all events, and for each the row of its task.
func countOldQuery(events, idempotency time.Time) (string, []any) {
	f := query.Filter{Args: []any{millis(events), millis(idempotency)}}
	f.Add("t.created < $1")
	addStates(&f, task.EndedStates())
	f.Add("e.at < $1")
	return `SELECT (SELECT count(*) FROM tasks t CROSS JOIN events e ON e.task = t.id` + f.Conditions() + `),
		(SELECT count(*) FROM replays WHERE created < $2),
		(SELECT count(*) FROM webhook_deliveries WHERE created < $1 AND state <> 'pending')`, f.Args
}
