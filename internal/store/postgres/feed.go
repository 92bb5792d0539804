package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Feed = (*Store)(nil)

// feedLock is the number of the lock under which events get their numbers in the feed.
const feedLock = serverLock + 2

// feedWait is how long a process may hold that lock without doing anything, in the form of a setting. It does not, unless it was stopped or
// its machine was: then the database ends its transaction, and the others go on.
const feedWait = "5s"

// putFeed adds the events of changes to the feed, as the last thing before the commit. Numbers are given under a lock that is held until the
// commit is visible: so a transaction that gets smaller numbers is visible before one that gets greater ones, whichever server's they are.
// Each of its statements sees what was committed before it, so the numbers follow the greatest one.
func putFeed(ctx context.Context, tx pgx.Tx, writes []*write) error {
	var b batch
	var last *task.Event
	for _, w := range writes {
		for _, e := range w.Item.Events {
			if e.Type() == "" {
				continue
			}
			if last == nil {
				b.add(`SELECT set_config('idle_in_transaction_session_timeout', $1, true)`, feedWait)
				b.add(`SELECT pg_advisory_xact_lock($1)`, int64(feedLock))
			}
			last = &e
			t := w.Item.Task
			b.add(`INSERT INTO feed (seq, account, task, version, at, kind, from_state, to_state)
				SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM feed`,
				t.Account, t.ID, t.Version, millis(e.At), e.Kind, string(e.From), string(e.To))
			if e.Type() == task.EventCreated {
				b.add(query.TrimFeed, store.FeedTrim, millis(e.At.Add(-store.FeedLife)))
			}
		}
	}
	if last == nil {
		return nil
	}
	return b.send(ctx, tx)
}

// Feed implements store.Feed. What it reads first is the older: events that come meanwhile are beyond Last.
func (s *Store) Feed(ctx context.Context, account, after int64, limit int) (page store.FeedPage, err error) {
	page, err = queryOne(ctx, s.db, query.ScanFeedEnds, query.FeedEnds)
	if err == nil {
		page.Events, err = queryAll(ctx, s.db, query.ScanFeedEvent, query.FeedEvents, after, account, limit)
	}
	if err != nil {
		return store.FeedPage{}, fmt.Errorf("postgres: read the feed of account %d: %w", account, err)
	}
	return page, nil
}
