package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Storyboards = (*Store)(nil)

// Storyboards implements store.Storyboards.
func (s *Store) Storyboards(ctx context.Context, q task.StoryboardQuery) ([]task.Storyboard, error) {
	query, args := storyboardsQuery(q)
	found, err := queryAll(ctx, s.db.reader, scanStoryboard, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list storyboards: %w", err)
	}
	return found, nil
}

func storyboardsQuery(q task.StoryboardQuery) (string, []any) {
	var f query.Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Account != 0 {
		f.Add("account = ?", q.Account)
	}
	return `SELECT body FROM storyboards` + f.Page("storyboards", q.After, false, q.Limit), f.Args
}

// PutStoryboard implements store.Storyboards. The version that it writes is one more than the version read.
func (s *Store) PutStoryboard(ctx context.Context, b task.Storyboard) (version int64, err error) {
	read := b.Version
	b.Version++
	raw, err := store.MarshalStoryboard(b)
	switch {
	case err != nil:
	case read == 0:
		_, err = s.db.writer.ExecContext(ctx, `INSERT INTO storyboards (id, account, created, version, body) VALUES ($1, $2, $3, $4, $5)`,
			b.ID, b.Account, millis(b.Created), b.Version, raw)
	default:
		err = s.execOne(ctx, store.ErrStale, `UPDATE storyboards SET version = $2, body = $3 WHERE id = $1 AND version = $4`, b.ID, b.Version, raw, read)
	}
	if err != nil {
		return 0, fmt.Errorf("sqlite: put storyboard %s at version %d: %w", b.ID, read, mapError(err))
	}
	return b.Version, nil
}

// DeleteStoryboard implements store.Storyboards.
func (s *Store) DeleteStoryboard(ctx context.Context, id string, version int64) error {
	if err := s.execOne(ctx, store.ErrStale, `DELETE FROM storyboards WHERE id = $1 AND version = $2`, id, version); err != nil {
		return fmt.Errorf("sqlite: delete storyboard %s at version %d: %w", id, version, err)
	}
	return nil
}

// scanStoryboard reads a storyboard's body.
func scanStoryboard(scan func(...any) error) (task.Storyboard, error) {
	return scanBody(scan, store.UnmarshalStoryboard)
}
