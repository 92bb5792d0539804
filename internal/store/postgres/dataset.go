package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Datasets implements store.Store.
func (s *Store) Datasets(ctx context.Context, q task.DatasetQuery) ([]task.Dataset, error) {
	query, args := datasetsQuery(q)
	found, err := queryAll(ctx, s.db, scanDataset, query, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list datasets: %w", err)
	}
	return found, nil
}

func datasetsQuery(q task.DatasetQuery) (string, []any) {
	var f query.Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Account != 0 {
		f.Add("account = ?", q.Account)
	}
	if q.Unused {
		f.Add("NOT used")
	}
	if q.Uploading != nil {
		f.Add("uploading = ?", *q.Uploading)
	}
	if !q.CreatedTo.IsZero() {
		f.Add("created < ?", millis(q.CreatedTo))
	}
	return `SELECT body FROM datasets` + f.Page("datasets", task.Cursor{}, true, q.Limit), f.Args
}

// PutDataset implements store.Store.
func (s *Store) PutDataset(ctx context.Context, d task.Dataset) error {
	raw, err := store.MarshalDataset(d)
	if err == nil {
		err = s.db.inTx(ctx, func(tx pgx.Tx) error { return putDataset(ctx, tx, d, raw) })
	}
	if err != nil {
		return fmt.Errorf("postgres: put dataset %s: %w", d.ID, err)
	}
	return nil
}

// putDataset counts the account's open uploads in the transaction that adds one. A lock lets the account begin one upload at a
// time, so the limit holds.
func putDataset(ctx context.Context, tx pgx.Tx, d task.Dataset, raw []byte) error {
	if d.Uploading() {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('filmgate uploads', $1))`, d.Account); err != nil {
			return err
		}
	}
	done, err := tx.Exec(ctx, `INSERT INTO datasets (id, account, created, uploading, used, body)
		VALUES ($1, $2, $3, $4, false, $5) ON CONFLICT (id) DO UPDATE
		SET created = excluded.created, uploading = excluded.uploading, body = excluded.body
		WHERE datasets.uploading AND datasets.account = excluded.account`,
		clean([]any{d.ID, d.Account, millis(d.Created), d.Uploading(), raw})...)
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 {
		return store.ErrExists
	}
	if d.Uploading() {
		var open int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM datasets WHERE account = $1 AND uploading`, d.Account).Scan(&open); err != nil {
			return err
		}
		if open > task.MaxUploads {
			return store.ErrLimit
		}
	}
	return nil
}

// DeleteDataset implements store.Store.
func (s *Store) DeleteDataset(ctx context.Context, id string) error {
	err := s.execOne(ctx, store.ErrStale, `DELETE FROM datasets WHERE id = $1 AND NOT used`, id)
	if errors.Is(err, store.ErrStale) {
		found, read := s.Datasets(ctx, task.DatasetQuery{ID: id})
		if err = read; read == nil && len(found) == 0 {
			err = store.ErrNotFound
		} else if read == nil {
			err = store.ErrStale
		}
	}
	if err != nil {
		return fmt.Errorf("postgres: delete dataset %s: %w", id, err)
	}
	return nil
}
