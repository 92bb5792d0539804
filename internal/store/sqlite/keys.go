package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, q apikey.Query) ([]apikey.Key, error) {
	query, args := keysQuery(q)
	found, err := queryAll(ctx, s.db.reader, scanKey, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list keys: %w", err)
	}
	return found, nil
}

func keysQuery(q apikey.Query) (string, []any) {
	var f query.Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Hash != "" {
		f.Add("hash = ?", q.Hash)
	}
	return `SELECT body FROM api_keys` + f.Conditions() + ` ORDER BY created, id`, f.Args
}

// PutKey implements store.Store.
func (s *Store) PutKey(ctx context.Context, k apikey.Key) error {
	raw, err := store.MarshalKey(k)
	if err == nil {
		_, err = s.db.writer.ExecContext(ctx, `INSERT INTO api_keys (id, hash, created, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, created = excluded.created, body = excluded.body`,
			k.ID, k.Hash, millis(k.Created), raw)
	}
	if err != nil {
		return fmt.Errorf("sqlite: put key %s: %w", k.ID, mapError(err))
	}
	return nil
}

// Groups implements store.Store.
func (s *Store) Groups(ctx context.Context, account int64, name string) ([]task.AssetGroup, error) {
	found, err := queryAll(ctx, s.db.reader, scanGroup, `SELECT id, account, name, created FROM asset_groups
		WHERE account = $1 AND ($2 = '' OR name = $2) ORDER BY created, id`, account, name)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list asset groups: %w", err)
	}
	return found, nil
}

// PutGroup implements store.Store.
func (s *Store) PutGroup(ctx context.Context, g task.AssetGroup) error {
	err := s.execOne(ctx, store.ErrExists, `INSERT INTO asset_groups (id, account, name, created)
		VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = excluded.name
		WHERE asset_groups.account = excluded.account`, g.ID, g.Account, g.Name, millis(g.Created))
	if err != nil {
		return fmt.Errorf("sqlite: put asset group %s: %w", g.ID, err)
	}
	return nil
}

// execOne runs a statement that writes one row. It returns none if the statement wrote no row.
func (s *Store) execOne(ctx context.Context, none error, query string, args ...any) error {
	done, err := s.db.writer.ExecContext(ctx, query, args...)
	if err != nil {
		return mapError(err)
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return none
}

// Secret implements store.Store.
func (s *Store) Secret(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	_, err := s.db.writer.ExecContext(ctx, `INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
		name, candidate)
	var value []byte
	if err == nil {
		value, err = queryOne(ctx, s.db.reader, func(scan func(...any) error) (v []byte, err error) {
			err = scan(&v)
			return v, err
		}, `SELECT value FROM secrets WHERE name = $1`, name)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: secret %s: %w", name, mapError(err))
	}
	return value, nil
}
