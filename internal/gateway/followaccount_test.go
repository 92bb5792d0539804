package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// followAll begins to follow the account, and returns when it is followed.
func (f *following) followAll(ctx context.Context, after int64) {
	go func() {
		f.ended <- f.FollowAccount(ctx, f.who, after, func(news task.Told) error { f.news <- news; return nil })
	}()
	<-f.news
}

// next returns the next stored event that is told.
func (f *following) next() task.Told {
	for news := range f.news {
		if news.ID > 0 && news.Event.Type() != "" {
			return news
		}
	}
	return task.Told{}
}

func TestAnAccountsFollowerIsToldOfAllItsTasks(t *testing.T) {
	f := newFollowing(t)
	f.submit(t, "before")
	f.followAll(t.Context(), -1)
	first, second := f.submit(t, "a cat"), f.submit(t, "a dog")
	if _, err := f.Submit(t.Context(), apikey.Key{Account: 8}, request("another's")); err != nil {
		t.Fatal(err)
	}
	f.run(t, first.ID)
	f.run(t, second.ID)
	told, last := map[string][]string{}, int64(0)
	for range 6 {
		news := f.next()
		if news.ID <= last {
			t.Errorf("%d is told after %d", news.ID, last)
		}
		last = news.ID
		told[news.Task.ID] = append(told[news.Task.ID], word(news))
	}
	for _, tk := range []task.Task{first, second} {
		if !slices.Equal(told[tk.ID], whole) {
			t.Errorf("of %s: %q", tk.Request.Prompt, told[tk.ID])
		}
	}
	f.StopWaiting()
	if err := <-f.ended; err != nil || len(told) != 2 {
		t.Error(err, told)
	}
}

func TestWhoeverResumesAnAccountMissesNothing(t *testing.T) {
	f := newFollowing(t)
	var ids []string
	for n := range 60 { // of which there are more than two pages of events
		tk := f.submit(t, fmt.Sprint(n))
		if _, err := f.Cancel(t.Context(), f.who, tk.ID); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, tk.ID)
	}
	last := int64(0)
	for range len(ids) / 10 * 2 {
		ctx, leave := context.WithCancel(t.Context())
		f.use(f.fake) // another process
		f.followAll(ctx, last)
		for range 10 {
			news := f.next()
			if want := ids[last/2]; news.Task.ID != want || news.ID != last+1 {
				t.Fatalf("event %d of %s after %d", news.ID, news.Task.ID, last)
			}
			last = news.ID
		}
		leave()
		<-f.ended
		for len(f.news) > 0 {
			<-f.news // what was told when nobody read any more
		}
	}
}

func TestAnIDThatAnAccountCannotResumeFromIsNamed(t *testing.T) {
	f := newFollowing(t)
	none := func(task.Told) error { return context.Canceled }
	checkRefused(t, "in an empty feed", f.FollowAccount(t.Context(), f.who, 1, none), task.Invalid, "Last-Event-ID")
	for range 3 {
		f.submit(t, "old")
		f.pass(store.FeedLife + time.Second)
	}
	checkRefused(t, "after the last", f.FollowAccount(t.Context(), f.who, 4, none), task.Invalid, "Last-Event-ID")
	checkRefused(t, "of an event that is gone", f.FollowAccount(t.Context(), f.who, 1, none), task.Invalid, "older than the events that are kept")
	for _, after := range []int64{-1, 0, 2, 3} {
		if err := f.FollowAccount(t.Context(), f.who, after, none); err != context.Canceled { //nolint:errorlint // the very error
			t.Errorf("after %d: %v", after, err)
		}
	}
}

// countingFeed counts the reads of a feed.
type countingFeed struct {
	rows  store.Feed
	reads atomic.Int64
}

func (c *countingFeed) Feed(ctx context.Context, account, after int64, limit int) (store.FeedPage, error) {
	if limit > 1 { // else it looks where the feed ends
		c.reads.Add(1)
	}
	return c.rows.Feed(ctx, account, after, limit)
}

func TestAThousandFollowersShareARead(t *testing.T) {
	const followers = 1000
	f := newFollowing(t)
	counted := &countingFeed{rows: f.config.rows.(store.Feed)}
	f.config.feed = counted
	f.use(f.fake)
	for range followers {
		f.followAll(t.Context(), -1)
	}
	before := counted.reads.Load()
	f.submit(t, "a cat")
	for range followers {
		f.next()
	}
	if n := counted.reads.Load() - before; n > 3 { // and what the last ones had not read yet
		t.Errorf("%d reads", n)
	}
	f.StopWaiting()
}
