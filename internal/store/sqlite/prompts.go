package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Prompts = (*Store)(nil)

// unsearchable selects the tasks that are not in the index, at most $1.
const unsearchable = `SELECT body FROM tasks WHERE searchable = 0 ORDER BY id LIMIT $1`

// IndexPrompts implements store.Prompts. It writes nothing if all tasks are in the index.
func (s *Store) IndexPrompts(ctx context.Context, limit int) (added int, err error) {
	added, err = s.derive(ctx, unsearchable, limit, `UPDATE tasks SET searchable = 1 WHERE id = $1 AND searchable = 0`, putPrompt)
	if err != nil {
		return 0, fmt.Errorf("sqlite: index prompts: %w", mapError(err))
	}
	return added, nil
}

// putPrompt adds a task to the index of prompts.
func putPrompt(ctx context.Context, tx *writeTx, t task.Task) error {
	if t.Request.Prompt == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO prompts (account, created, id, folded) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		t.Account, millis(t.Created), t.ID, store.FoldPrompt(t.Request.Prompt))
	return err
}
