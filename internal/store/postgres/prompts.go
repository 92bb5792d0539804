package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Prompts = (*Store)(nil)

// IndexPrompts implements store.Prompts. It passes over tasks that another transaction is writing. It writes nothing if all tasks are
// in the index.
func (s *Store) IndexPrompts(ctx context.Context, limit int) (added int, err error) {
	missing, err := queryAll(ctx, s.db, scanID, `SELECT '' FROM tasks WHERE NOT searchable LIMIT 1`)
	if err == nil && len(missing) > 0 {
		err = s.db.inTx(ctx, func(tx pgx.Tx) error {
			added, err = indexPrompts(ctx, tx, limit)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("postgres: index prompts: %w", err)
	}
	return added, nil
}

func indexPrompts(ctx context.Context, tx pgx.Tx, limit int) (added int, err error) {
	rows, err := tx.Query(ctx, `SELECT body FROM tasks WHERE NOT searchable ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, limit)
	if err != nil {
		return 0, err
	}
	missing, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (task.Task, error) { return scanTask(row.Scan) })
	if err != nil {
		return 0, err
	}
	var b batch
	for _, t := range missing {
		b.add(`UPDATE tasks SET searchable = true WHERE id = $1`, t.ID)
		b.putPrompt(t)
	}
	return len(missing), b.send(ctx, tx)
}

// putPrompt adds a task to the index of prompts.
func (b *batch) putPrompt(t task.Task) {
	if t.Request.Prompt != "" {
		b.add(`INSERT INTO prompts (account, created, id, folded) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			t.Account, millis(t.Created), t.ID, store.FoldPrompt(t.Request.Prompt))
	}
}
