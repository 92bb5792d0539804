package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/task"
)

// write is a change in a group.
type write = groupcommit.Write[change]

// commit writes the changes that wait. First it tries to write all of them at once: one exchange for their rows and one for
// their jobs. If one of them can't be written, nothing is, and each is written again with a savepoint of its own, so that it
// does not take its neighbours along.
func (s *Store) commit(ctx context.Context, take func() []*write) error {
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	err := s.commitAll(ctx, take)
	if err != nil && ctx.Err() != nil && !errors.Is(err, errOutcome) {
		return fmt.Errorf("%w (%w)", store.ErrUnavailable, err) // the time is ours, not the caller's
	}
	return err
}

func (s *Store) commitAll(ctx context.Context, take func() []*write) error {
	// The changes are taken when the transaction has begun: until then more may come.
	tx, err := s.db.begin(ctx)
	if err != nil {
		return err
	}
	writes := take()
	// In one order everywhere, so that two servers that change the same tasks don't wait for one another.
	slices.SortStableFunc(writes, func(a, b *write) int { return compareTasks(a.Item, b.Item) })
	if len(writes) > 1 {
		done, err := s.commitTogether(ctx, tx, writes)
		if done || unavailable(err) || ctx.Err() != nil {
			return err
		}
		if tx, err = s.db.begin(ctx); err != nil {
			return err
		}
	}
	return s.commitEach(ctx, tx, writes)
}

// commitTogether writes all changes, or none: then done is false, and the error says why.
func (s *Store) commitTogether(ctx context.Context, tx pgx.Tx, writes []*write) (done bool, err error) {
	defer func() { _ = tx.Rollback(ctx) }() // after a commit it does nothing
	var rows batch
	var wakes []task.Wake
	var changes []change
	for _, w := range writes {
		rows.put(w.Item)
		wakes = append(wakes, w.Item.Wakes...)
		changes = append(changes, w.Item)
	}
	rows.announceTasks(changes...)
	if err := rows.send(ctx, tx); err != nil {
		return false, err
	}
	if len(wakes) > 0 {
		if err := panics.Catch(func() error { return s.enqueue(ctx, tx, wakes) }); err != nil {
			return false, err
		}
	}
	for _, w := range writes {
		if err := w.Caller(); err != nil {
			return false, err
		}
	}
	if err := putFeed(ctx, tx, writes); err != nil {
		return false, err
	}
	return true, s.end(ctx, tx, writes)
}

// commitEach writes each change by itself, in one transaction. The error is that of the transaction, which is lost for all; a
// change's own error is in the write.
func (s *Store) commitEach(ctx context.Context, tx pgx.Tx, writes []*write) error {
	defer func() { _ = tx.Rollback(ctx) }() // after a commit it does nothing
	var written []*write
	for _, w := range writes {
		savepoint := tx
		if len(writes) > 1 {
			var err error
			if savepoint, err = tx.Begin(ctx); err != nil {
				return err
			}
		}
		w.Run(func() error { return s.putOne(ctx, savepoint, w.Item) })
		if w.Err == nil {
			written = append(written, w)
		}
		if len(writes) == 1 {
			break
		}
		end := savepoint.Commit
		if w.Err != nil {
			end = savepoint.Rollback
		}
		if err := end(ctx); err != nil {
			return errors.Join(w.Err, err)
		}
	}
	if len(written) == 0 {
		return nil
	}
	if err := putFeed(ctx, tx, written); err != nil {
		return err
	}
	return s.end(ctx, tx, written)
}

// putOne writes one change and its jobs.
func (s *Store) putOne(ctx context.Context, tx pgx.Tx, c change) error {
	var rows batch
	rows.put(c)
	rows.announceTasks(c)
	if err := rows.send(ctx, tx); err != nil {
		return err
	}
	if len(c.Wakes) > 0 {
		if err := s.enqueue(ctx, tx, c.Wakes); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
	}
	return nil
}
