package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/watch"
)

const (
	heartbeat     = 15 * time.Second       // between two signs of life to those who follow
	progressShown = 250 * time.Millisecond // between two times that a follower is told of a task's progress
)

const notAnEvent = "is not the id of an event of this stream"

// FollowTask calls tell with the stored events of the account's task that callers are told of, from the one after the given id on (0 =
// the first), and with its progress. It returns after the task's end was told, when ctx or the process ends, or with the error of
// tell. The id of an event is the version of the task that it made. A slow tell delays nobody else: it is told of the stored events
// later, and of the newest progress only. It is called with the zero Told when there is nothing to tell yet, every 15 seconds, and when
// keys have changed: whoever lets a caller follow then checks that the caller still may.
// Errors: NotFound as Read, Invalid for an id that the task has no event of.
func (g *Gateway) FollowTask(ctx context.Context, who apikey.Key, id string, after int64, tell func(task.Told) error) error {
	f := g.follow(g.hub.Task(id), tell)
	defer f.Close()
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return err
	}
	if after < 0 || after > t.Version {
		return &task.Error{Code: task.Invalid, Detail: "The stream can't be resumed.", Fields: []task.FieldError{{Field: "Last-Event-ID", Detail: notAnEvent}}}
	}
	p := taskProgress{last: after}
	for {
		due, err := f.tellTask(ctx, t, &p)
		if err != nil || t.State.Terminal() {
			return err
		}
		if more, err := f.wait(ctx, due); err != nil || !more {
			return err
		}
		if t, err = g.readWatched(ctx, who.Account, id); err != nil {
			return err
		}
	}
}

// taskProgress is what the follower of a task was told.
type taskProgress struct {
	last  int64 // id of the last event
	shown shown
	state task.State // for which the events were read; "" = none were
}

// tellTask tells the news of a task. due is when its progress may be told.
func (f *follower) tellTask(ctx context.Context, t task.Task, p *taskProgress) (due <-chan time.Time, err error) {
	if t.State == p.state {
		return f.tellProgress(t, &p.shown)
	}
	events, err := f.g.watchedEvents.Get(ctx, taskVersion{t.ID, t.Version}, func(ctx context.Context) ([]task.Event, error) { return f.g.taskEvents(ctx, t) })
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Version <= p.last || e.Type() == "" {
			continue
		}
		if err := f.told(task.Told{ID: e.Version, Event: e, Task: t}); err != nil {
			return nil, err
		}
		p.last, p.shown.seen = e.Version, seenOf(t.AsOf(e))
	}
	if p.state = t.State; t.State.Terminal() {
		return nil, nil
	}
	return f.tellProgress(t, &p.shown)
}

// taskVersion names a version of a task.
type taskVersion struct {
	id      string
	version int64
}

// taskEvents returns the events of a task up to that version. If those of an ended task are kept no longer, there is one of its end.
func (g *Gateway) taskEvents(ctx context.Context, t task.Task) ([]task.Event, error) {
	all, err := g.cfg.Store.Events(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("gateway: follow task %s: %w", t.ID, err)
	}
	var out []task.Event
	ended := false
	for _, e := range all {
		if e.Version <= t.Version {
			out = append(out, e)
			ended = ended || e.Kind == "state" && e.To.Terminal()
		}
	}
	if t.State.Terminal() && !ended {
		out = append(out, task.Event{At: t.Finished, Kind: "state", To: t.State, Version: t.Version})
	}
	return out, nil
}

// follower is one who is told of events.
type follower struct {
	*watch.Watch
	g     *Gateway
	tell  func(task.Told) error
	beat  <-chan time.Time
	begun bool  // it was told something
	keys  int64 // changes of keys that it knows of
	last  int64 // id from which an account's follower resumes; 0 = a task's follower
}

func (g *Gateway) follow(w *watch.Watch, tell func(task.Told) error) *follower {
	return &follower{Watch: w, g: g, tell: tell, beat: g.cfg.After(heartbeat), keys: g.keys.Load()}
}

func (f *follower) told(news task.Told) error {
	f.begun = true
	return f.tell(news)
}

// wait returns true when there may be news, or when due has a value; false when following is over.
func (f *follower) wait(ctx context.Context, due <-chan time.Time) (more bool, err error) {
	if !f.begun {
		if err := f.told(task.Told{ID: f.last}); err != nil {
			return false, err
		}
	}
	select {
	case <-f.C:
	case <-due:
	case <-f.beat:
		f.beat = f.g.cfg.After(heartbeat)
		return true, f.told(task.Told{ID: f.last})
	case <-f.g.stopped:
		return false, nil
	case <-ctx.Done():
		return false, nil
	}
	if keys := f.g.keys.Load(); keys != f.keys {
		f.keys = keys
		return true, f.told(task.Told{ID: f.last})
	}
	return true, nil
}

// shown is what a follower was shown of a task, and when.
type shown struct {
	seen seen
	at   time.Time
}

// tellProgress tells what callers see change of a task beside its stored events, unless it was told too recently: then due is when
// to look again.
func (f *follower) tellProgress(t task.Task, s *shown) (due <-chan time.Time, err error) {
	now := f.g.now()
	if seenOf(t) == s.seen {
		return nil, nil
	}
	if wait := progressShown - now.Sub(s.at); wait > 0 {
		return f.g.cfg.After(wait), nil
	}
	*s = shown{seenOf(t), now}
	return nil, f.told(task.Told{Event: task.ProgressOf(t), Task: t})
}
