package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/task"
)

// rowsFunc writes rows in a transaction that it shares with others. It may be called twice, in a transaction in which the first
// call left nothing.
type rowsFunc = func(context.Context, *writeTx) error

// change is what one caller writes: rows, and the wakes that belong to them.
type change struct {
	rows  rowsFunc
	wakes []task.Wake
}

// write is a change in a group.
type write = groupcommit.Write[change]

// group commits changes together. One that fails does not take its neighbours along: each is written whole or not at all.
type group struct {
	db      *sql.DB // the pool of the one writing connection
	enqueue store.Enqueue[*sql.Tx]
}

func newGroup(db *sql.DB, enqueue store.Enqueue[*sql.Tx]) *groupcommit.Group[change] {
	return groupcommit.New(group{db, enqueue}.commit)
}

// commit writes the changes that wait. First it tries to write all of them without savepoints, for which SQLite would copy each page
// that is changed again, and to schedule their jobs by one call. If that fails, each is written again behind a savepoint of its own,
// with a call of its own. The error is that of the transaction, which is lost for all changes; a change's own error is in the write.
func (g group) commit(ctx context.Context, take func() []*write) error {
	// The changes are taken when the transaction has begun: until then more may come.
	tx, err := g.begin(ctx)
	if err != nil {
		return err
	}
	writes := take()
	if len(writes) > 1 {
		done, err := g.commitTogether(ctx, tx, writes)
		if done || err != nil {
			return err
		}
		for _, w := range writes {
			w.Reset()
		}
		if tx, err = g.begin(ctx); err != nil {
			return err
		}
	}
	return g.commitEach(ctx, tx, writes)
}

// writeTx is the transaction of a group.
type writeTx struct {
	*sql.Tx
	written int64 // rows that its statements have changed
	created int   // tasks that it has created
	newest  int64 // time of their latest creation, in epoch milliseconds
}

func (g group) begin(ctx context.Context) (*writeTx, error) {
	tx, err := g.db.BeginTx(ctx, nil)
	return &writeTx{Tx: tx, newest: math.MinInt64}, err
}

// ExecContext runs a statement.
func (tx *writeTx) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	done, err := tx.Tx.ExecContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	n, err := done.RowsAffected()
	tx.written += n
	return done, err
}

// commitTogether writes all changes but those that are stale or exist already, and schedules their jobs by one call. done is false if
// that failed; then nothing is written.
func (g group) commitTogether(ctx context.Context, tx *writeTx, writes []*write) (done bool, err error) {
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, w := range writes {
		before := tx.written
		w.Run(func() error { return w.Item.rows(ctx, tx) })
		if w.Err != nil && (tx.written != before || !refused(w.Err)) {
			return false, nil
		}
	}
	if g.schedule(ctx, tx, writes) != nil {
		return false, nil
	}
	return true, tx.end(ctx, writes)
}

// refused reports whether an error is about a change and not about the transaction, which SQLite may have ended.
func refused(err error) bool {
	return errors.Is(err, store.ErrStale) || errors.Is(mapError(err), store.ErrExists)
}

// commitEach writes each change and schedules its jobs, behind a savepoint if it is not the only one.
func (g group) commitEach(ctx context.Context, tx *writeTx, writes []*write) error {
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, w := range writes {
		put := func() error { return g.put(ctx, tx, w.Item) }
		if len(writes) == 1 {
			w.Run(put)
			break
		}
		if err := behindSavepoint(ctx, tx, w, put); err != nil {
			return err
		}
	}
	return tx.end(ctx, writes)
}

// end commits if anything was written.
func (tx *writeTx) end(ctx context.Context, writes []*write) error {
	if !slices.ContainsFunc(writes, func(w *write) bool { return w.Err == nil }) {
		return nil
	}
	if err := tx.endFeed(ctx); err != nil {
		return err
	}
	return tx.Commit()
}

// schedule schedules the jobs of the changes that are written. It fails, too, if a caller has given up meanwhile, whose change is
// then not to be written.
func (g group) schedule(ctx context.Context, tx *writeTx, writes []*write) error {
	var wakes []task.Wake
	for _, w := range writes {
		if w.Err == nil {
			wakes = append(wakes, w.Item.wakes...)
		}
	}
	if len(wakes) > 0 {
		if err := panics.Catch(func() error { return g.enqueue(ctx, tx.Tx, wakes) }); err != nil {
			return err
		}
	}
	for _, w := range writes {
		if err := w.Caller(); w.Err == nil && err != nil {
			return err
		}
	}
	return nil
}

// put writes one change and schedules its jobs.
func (g group) put(ctx context.Context, tx *writeTx, c change) error {
	if err := c.rows(ctx, tx); err != nil || len(c.wakes) == 0 {
		return err
	}
	if err := g.enqueue(ctx, tx.Tx, c.wakes); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// behindSavepoint runs put for a write. If it fails, nothing of it is written.
func behindSavepoint(ctx context.Context, tx *writeTx, w *write, put func() error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	if w.Run(put); w.Err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(w.Err, err) // SQLite has ended the whole transaction: the disk is full, say
		}
	}
	_, err := tx.ExecContext(ctx, "RELEASE one")
	return err
}
