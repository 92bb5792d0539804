package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/task"
)

// rowsFunc writes rows in a transaction that it shares with others. It may be called twice, in a transaction in which the first
// call left nothing.
type rowsFunc = func(context.Context, *sql.Tx) error

// change is what one caller writes: rows, and the wakes that belong to them.
type change struct {
	rows  rowsFunc
	wakes []task.Wake
}

// write is a change in a group.
type write = groupcommit.Write[change]

// group commits changes together. Each change has a savepoint of its own, so it is written whole or not at all, and one that fails
// does not take its neighbours along.
type group struct {
	db      *sql.DB // the pool of the one writing connection
	enqueue store.Enqueue[*sql.Tx]
}

func newGroup(db *sql.DB, enqueue store.Enqueue[*sql.Tx]) *groupcommit.Group[change] {
	return groupcommit.New(group{db, enqueue}.commit)
}

// commit writes the changes that wait. First it tries to schedule the jobs of all of them by one call, which costs a fraction of one
// call each. If that fails, each change is written again with a call of its own. The error is that of the transaction, which is lost
// for all changes; a change's own error is in the write.
func (g group) commit(ctx context.Context, take func() []*write) error {
	// The changes are taken when the transaction has begun: until then more may come.
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	writes := take()
	done := false
	if len(writes) > 1 {
		if done, err = g.putTogether(ctx, tx, writes); err != nil {
			return err
		}
	}
	if !done {
		err = putEach(ctx, tx, writes, func(c change) error { return g.put(ctx, tx, c) })
	}
	if err != nil || !written(writes) {
		return err
	}
	return tx.Commit()
}

// putTogether writes all changes, and schedules their jobs by one call. done is false if that failed; then nothing is written.
func (g group) putTogether(ctx context.Context, tx *sql.Tx, writes []*write) (done bool, err error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT together"); err != nil {
		return false, err
	}
	if err := putEach(ctx, tx, writes, func(c change) error { return c.rows(ctx, tx) }); err != nil {
		return false, err
	}
	if g.schedule(ctx, tx, writes) == nil {
		_, err := tx.ExecContext(ctx, "RELEASE together")
		return true, err
	}
	for _, w := range writes {
		w.Reset()
	}
	if _, err := tx.ExecContext(ctx, "ROLLBACK TO together"); err != nil {
		return false, err // SQLite has ended the whole transaction
	}
	_, err = tx.ExecContext(ctx, "RELEASE together")
	return false, err
}

// schedule schedules the jobs of the changes that are written. It fails, too, if a caller has given up meanwhile, whose change is
// then not to be written.
func (g group) schedule(ctx context.Context, tx *sql.Tx, writes []*write) error {
	var wakes []task.Wake
	for _, w := range writes {
		if w.Err == nil {
			wakes = append(wakes, w.Item.wakes...)
		}
	}
	if len(wakes) > 0 {
		if err := panics.Catch(func() error { return g.enqueue(ctx, tx, wakes) }); err != nil {
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
func (g group) put(ctx context.Context, tx *sql.Tx, c change) error {
	if err := c.rows(ctx, tx); err != nil || len(c.wakes) == 0 {
		return err
	}
	if err := g.enqueue(ctx, tx, c.wakes); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// putEach runs put for each change, behind a savepoint of its own.
func putEach(ctx context.Context, tx *sql.Tx, writes []*write, put func(change) error) error {
	for _, w := range writes {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if w.Run(func() error { return put(w.Item) }); w.Err != nil {
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				return errors.Join(w.Err, err) // SQLite has ended the whole transaction: the disk is full, say
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
			return err
		}
	}
	return nil
}

// written reports whether any change is to be committed.
func written(writes []*write) bool {
	for _, w := range writes {
		if w.Err == nil {
			return true
		}
	}
	return false
}
