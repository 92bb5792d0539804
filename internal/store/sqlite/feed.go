package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Feed = (*Store)(nil)

// putFeed adds an event to the feed. There is one transaction at a time, so the numbers are in the order of the commits. The newest event
// is never deleted, so no number is used twice.
func putFeed(ctx context.Context, tx *writeTx, t task.Task, e task.Event) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO feed (account, task, version, at, kind, from_state, to_state) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Account, t.ID, t.Version, millis(e.At), e.Kind, e.From, e.To)
	if err == nil && e.Type() == task.EventCreated {
		_, err = tx.ExecContext(ctx, `DELETE FROM feed WHERE seq IN (SELECT seq FROM feed ORDER BY seq LIMIT $1) AND at < $2`,
			store.FeedTrim, millis(e.At.Add(-store.FeedLife)))
	}
	return err
}

// Feed implements store.Feed. What it reads first is the older: events that come meanwhile are beyond Last.
func (s *Store) Feed(ctx context.Context, account, after int64, limit int) (page store.FeedPage, err error) {
	page, err = queryOne(ctx, s.db.reader, scanFeedEnds, `SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM feed`)
	if err == nil {
		page.Events, err = queryAll(ctx, s.db.reader, scanFeedEvent, `SELECT seq, task, version, at, kind, from_state, to_state FROM feed
			WHERE seq > $1 AND account = $2 ORDER BY seq LIMIT $3`, after, account, limit)
	}
	if err != nil {
		return store.FeedPage{}, fmt.Errorf("sqlite: read the feed of account %d: %w", account, err)
	}
	return page, nil
}

func scanFeedEnds(scan func(...any) error) (p store.FeedPage, err error) {
	err = scan(&p.First, &p.Last)
	return p, err
}

func scanFeedEvent(scan func(...any) error) (e store.FeedEvent, err error) {
	var at int64
	err = scan(&e.Seq, &e.Task, &e.Event.Version, &at, &e.Event.Kind, &e.Event.From, &e.Event.To)
	e.Event.At = timeOf(at)
	return e, err
}
