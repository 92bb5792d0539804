package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// feed reads a page of an account's feed.
func feed(t *testing.T, s store.Store, account, after int64, limit int) store.FeedPage {
	t.Helper()
	page, err := s.(store.Feed).Feed(t.Context(), account, after, limit)
	if err != nil {
		t.Fatalf("Feed: %v", err)
	}
	return page
}

func runFeed(t *testing.T, open Open) {
	t.Run("It has the events of which callers are told", func(t *testing.T) {
		s := openStore(t, open)
		if page := feed(t, s, 1, 0, 10); len(page.Events) != 0 || page.First != 0 || page.Last != 0 {
			t.Errorf("an empty feed is %+v", page)
		}
		created := task.Event{At: at(1), Kind: "created", To: task.Queued, Text: "for people"}
		begun := task.Event{At: at(2), Kind: "state", From: task.Pending, To: task.Running}
		tk := apply(t, s, task.Change{Task: newTask(1), Events: []task.Event{created}})
		other := newTask(2)
		other.Account = 2
		apply(t, s, task.Change{Task: other, Events: []task.Event{created}})
		tk = apply(t, s, task.Change{Task: tk, Events: []task.Event{{At: at(2), Kind: "note", Text: "n"}, {At: at(2), Kind: "state", To: task.Throttled}}})
		apply(t, s, task.Change{Task: tk, Events: []task.Event{begun}})
		created.Text, created.Version, begun.Version = "", 1, 3
		all := []store.FeedEvent{{Seq: 1, Task: id(1), Event: created}, {Seq: 3, Task: id(1), Event: begun}}
		checkEqual(t, feed(t, s, 1, 0, 10), store.FeedPage{Events: all, First: 1, Last: 3})
		checkEqual(t, feed(t, s, 1, 0, 1), store.FeedPage{Events: all[:1], First: 1, Last: 3})
		checkEqual(t, feed(t, s, 1, 1, 10), store.FeedPage{Events: all[1:], First: 1, Last: 3})
		checkEqual(t, feed(t, s, 1, 3, 10), store.FeedPage{First: 1, Last: 3})
	})
	t.Run("It has nothing of a change that is not written", func(t *testing.T) {
		s := openStore(t, open)
		e := []task.Event{{At: at(1), Kind: "created", To: task.Queued}}
		apply(t, s, task.Change{Task: newTask(1), Events: e})
		_, err := s.Apply(t.Context(), task.Change{Task: newTask(1), Events: e})
		checkError(t, "Apply", err, store.ErrExists)
		if page := feed(t, s, 1, 0, 10); len(page.Events) != 1 || page.Last != 1 {
			t.Errorf("%+v", page)
		}
	})
	t.Run("It loses old events, and uses no number again", func(t *testing.T) {
		s := openStore(t, open)
		for n := range 3 {
			tk := newTask(n)
			tk.Created = at(0).Add(time.Duration(n) * (store.FeedLife + time.Second))
			apply(t, s, task.Change{Task: tk, Events: []task.Event{{At: tk.Created, Kind: "created", To: task.Queued}}})
			if page := feed(t, s, 1, 0, 10); len(page.Events) != 1 || page.Last != int64(n+1) || page.First != page.Last {
				t.Errorf("after event %d: %+v", n, page)
			}
		}
	})
	t.Run("A reader misses nothing while many write", func(t *testing.T) { runFeedWriters(t, openStore(t, open), nil) })
}

// FeedWriters checks that a reader of one store's feed misses nothing and reads nothing twice while both stores, of one database, are written.
func FeedWriters(t *testing.T, a, b store.Store) { runFeedWriters(t, a, b) }

func runFeedWriters(t *testing.T, a, b store.Store) {
	t.Helper()
	const writers, tasks = 8, 40
	var all sync.WaitGroup
	for w := range writers {
		s := a
		if b != nil && w%2 > 0 {
			s = b
		}
		all.Go(func() {
			for n := range tasks {
				tk := newTask(w*tasks + n)
				if _, err := s.Apply(t.Context(), task.Change{Task: tk, Events: []task.Event{{At: tk.Created, Kind: "created", To: task.Queued}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen, cursor := map[string]bool{}, int64(0)
	read := func() {
		page := feed(t, a, 1, cursor, 1000)
		cursor = max(cursor, page.Last) // as a reader does that has read all up to there
		for _, e := range page.Events {
			if seen[e.Task] {
				t.Errorf("task %s twice", e.Task)
			}
			seen[e.Task], cursor = true, max(cursor, e.Seq)
		}
		if !slices.IsSortedFunc(page.Events, func(a, b store.FeedEvent) int { return int(a.Seq - b.Seq) }) {
			t.Error("the events are not in order")
		}
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
		}
		read()
	}
	if len(seen) != writers*tasks {
		t.Errorf("read %d events of %d: %s", len(seen), writers*tasks, fmt.Sprint(cursor))
	}
}
