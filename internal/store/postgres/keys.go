package postgres

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, q apikey.Query) ([]apikey.Key, error) {
	if strings.ContainsRune(q.ID, 0) || !utf8.ValidString(q.ID) {
		return nil, nil // no key has such an id, and PostgreSQL refuses the text
	}
	var f query.Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Hash != "" {
		f.Add("sha256(hash) = sha256(?)", free(q.Hash))
	}
	found, err := queryAll(ctx, s.db, scanKey, `SELECT body FROM api_keys`+f.Conditions()+` ORDER BY created, id`, f.Args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list keys: %w", err)
	}
	return found, nil
}

// PutKey implements store.Store.
func (s *Store) PutKey(ctx context.Context, k apikey.Key) error {
	raw, err := store.MarshalKey(k)
	if err == nil {
		var rows batch
		rows.add(`INSERT INTO api_keys (id, hash, created, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, created = excluded.created, body = excluded.body`,
			k.ID, free(k.Hash), millis(k.Created), raw)
		rows.announce(announcement{Keys: true})
		err = s.db.inTx(ctx, func(tx pgx.Tx) error { return rows.send(ctx, tx) })
	}
	if err != nil {
		return fmt.Errorf("postgres: put key %s: %w", k.ID, err)
	}
	return nil
}

// Groups implements store.Store.
func (s *Store) Groups(ctx context.Context, account int64, name string) ([]task.AssetGroup, error) {
	var f query.Filter
	f.Add("account = ?", account)
	if name != "" {
		f.Add("sha256(name) = sha256(?)", free(name))
	}
	found, err := queryAll(ctx, s.db, scanGroup, `SELECT id, account, name, created FROM asset_groups`+f.Conditions()+` ORDER BY created, id`, f.Args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list asset groups: %w", err)
	}
	return found, nil
}

// PutGroup implements store.Store.
func (s *Store) PutGroup(ctx context.Context, g task.AssetGroup) error {
	err := s.execOne(ctx, store.ErrExists, `INSERT INTO asset_groups (id, account, name, created)
		VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = excluded.name
		WHERE asset_groups.account = excluded.account`, g.ID, g.Account, free(g.Name), millis(g.Created))
	if err != nil {
		return fmt.Errorf("postgres: put asset group %s: %w", g.ID, err)
	}
	return nil
}

// execOne runs a statement that writes one row. It returns none if the statement wrote no row.
func (s *Store) execOne(ctx context.Context, none error, query string, args ...any) error {
	return s.db.inTx(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, query, clean(args)...)
		if err == nil && done.RowsAffected() == 0 {
			err = none
		}
		return err
	})
}

// Secret implements store.Store.
func (s *Store) Secret(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	var value []byte
	err := s.db.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, free(name), candidate)
		return err
	})
	if err == nil {
		value, err = queryOne(ctx, s.db, scanBytes, `SELECT value FROM secrets WHERE sha256(name) = sha256($1)`, free(name))
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: secret %s: %w", name, err)
	}
	return value, nil
}
