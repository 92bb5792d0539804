package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Retention = (*Store)(nil)

// DeleteEvents implements store.Retention. It writes nothing if there is nothing to delete.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, after task.Cursor, limit int) (deleted int64, last task.Cursor, err error) {
	statement, args := oldTasksQuery(before, after, limit)
	page, err := queryAll(ctx, s.db, query.ScanOldTask, statement, args...)
	ids, last := query.SplitOld(page, limit)
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

// DeleteTask implements store.Retention.
func (s *Store) DeleteTask(ctx context.Context, t task.Task) error {
	err := s.db.inTx(ctx, func(tx pgx.Tx) error { return deleteTask(ctx, tx, t) })
	if err != nil {
		return fmt.Errorf("postgres: delete task %s at version %d: %w", t.ID, t.Version, err)
	}
	return nil
}

func deleteTask(ctx context.Context, tx pgx.Tx, t task.Task) error {
	var b batch
	b.add(`DELETE FROM tasks WHERE id = $1 AND version = $2 AND ended`, t.ID, t.Version).Exec(func(done pgconn.CommandTag) error {
		if done.RowsAffected() == 0 {
			return store.ErrStale
		}
		return nil
	})
	b.add(`DELETE FROM prompts WHERE account = $1 AND created = $2 AND id = $3`, t.Account, millis(t.Created), t.ID)
	b.addAll(query.DeleteUsage(t))
	b.add(`DELETE FROM events WHERE task = $1`, t.ID)
	b.add(`DELETE FROM artifacts WHERE task = $1`, t.ID)
	b.add(`DELETE FROM webhook_deliveries WHERE task = $1`, t.ID)
	for _, id := range t.Request.Datasets() {
		// The lock waits for new tasks that are about to use the dataset, so that the next statement sees their uses.
		b.add(`SELECT 1 FROM datasets WHERE id = $1 FOR UPDATE`, id)
		b.add(`DELETE FROM dataset_uses WHERE dataset = $1 AND task = $2`, id, t.ID)
		b.add(`UPDATE datasets SET used = false WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM dataset_uses WHERE dataset = $1)`, id)
	}
	b.announce(announcement{Tasks: []announcedTask{{ID: t.ID, Version: t.Version + 1}}}) // newer than any version that is in memory
	return b.send(ctx, tx)
}

// deleteIdempotency deletes the oldest records of before $1, at most $2. It passes over those that another transaction deletes.
const deleteIdempotency = `DELETE FROM replays WHERE ctid = ANY (ARRAY(
	SELECT ctid FROM replays WHERE created < $1 ORDER BY created LIMIT $2 FOR UPDATE SKIP LOCKED))`

// DeleteIdempotency implements store.Retention. It writes nothing if there is nothing to delete.
func (s *Store) DeleteIdempotency(ctx context.Context, before time.Time, limit int) (deleted int64, err error) {
	old, err := queryAll(ctx, s.db, scanID, `SELECT '' FROM replays WHERE created < $1 LIMIT 1`, millis(before))
	if err == nil && len(old) > 0 {
		err = s.db.inTx(ctx, func(tx pgx.Tx) error {
			done, err := tx.Exec(ctx, deleteIdempotency, millis(before), limit)
			deleted = done.RowsAffected()
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("postgres: delete idempotency keys: %w", err)
	}
	return deleted, nil
}

// CountOld implements store.Retention.
func (s *Store) CountOld(ctx context.Context, events, idempotency time.Time) (store.Old, error) {
	old, err := queryOne(ctx, s.db, func(scan func(...any) error) (old store.Old, err error) {
		err = scan(&old.Events, &old.Idempotency, &old.Deliveries)
		return old, err
	}, `SELECT (SELECT count(*) FROM events e JOIN tasks t ON t.id = e.task WHERE t.ended AND t.created < $1 AND e.at < $1),
		(SELECT count(*) FROM replays WHERE created < $2),
		(SELECT count(*) FROM webhook_deliveries WHERE created < $1 AND state <> 'pending')`, millis(events), millis(idempotency))
	if err != nil {
		return store.Old{}, fmt.Errorf("postgres: count what is old: %w", err)
	}
	return old, nil
}
