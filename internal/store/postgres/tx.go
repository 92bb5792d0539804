package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
)

// errOutcome means that the connection was lost during a commit and nobody can say whether it was made.
var errOutcome = errors.New("the connection was lost during the commit, so the change may or may not have been written")

const (
	outcomeTime = 20 * time.Second       // how long to ask for the outcome of a commit
	outcomePoll = 100 * time.Millisecond // between two tries
)

// begin begins a transaction that writes. If the connection was lost, it tries once more on a new one. It fails if another
// server has taken the lock.
func (db *DB) begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := db.pool.Begin(ctx)
	if db.reconnect(ctx, err) {
		tx, err = db.pool.Begin(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := db.relock(ctx); err != nil {
		return nil, errors.Join(err, tx.Rollback(ctx))
	}
	return tx, nil
}

// inTx runs f in a transaction, and commits it unless f fails.
func (db *DB) inTx(ctx context.Context, f func(pgx.Tx) error) error {
	tx, err := db.begin(ctx)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	if err := f(tx); err != nil {
		return mapError(err)
	}
	return mapError(commit(ctx, tx))
}

// commit commits. It returns errOutcome if the server did not say whether it did.
func commit(ctx context.Context, tx pgx.Tx) error {
	err := tx.Commit(ctx)
	var refused *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback), errors.Is(err, pgx.ErrTxClosed):
		return err
	case errors.As(err, &refused) && refused.SeverityUnlocalized == "ERROR": // the session lives on, and has rolled back
		return err
	}
	return fmt.Errorf("%w (%w)", errOutcome, err)
}

// end commits the changes that were written in tx. If the connection is lost meanwhile, end finds out what became of them.
func (s *Store) end(ctx context.Context, tx pgx.Tx, written []*write) error {
	session := tx.Conn().PgConn().PID()
	err := commit(ctx, tx)
	if !errors.Is(err, errOutcome) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTime)
	defer cancel()
	for {
		committed, known := s.outcome(ctx, session, written[0].Item)
		switch {
		case known && committed:
			return nil
		case known:
			return fmt.Errorf("%w (%w)", store.ErrUnavailable, err)
		}
		select {
		case <-time.After(outcomePoll):
		case <-ctx.Done():
			return err
		}
	}
}

// outcome reports whether a change, and so all that was written in its transaction, was committed by a session that is lost.
// It is not known while the session lives on, while the database can't be read, or if the task has changed since.
func (s *Store) outcome(ctx context.Context, session uint32, c change) (committed, known bool) {
	live, err := queryAll(ctx, s.db, scanID, `SELECT pid::text FROM pg_stat_activity WHERE pid = $1`, session)
	if err != nil || len(live) > 0 {
		return false, false
	}
	type row struct {
		version int64
		raw     []byte
	}
	found, err := queryAll(ctx, s.db, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.version, &r.raw)
		return r, err
	}, `SELECT version, body FROM tasks WHERE id = $1`, c.Task.ID)
	switch {
	case err != nil:
		return false, false
	case len(found) == 0 || found[0].version <= c.read:
		return false, true
	}
	return bytes.Equal(found[0].raw, c.raw), found[0].version == c.Task.Version
}
