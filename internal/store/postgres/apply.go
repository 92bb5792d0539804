package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// change is a change of a task as it is written.
type change struct {
	task.Change        // Task.Version is the one to write
	read        int64  // the version that is written over; 0 = none
	raw         []byte // the task's body
}

// Apply implements store.Store. The version that it writes is one more than the version read.
func (s *Store) Apply(ctx context.Context, c task.Change) (version int64, err error) {
	read := c.Task.Version
	c.Task.Version++
	do := s.group.Do
	if c.First {
		do = s.group.DoFirst
	}
	raw, err := store.MarshalTask(c.Task)
	if err == nil {
		err = do(ctx, change{Change: c, read: read, raw: raw})
	}
	if err != nil {
		return 0, fmt.Errorf("postgres: apply a change to task %s at version %d: %w", c.Task.ID, read, mapError(err))
	}
	return c.Task.Version, nil
}

// batch is statements that are sent in one exchange. If one of them fails, those after it are not run.
type batch struct{ pgx.Batch }

// add adds a statement.
func (b *batch) add(statement string, args ...any) *pgx.QueuedQuery {
	return b.Queue(statement, clean(args)...)
}

// send runs the statements.
func (b *batch) send(ctx context.Context, tx pgx.Tx) error {
	return tx.SendBatch(ctx, &b.Batch).Close()
}

// put adds the statements that write a change. The batch fails with ErrStale if the task has changed.
func (b *batch) put(c change) {
	b.putTask(c)
	if c.Task.State.Terminal() {
		b.addAll(query.PutUsage(c.Task, text))
	}
	b.putEvents(c)
	b.putArtifacts(c)
	b.putDeliveries(c)
	if c.Idempotency != nil {
		b.putIdempotency(*c.Idempotency)
	}
}

func (b *batch) putTask(c change) {
	t := c.Task
	args := []any{t.ID, t.Account, string(t.State), t.State.Terminal() && !t.Cancelling, free(t.Request.Model), free(t.Request.Dialect), millis(t.Created),
		millis(t.Updated), t.Version, t.Deleted, t.Request.LowPriority, c.raw, free(t.Request.ExternalID)}
	if c.read > 0 {
		b.add(`UPDATE tasks SET account = $2, state = $3, ended = $4, model = $5, dialect = $6,
			created = $7, updated = $8, version = $9, deleted = $10, low = $11, body = $12, external_id = $13, counted = $4
			WHERE id = $1 AND version = $14`, append(args, c.read)...).Exec(func(done pgconn.CommandTag) error {
			if done.RowsAffected() == 0 {
				return store.ErrStale
			}
			return nil
		})
		return
	}
	b.add(`INSERT INTO tasks
		(id, account, state, ended, model, dialect, created, updated, version, deleted, low, body, external_id, searchable, counted)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, $4)`, args...)
	b.putPrompt(t)
	// The sweep never deletes the datasets that a task refers to. The request of a stored task does not change. The lock waits
	// for a DeleteTask that releases the dataset, and keeps the next one from it until the use is committed.
	for _, id := range t.Request.Datasets() {
		b.add(`INSERT INTO dataset_uses (dataset, task) SELECT id, $2 FROM datasets WHERE id = $1 FOR KEY SHARE`, id, t.ID)
		b.add(`UPDATE datasets SET used = true WHERE id = $1 AND NOT used`, id)
	}
}

func (b *batch) putEvents(c change) {
	for i, e := range c.Events {
		b.add(`INSERT INTO events (task, version, place, at, kind, from_state, to_state, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.Task.ID, c.Task.Version, i, millis(e.At), e.Kind, string(e.From), string(e.To), free(e.Text))
	}
}

// putArtifacts replaces the task's rows in the table of artifacts. A new task has none yet.
func (b *batch) putArtifacts(c change) {
	if c.read > 0 {
		b.add(`DELETE FROM artifacts WHERE task = $1`, c.Task.ID)
	}
	for _, a := range c.Task.Artifacts {
		b.add(`INSERT INTO artifacts (id, task, account, asset_group, favorite, share, deleted, pending, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, c.Task.ID, a.Account, free(a.Group), a.Favorite, free(a.Share), a.Deleted, a.Pending != "", millis(a.Created))
	}
}

// putIdempotency inserts an idempotency record. It also deletes a few expired ones, so that the table stays small.
func (b *batch) putIdempotency(r task.IdempotencyRecord) {
	const few = 50
	old := millis(r.Expired())
	b.add(`DELETE FROM replays WHERE account = $1 AND sha256(replay_key) = sha256($2) AND created <= $3`, r.Account, free(r.Key), old)
	b.add(deleteIdempotency, old+1, few)
	b.add(`INSERT INTO replays (account, replay_key, fingerprint, task, created, wait) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.Account, free(r.Key), free(r.Fingerprint), r.Task, millis(r.Created), r.Wait.Milliseconds())
}

// compareTasks orders changes by their task.
func compareTasks(a, b change) int { return strings.Compare(a.Task.ID, b.Task.ID) }
