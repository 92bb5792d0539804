package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Storyboards = (*Store)(nil)

// Storyboards implements store.Storyboards.
func (s *Store) Storyboards(ctx context.Context, q task.StoryboardQuery) ([]task.Storyboard, error) {
	statement, args := query.Storyboards(q)
	found, err := queryAll(ctx, s.db, scanStoryboard, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list storyboards: %w", err)
	}
	return found, nil
}

// PutStoryboard implements store.Storyboards.
func (s *Store) PutStoryboard(ctx context.Context, b task.Storyboard, once *task.IdempotencyRecord) (version int64, err error) {
	w, err := query.PutStoryboard(b)
	if err == nil {
		err = s.db.inTx(ctx, func(tx pgx.Tx) error {
			var rows batch
			rows.add(w.Statement, w.Args...).Exec(func(done pgconn.CommandTag) error {
				if done.RowsAffected() == 0 {
					return w.None
				}
				return nil
			})
			if once != nil {
				rows.putIdempotency(*once)
			}
			return rows.send(ctx, tx)
		})
	}
	if err != nil {
		return 0, fmt.Errorf("postgres: put storyboard %s at version %d: %w", b.ID, b.Version, err)
	}
	return b.Version + 1, nil
}

// DeleteStoryboard implements store.Storyboards.
func (s *Store) DeleteStoryboard(ctx context.Context, id string, version int64) error {
	w := query.DeleteStoryboard(id, version)
	if err := s.execOne(ctx, w.None, w.Statement, w.Args...); err != nil {
		return fmt.Errorf("postgres: delete storyboard %s at version %d: %w", id, version, err)
	}
	return nil
}

// scanStoryboard reads a storyboard's body.
func scanStoryboard(scan func(...any) error) (task.Storyboard, error) {
	return scanBody(scan, store.UnmarshalStoryboard)
}
