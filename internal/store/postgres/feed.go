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

// trimFeed deletes of the $1 oldest events those from before $2. With an array, PostgreSQL looks them up by their numbers; with IN it
// reads the whole feed as long as it knows nothing about its size.
const trimFeed = `DELETE FROM feed WHERE seq = ANY (ARRAY (SELECT seq FROM feed ORDER BY seq LIMIT $1)) AND at < $2`

// putFeed adds the events of changes to the feed, as the last thing before the commit. Numbers are given under a lock that is held until the
// commit is visible: so a transaction that gets smaller numbers is visible before one that gets greater ones, whichever server's they are.
// The statement after the lock sees what was committed before it, so the numbers follow the greatest one. It is one for all events, so that
// the lock is held for little more than the commit.
func putFeed(ctx context.Context, tx pgx.Tx, writes []*write) error {
	var rows feedRows
	for _, w := range writes {
		for _, e := range w.Item.Events {
			if e.Type() != "" {
				rows.add(w.Item.Task, e)
			}
		}
	}
	if len(rows.tasks) == 0 {
		return nil
	}
	var b batch
	b.add(`SELECT set_config('idle_in_transaction_session_timeout', $1, true)`, feedWait)
	b.add(`SELECT pg_advisory_xact_lock($1)`, int64(feedLock))
	b.Queue(`INSERT INTO feed (seq, account, task, version, at, kind, from_state, to_state)
		SELECT (SELECT coalesce(max(seq), 0) FROM feed) + place, account, task, version, at, kind, from_state, to_state
		FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
		WITH ORDINALITY AS e (account, task, version, at, kind, from_state, to_state, place)`,
		rows.accounts, rows.tasks, rows.versions, rows.times, rows.kinds, rows.from, rows.to)
	if rows.created > 0 {
		b.add(trimFeed, store.FeedTrim(rows.created), rows.newest-store.FeedLife.Milliseconds())
	}
	return b.send(ctx, tx)
}

// feedRows are the columns of events in the feed.
type feedRows struct {
	accounts, versions, times []int64
	tasks, kinds, from, to    []string
	created                   int   // tasks
	newest                    int64 // time of their latest creation
}

// add adds a task's event.
func (r *feedRows) add(t task.Task, e task.Event) {
	r.accounts, r.versions, r.times = append(r.accounts, t.Account), append(r.versions, t.Version), append(r.times, millis(e.At))
	r.tasks, r.kinds = append(r.tasks, cleanText(t.ID)), append(r.kinds, cleanText(e.Kind))
	r.from, r.to = append(r.from, cleanText(string(e.From))), append(r.to, cleanText(string(e.To)))
	if e.Type() == task.EventCreated {
		if at := millis(e.At); r.created == 0 || at > r.newest {
			r.newest = at
		}
		r.created++
	}
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
