package sqlite

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

var _ store.Feed = (*Store)(nil)

// trimFeed deletes of the $1 oldest events those from before $2.
const trimFeed = `DELETE FROM feed WHERE seq IN (SELECT seq FROM feed ORDER BY seq LIMIT $1) AND at < $2`

// putFeed adds an event to the feed. There is one transaction at a time, so the numbers are in the order of the commits. The newest event
// is never deleted, so no number is used twice.
func putFeed(ctx context.Context, tx *writeTx, t task.Task, e task.Event) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO feed (account, task, version, at, kind, from_state, to_state) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Account, t.ID, t.Version, millis(e.At), e.Kind, e.From, e.To)
	if err == nil && e.Type() == task.EventCreated {
		tx.created, tx.newest = tx.created+1, max(tx.newest, millis(e.At))
	}
	return err
}

// endFeed deletes old events, once for all tasks that the transaction creates.
func (tx *writeTx) endFeed(ctx context.Context) error {
	if tx.created == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, trimFeed, store.FeedTrim(tx.created), tx.newest-store.FeedLife.Milliseconds())
	return err
}

// Feed implements store.Feed. What it reads first is the older: events that come meanwhile are beyond Last.
func (s *Store) Feed(ctx context.Context, account, after int64, limit int) (page store.FeedPage, err error) {
	page, err = queryOne(ctx, s.db.reader, query.ScanFeedEnds, query.FeedEnds)
	if err == nil {
		page.Events, err = queryAll(ctx, s.db.reader, query.ScanFeedEvent, query.FeedEvents, after, account, limit)
	}
	if err != nil {
		return store.FeedPage{}, fmt.Errorf("sqlite: read the feed of account %d: %w", account, err)
	}
	return page, nil
}
