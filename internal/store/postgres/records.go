package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/groupcommit"
	"github.com/filmgate/filmgate/internal/store/webhooks"
)

// recordWrite is the record of an attempt to deliver to a webhook, in a group.
type recordWrite = groupcommit.Write[webhooks.Record]

// lockTasks keeps others from adding events to the tasks $1. Whoever adds one has locked the task's row before, in a way that FOR SHARE waits
// for, and those of several tasks in this order.
const lockTasks = `SELECT 1 FROM tasks WHERE id = ANY($1) ORDER BY id FOR SHARE`

// commitRecords writes the records that wait, in one transaction and one exchange. If they can't be written together, each is written by
// itself, so that none takes its neighbours along.
func (s *Store) commitRecords(ctx context.Context, take func() []*recordWrite) error {
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	var writes []*recordWrite
	err := s.db.inTx(ctx, func(tx pgx.Tx) error {
		writes = take()
		return putRecords(ctx, tx, writes)
	})
	if err == nil || len(writes) < 2 || lost(err) || errors.Is(err, errOutcome) || ctx.Err() != nil {
		return err
	}
	for _, w := range writes {
		if err := s.db.inTx(ctx, func(tx pgx.Tx) error { return putRecords(ctx, tx, []*recordWrite{w}) }); err != nil {
			w.Err = err
		}
	}
	return nil
}

// putRecords writes records in one exchange. Those that are stale get ErrStale, as does one whose attempt another of them records too.
func putRecords(ctx context.Context, tx pgx.Tx, writes []*recordWrite) error {
	all := records{written: map[attempt]*recordWrite{}}
	for _, w := range writes {
		w.Err = store.ErrStale
		if _, twice := all.written[attemptOf(w.Item)]; !twice {
			all.add(w)
		}
	}
	var b batch
	if len(all.ended) > 0 {
		b.add(lockTasks, all.ended)
	}
	b.add(webhooks.PutAll, all.ids, all.tries, all.states, all.due, all.bodies).Query(func(rows pgx.Rows) error {
		var done attempt
		_, err := pgx.ForEachRow(rows, []any{&done.id, &done.tries}, func() error { all.written[done].Err = nil; return nil })
		return err
	})
	if len(all.ended) > 0 {
		b.add(webhooks.ReleaseAll, all.hooks, all.now, all.ended)
	}
	err := b.send(ctx, tx)
	if err != nil {
		for _, w := range writes {
			w.Err = nil // it is not known which are stale
		}
	}
	return err
}

// attempt is what a record is of.
type attempt struct {
	id    string // of the delivery
	tries int64
}

func attemptOf(r webhooks.Record) attempt {
	return attempt{cleanText(r.Delivery.ID), int64(r.Delivery.Tries)}
}

// records are the arguments of the statements that write records.
type records struct {
	written     map[attempt]*recordWrite
	ids, states []string
	tries, due  []int64
	bodies      [][]byte

	hooks, ended []string // the webhooks and tasks of which a delivery has ended
	now          int64    // the earliest time of such a record
}

func (r *records) add(w *recordWrite) {
	d, a := w.Item.Delivery, attemptOf(w.Item)
	r.written[a] = w
	r.ids, r.tries = append(r.ids, a.id), append(r.tries, a.tries)
	r.states, r.due, r.bodies = append(r.states, string(d.State)), append(r.due, millis(d.Due)), append(r.bodies, w.Item.Body)
	if !w.Item.Releases() {
		return
	}
	if now := millis(w.Item.Now); len(r.ended) == 0 || now < r.now {
		r.now = now
	}
	r.ended = append(r.ended, cleanText(d.Task))
	if hook := cleanText(d.Webhook); !slices.Contains(r.hooks, hook) {
		r.hooks = append(r.hooks, hook)
	}
}
