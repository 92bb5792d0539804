package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Datasets implements store.Store.
func (s *Store) Datasets(ctx context.Context, q task.DatasetQuery) ([]task.Dataset, error) {
	query, args := datasetsQuery(q)
	found, err := queryAll(ctx, s.db.reader, scanDataset, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list datasets: %w", err)
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
		f.Add("used = 0")
	}
	if q.Uploading != nil {
		f.Add("uploading = ?", *q.Uploading)
	}
	if !q.CreatedTo.IsZero() {
		f.Add("created < ?", millis(q.CreatedTo))
	}
	return `SELECT body FROM datasets` + f.Page("datasets", task.Cursor{}, true, q.Limit), f.Args
}

// PutDataset implements store.Store. It counts the account's open uploads in the transaction that adds one; since there is
// one writer, the limit holds.
func (s *Store) PutDataset(ctx context.Context, d task.Dataset) error {
	if err := s.putDataset(ctx, d); err != nil {
		return fmt.Errorf("sqlite: put dataset %s: %w", d.ID, mapError(err))
	}
	return nil
}

func (s *Store) putDataset(ctx context.Context, d task.Dataset) error {
	raw, err := store.MarshalDataset(d)
	if err != nil {
		return err
	}
	tx, err := s.db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	done, err := tx.ExecContext(ctx, `INSERT INTO datasets (id, account, created, uploading, used, body)
		VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (id) DO UPDATE
		SET created = excluded.created, uploading = excluded.uploading, body = excluded.body
		WHERE datasets.uploading = 1 AND datasets.account = excluded.account`,
		d.ID, d.Account, millis(d.Created), d.Uploading(), raw)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, store.ErrExists)
	}
	if d.Uploading() {
		var open int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM datasets WHERE account = $1 AND uploading = 1`, d.Account).Scan(&open); err != nil {
			return err
		}
		if open > task.MaxUploads {
			return store.ErrLimit
		}
	}
	return tx.Commit()
}

// DeleteDataset implements store.Store.
func (s *Store) DeleteDataset(ctx context.Context, id string) error {
	err := s.execOne(ctx, store.ErrStale, `DELETE FROM datasets WHERE id = $1 AND used = 0`, id)
	if errors.Is(err, store.ErrStale) {
		found, read := s.Datasets(ctx, task.DatasetQuery{ID: id})
		if err = read; read == nil && len(found) == 0 {
			err = store.ErrNotFound
		} else if read == nil {
			err = store.ErrStale
		}
	}
	if err != nil {
		return fmt.Errorf("sqlite: delete dataset %s: %w", id, err)
	}
	return nil
}

// useDatasets notes that a new task's request refers to datasets, so that the sweep never deletes them. The request of a stored
// task does not change.
func useDatasets(ctx context.Context, tx *writeTx, t task.Task) error {
	for _, id := range t.Request.Datasets() {
		if _, err := tx.ExecContext(ctx, `INSERT INTO dataset_uses (dataset, task) SELECT id, $2 FROM datasets WHERE id = $1`, id, t.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE datasets SET used = 1 WHERE id = $1 AND used = 0`, id); err != nil {
			return err
		}
	}
	return nil
}

// releaseDatasets notes that a task that is deleted no longer refers to datasets.
func releaseDatasets(ctx context.Context, tx *writeTx, t task.Task) error {
	for _, id := range t.Request.Datasets() {
		if _, err := tx.ExecContext(ctx, `DELETE FROM dataset_uses WHERE dataset = $1 AND task = $2`, id, t.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE datasets SET used = 0
			WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM dataset_uses WHERE dataset = $1)`, id); err != nil {
			return err
		}
	}
	return nil
}
