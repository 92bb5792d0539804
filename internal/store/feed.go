package store

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// FeedLife is how long an event stays in the feed.
const FeedLife = 30 * 24 * time.Hour

// FeedTrim returns how many events of the feed are looked at when so many tasks are created, to delete those that are too old. A task has
// about three.
func FeedTrim(created int) int { return 16 + 4*created }

// Feed reads the events of accounts of which callers are told: those with a task.Event.Type. Apply writes them. They are numbered in the
// order in which they were committed: whoever has read one has missed none with a smaller number, whatever other processes write.
type Feed interface {
	// Feed returns the events of an account with a number above after, in order, at most limit.
	Feed(ctx context.Context, account, after int64, limit int) (FeedPage, error)
}

// FeedPage is a part of an account's feed.
type FeedPage struct {
	Events []FeedEvent
	// First and Last are the numbers of the oldest and the newest event of all accounts; 0 = there is none. Events has all of the account
	// from after up to Last, if it has fewer than the limit.
	First, Last int64
}

// FeedEvent is an event of a task.
type FeedEvent struct {
	Seq   int64 // its number in the feed, from 1
	Task  string
	Event task.Event // without a Text
}
