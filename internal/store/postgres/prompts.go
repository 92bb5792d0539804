package postgres

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Prompts = (*Store)(nil)

// IndexPrompts implements store.Prompts. It passes over tasks that another transaction is writing. It writes nothing if all tasks are
// in the index.
func (s *Store) IndexPrompts(ctx context.Context, limit int) (added int, err error) {
	added, err = s.derive(ctx, `NOT searchable`, limit, func(b *batch, t task.Task) {
		b.add(`UPDATE tasks SET searchable = true WHERE id = $1`, t.ID)
		b.putPrompt(t)
	})
	if err != nil {
		return 0, fmt.Errorf("postgres: index prompts: %w", err)
	}
	return added, nil
}

// putPrompt adds a task to the index of prompts.
func (b *batch) putPrompt(t task.Task) {
	if t.Request.Prompt != "" {
		b.add(`INSERT INTO prompts (account, created, id, folded) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			t.Account, millis(t.Created), t.ID, store.FoldPrompt(t.Request.Prompt))
	}
}
