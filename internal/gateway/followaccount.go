package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	watchedFeeds = 256  // pages of the feed that are kept for those who follow
	feedPage     = 100  // events of the feed that are read at once
	followedMost = 4096 // tasks of an account of which a follower remembers what it was told
)

// FollowAccount calls tell with the stored events of all the account's tasks of which callers are told, from the one after the given id
// on, and with the progress of tasks. A negative id begins with what happens from now on, 0 with the oldest event that is kept. It returns
// when ctx or the process ends, or with the error of tell. A Told without an event has the id to resume from. Otherwise it is as FollowTask.
// Errors: Invalid for an id that no event can have, or after which events may have been deleted.
func (g *Gateway) FollowAccount(ctx context.Context, who apikey.Key, after int64, tell func(task.Told) error) error {
	f := accountFollower{follower: *g.follow(g.hub.Account(who.Account), tell), account: who.Account, shown: map[string]shown{}, pending: map[string]bool{}}
	defer f.Close()
	page, err := g.cfg.Feed.Feed(ctx, who.Account, max(after, 0), 1)
	if err != nil {
		return err
	}
	if after > page.Last || after > 0 && after < page.First-1 {
		return &task.Error{Code: task.Invalid, Detail: "The stream can't be resumed.", Fields: []task.FieldError{{Field: "Last-Event-ID", Detail: notAnEvent +
			", or is older than the events that are kept"}}}
	}
	if f.last = after; after < 0 {
		f.last = page.Last
	}
	if err := f.told(task.Told{ID: f.last}); err != nil { // so that the caller can resume before the first event
		return err
	}
	for {
		due, err := f.tellNews(ctx)
		if err != nil {
			return err
		}
		if more, err := f.wait(ctx, due); err != nil || !more {
			return err
		}
	}
}

// accountFollower follows all tasks of an account.
type accountFollower struct {
	follower
	account int64
	shown   map[string]shown // of tasks that have not ended
	pending map[string]bool  // tasks whose progress may have to be told
}

// tellNews tells the events that were stored since the last call, and then the progress of tasks.
func (f *accountFollower) tellNews(ctx context.Context) (due <-chan time.Time, err error) {
	for _, id := range f.Changed() { // before the events are read: what changes later is signalled again
		f.pending[id] = true
	}
	for {
		page, err := f.g.readFeed(ctx, f.account, f.last)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Events {
			if err := f.tellEvent(ctx, e); err != nil {
				return nil, err
			}
		}
		if len(page.Events) < feedPage {
			f.last = max(f.last, page.Last) // there is nothing of the account up to it
			break
		}
	}
	for id := range f.pending {
		later, err := f.tellTask(ctx, id)
		if err != nil {
			return nil, err
		}
		if later != nil {
			due = later // none is later than the others by more than a follower waits at most
		}
	}
	return due, nil
}

// feedPlace names what is read of the feed: the account's events after one, not before so many changes were heard.
type feedPlace struct{ account, after, changes int64 }

// readFeed reads a page of the feed that has all events heard of so far. All followers of an account that are at the same place share it.
func (g *Gateway) readFeed(ctx context.Context, account, after int64) (store.FeedPage, error) {
	place := feedPlace{account, after, g.changes.Load()}
	return g.watchedFeeds.Get(ctx, place, func(ctx context.Context) (store.FeedPage, error) {
		return g.cfg.Feed.Feed(ctx, account, after, feedPage)
	})
}

// tellEvent tells an event of the feed. One of a task that was deleted from the database is left out.
func (f *accountFollower) tellEvent(ctx context.Context, e store.FeedEvent) error {
	t, err := f.g.readWatched(ctx, f.account, e.Task)
	if err == nil && t.Version < e.Event.Version { // this process has not heard of it yet
		t, err = f.g.cfg.Store.Task(ctx, e.Task)
	}
	if task.CodeOf(err) != task.NotFound && !errors.Is(err, store.ErrNotFound) {
		if err == nil {
			err = f.told(task.Told{ID: e.Seq, Event: e.Event, Task: t})
		}
		if err != nil {
			return err
		}
		f.remember(t, shown{seenOf(t.AsOf(e.Event)), f.shown[t.ID].at})
	}
	f.last = e.Seq
	return nil
}

// tellTask tells the progress of a task, unless it was told too recently, or the event of its state is yet to be told.
func (f *accountFollower) tellTask(ctx context.Context, id string) (due <-chan time.Time, err error) {
	t, err := f.g.readWatched(ctx, f.account, id)
	if task.CodeOf(err) == task.NotFound || err == nil && t.State.Terminal() {
		delete(f.pending, id)
		delete(f.shown, id)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, known := f.shown[id]
	if known && t.State == task.Running && s.seen.state != task.Running {
		return nil, nil // a signal of it is under way
	}
	if due, err = f.tellProgress(t, &s); due == nil && err == nil {
		delete(f.pending, id)
		f.remember(t, s)
	}
	return due, err
}

// remember notes what was told of a task.
func (f *accountFollower) remember(t task.Task, s shown) {
	if len(f.shown) >= followedMost {
		clear(f.shown) // then some progress is told once more
	}
	if t.State.Terminal() {
		delete(f.shown, t.ID)
	} else {
		f.shown[t.ID] = s
	}
}
