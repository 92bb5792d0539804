package query

import (
	"time"

	"github.com/filmgate/filmgate/internal/store"
)

// The statements of the feed. FeedEnds reads the numbers of its oldest and its newest event, FeedEvents those of the account $2 after
// the number $1, at most $3.
const (
	FeedEnds   = `SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM feed`
	FeedEvents = `SELECT seq, task, version, at, kind, from_state, to_state FROM feed WHERE seq > $1 AND account = $2 ORDER BY seq LIMIT $3`
)

// ScanFeedEnds reads a row of FeedEnds.
func ScanFeedEnds(scan func(...any) error) (p store.FeedPage, err error) {
	err = scan(&p.First, &p.Last)
	return p, err
}

// ScanFeedEvent reads a row of FeedEvents.
func ScanFeedEvent(scan func(...any) error) (e store.FeedEvent, err error) {
	var at int64
	err = scan(&e.Seq, &e.Task, &e.Event.Version, &at, &e.Event.Kind, &e.Event.From, &e.Event.To)
	e.Event.At = time.UnixMilli(at).UTC()
	return e, err
}
