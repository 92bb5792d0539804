package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Storyboards = (*Store)(nil)

// Storyboards implements store.Storyboards.
func (s *Store) Storyboards(ctx context.Context, q task.StoryboardQuery) ([]task.Storyboard, error) {
	statement, args := query.Storyboards(q)
	found, err := queryAll(ctx, s.db.reader, scanStoryboard, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list storyboards: %w", err)
	}
	return found, nil
}

// PutStoryboard implements store.Storyboards.
func (s *Store) PutStoryboard(ctx context.Context, b task.Storyboard, once *task.IdempotencyRecord) (version int64, err error) {
	w, err := query.PutStoryboard(b)
	if err == nil {
		err = mapError(s.group.Do(ctx, change{rows: func(ctx context.Context, tx *writeTx) error {
			done, err := tx.ExecContext(ctx, w.Statement, w.Args...)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				return errors.Join(err, w.None)
			}
			if once == nil {
				return nil
			}
			return putIdempotency(ctx, tx, *once)
		}}))
	}
	if err != nil {
		return 0, fmt.Errorf("sqlite: put storyboard %s at version %d: %w", b.ID, b.Version, err)
	}
	return b.Version + 1, nil
}

// DeleteStoryboard implements store.Storyboards.
func (s *Store) DeleteStoryboard(ctx context.Context, id string, version int64) error {
	w := query.DeleteStoryboard(id, version)
	if err := s.execOne(ctx, w.None, w.Statement, w.Args...); err != nil {
		return fmt.Errorf("sqlite: delete storyboard %s at version %d: %w", id, version, err)
	}
	return nil
}

// scanStoryboard reads a storyboard's body.
func scanStoryboard(scan func(...any) error) (task.Storyboard, error) {
	return scanBody(scan, store.UnmarshalStoryboard)
}
