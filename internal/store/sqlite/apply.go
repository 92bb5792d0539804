package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Apply implements store.Store. The version that it writes is one more than the version read.
func (s *Store) Apply(ctx context.Context, c task.Change) (version int64, err error) {
	read := c.Task.Version
	c.Task.Version++
	if err := s.apply(ctx, read, c); err != nil {
		return 0, fmt.Errorf("sqlite: apply a change to task %s at version %d: %w", c.Task.ID, read, mapError(err))
	}
	return c.Task.Version, nil
}

func (s *Store) apply(ctx context.Context, read int64, c task.Change) error {
	raw, err := store.MarshalTask(c.Task)
	if err != nil {
		return err
	}
	rows := func(ctx context.Context, tx *writeTx) error { return putRows(ctx, tx, read, c, raw) }
	do := s.group.Do
	if c.First {
		do = s.group.DoFirst
	}
	return do(ctx, change{rows, c.Wakes})
}

// putRows writes the rows of a change.
func putRows(ctx context.Context, tx *writeTx, read int64, c task.Change, raw []byte) error {
	if err := putTask(ctx, tx, read, c.Task, raw); err != nil {
		return err
	}
	if c.Task.State.Terminal() {
		if err := execAll(ctx, tx, query.PutUsage(c.Task, text)); err != nil {
			return err
		}
	}
	if err := putEvents(ctx, tx, c); err != nil {
		return err
	}
	if err := putArtifacts(ctx, tx, read, c.Task); err != nil {
		return err
	}
	if err := putDeliveries(ctx, tx, c); err != nil {
		return err
	}
	if c.Idempotency != nil {
		return putIdempotency(ctx, tx, *c.Idempotency)
	}
	return nil
}

// putIdempotency inserts an idempotency record. It also deletes a few expired ones, so that the table stays small.
func putIdempotency(ctx context.Context, tx *writeTx, r task.IdempotencyRecord) error {
	const batch = 50
	old := millis(r.Expired())
	if _, err := tx.ExecContext(ctx, `DELETE FROM replays WHERE account = $1 AND replay_key = $2 AND created <= $3`, r.Account, r.Key, old); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, deleteIdempotency, old+1, batch); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO replays (account, replay_key, fingerprint, task, created, wait) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.Account, r.Key, r.Fingerprint, r.Task, millis(r.Created), r.Wait.Milliseconds())
	return err
}

func putTask(ctx context.Context, tx *writeTx, read int64, t task.Task, raw []byte) error {
	args := []any{t.ID, t.Account, t.State, t.State.Terminal() && !t.Cancelling, t.Request.Model, t.Request.Dialect, millis(t.Created),
		millis(t.Updated), t.Version, t.Deleted, t.Request.LowPriority, raw, t.Request.ExternalID}
	if read == 0 {
		_, err := tx.ExecContext(ctx, `INSERT INTO tasks
			(id, account, state, ended, model, dialect, created, updated, version, deleted, low, body, external_id, searchable, counted)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $4)`, args...)
		if err == nil {
			err = putPrompt(ctx, tx, t)
		}
		if err != nil {
			return err
		}
		return useDatasets(ctx, tx, t)
	}
	return updateTask(ctx, tx, read, args)
}

// What an update writes. Each index that has a written column costs as much as the row, even if its columns stay as they are: so the
// first two write fewer columns, and find the row only if the others stay as they are. $14 is the version that was read.
const (
	updateBody = `UPDATE tasks SET updated = $8, version = $9, body = $12 WHERE id = $1 AND version = $14
		AND state = $3 AND ended = $4 AND deleted = $10 AND ` + sameRequest
	updateState = `UPDATE tasks SET state = $3, updated = $8, version = $9, body = $12 WHERE id = $1 AND version = $14
		AND ended = $4 AND deleted = $10 AND ` + sameRequest
	updateAll = `UPDATE tasks SET account = $2, state = $3, ended = $4, model = $5, dialect = $6,
		created = $7, updated = $8, version = $9, deleted = $10, low = $11, body = $12, external_id = $13, counted = $4 WHERE id = $1 AND version = $14`
	sameRequest = `account = $2 AND model = $5 AND dialect = $6 AND created = $7 AND low = $11 AND external_id = $13`
)

// updateTask writes over the version that was read. args are the values of all columns.
func updateTask(ctx context.Context, tx *writeTx, read int64, args []any) error {
	for _, update := range []string{updateBody, updateState, updateAll} {
		done, err := tx.ExecContext(ctx, update, append(args[:len(args):len(args)], read)...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
	}
	return store.ErrStale
}

func putEvents(ctx context.Context, tx *writeTx, c task.Change) error {
	for i, e := range c.Events {
		if _, err := tx.ExecContext(ctx, `INSERT INTO events
			(task, version, place, at, kind, from_state, to_state, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.Task.ID, c.Task.Version, i, millis(e.At), e.Kind, e.From, e.To, e.Text); err != nil {
			return err
		}
		if e.Type() != "" {
			if err := putFeed(ctx, tx, c.Task, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// putArtifacts replaces the task's rows in the table of artifacts. A new task has none yet.
func putArtifacts(ctx context.Context, tx *writeTx, read int64, t task.Task) error {
	if read > 0 {
		if _, err := tx.ExecContext(ctx, `DELETE FROM artifacts WHERE task = $1`, t.ID); err != nil {
			return err
		}
	}
	for _, a := range t.Artifacts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO artifacts
			(id, task, account, asset_group, favorite, share, deleted, pending, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, t.ID, a.Account, a.Group, a.Favorite, a.Share, a.Deleted, a.Pending != "", millis(a.Created)); err != nil {
			return err
		}
	}
	return nil
}
