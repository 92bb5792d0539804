package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/filmgate/filmgate/internal/store/groupcommit"
)

// writeFunc writes rows in a transaction that it shares with others.
type writeFunc = func(context.Context, *sql.Tx) error

// newGroup returns a group whose writes share transactions of db, the pool of the one writing connection. Each write has a
// savepoint of its own, so it is written whole or not at all, and one that fails does not take its neighbours along.
func newGroup(db *sql.DB) *groupcommit.Group[writeFunc] {
	return groupcommit.New(func(ctx context.Context, take func() []*groupcommit.Write[writeFunc]) error {
		// The writes are taken when the transaction has begun: until then more may come.
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		return commit(ctx, tx, take())
	})
}

// commit runs the writes and commits. The error is that of the transaction, which is lost for all writes; a write's own error is
// in the write.
func commit(ctx context.Context, tx *sql.Tx, writes []*groupcommit.Write[writeFunc]) error {
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	written := 0
	for _, w := range writes {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if w.Run(func() error { return w.Item(ctx, tx) }); w.Err == nil {
			written++
		} else if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(w.Err, err) // SQLite has ended the whole transaction: the disk is full, say
		}
		if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
			return err
		}
	}
	if written == 0 {
		return nil
	}
	return tx.Commit()
}
