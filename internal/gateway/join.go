package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// joinRetry is when a task looks again for the shots that it joins, if it was not woken. It is more than a local worker is kept, so
// that it takes no worker from the shots.
const joinRetry = 61 * time.Second

// unfinishedError says that a shot has no video yet.
type unfinishedError struct{ shot int } // counted from 1

// Error implements error.
func (e *unfinishedError) Error() string { return fmt.Sprintf("waiting for shot %d", e.shot) }

// unusableError says that a shot has no video, and never will.
type unusableError struct{ text string }

// Error implements error.
func (e *unusableError) Error() string { return e.text }

// shots returns the videos that a task joins. An *unusableError comes before an *unfinishedError, so that nobody waits in vain.
func (g *Gateway) shots(ctx context.Context, t task.Task) ([]engine.Shot, error) {
	g.joining.add(t) // before the first look: a shot that ends meanwhile wakes the task
	var out []engine.Shot
	var wait error
	for i, s := range t.Request.Sequence.Shots {
		one, err := g.shot(ctx, t, s.Task, i+1)
		if unfinished := (*unfinishedError)(nil); errors.As(err, &unfinished) {
			if wait == nil {
				wait = err
			}
			continue
		}
		if err != nil {
			g.joining.remove(t)
			return nil, err
		}
		out = append(out, one)
	}
	if wait != nil {
		return nil, wait
	}
	g.joining.remove(t)
	return out, nil
}

// shot returns the video of a task, which is the n-th that t joins.
func (g *Gateway) shot(ctx context.Context, t task.Task, id string, n int) (engine.Shot, error) {
	take, err := g.cfg.Store.Task(ctx, id)
	gone := errors.Is(err, store.ErrNotFound) || err == nil && (take.Deleted || take.Account != t.Account)
	if err != nil && !gone {
		return engine.Shot{}, err
	}
	_, video, ok := take.FirstFile(task.Video)
	switch {
	case gone, take.State == task.Succeeded && !ok:
		return engine.Shot{}, &unusableError{fmt.Sprintf("The video of shot %d was deleted.", n)}
	case !take.State.Terminal():
		return engine.Shot{}, &unfinishedError{n}
	case take.State != task.Succeeded:
		return engine.Shot{}, &unusableError{fmt.Sprintf("Shot %d has no video: its task is %s.", n, take.State)}
	}
	return engine.Shot{Task: id, Size: video.Size, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return g.cfg.Bucket.Open(ctx, video.Key, 0, -1)
	}}, nil
}

// jobMissing handles a task whose inputs can't be given to the engine now.
func (g *Gateway) jobMissing(ctx context.Context, t task.Task, err error) (Next, error) {
	var lost *missingInputError
	var unfinished *unfinishedError
	var unusable *unusableError
	switch {
	case errors.As(err, &lost):
		return g.inputMissing(ctx, t, lost)
	case errors.As(err, &unusable):
		return g.fail(ctx, t, &task.Failure{Reason: task.AssetInvalid, Text: unusable.text})
	case errors.As(err, &unfinished):
		next := t
		next.NotBefore, next.ProgressText = g.now().Add(joinRetry), unfinished.Error()
		note := next.ProgressText
		if note == t.ProgressText {
			note = "" // an event says so already
		}
		_, err := g.apply(ctx, t, next, note)
		return Next{After: joinRetry}, err
	}
	return Next{}, err
}

// wakeJoins lets the tasks that wait for a shot look again, since that has ended.
func (g *Gateway) wakeJoins(ctx context.Context, shot string) {
	for _, id := range g.joining.waitingFor(shot) {
		if err := g.wakeJoin(ctx, id); err != nil { // it looks again by itself later
			g.cfg.Log.WarnContext(ctx, "could not wake a task that waits for a shot", "task", id, "err", err)
		}
	}
}

// wakeJoin schedules a step of a task at once. If a step writes the task meanwhile, it may have looked too early, so it is woken again.
func (g *Gateway) wakeJoin(ctx context.Context, id string) error {
	for {
		t, err := g.cfg.Store.Task(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && t.State.Terminal() {
			return nil
		}
		if err != nil {
			return err
		}
		next := t
		next.NotBefore = time.Time{}
		if _, err = g.apply(ctx, t, next, "", wakeOf(t, g.lane(t))); !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}

// Render submits the video that is joined of the account's storyboard. asked has the dialect, the asset group and the priority, and
// the name unless that is the storyboard's. Errors: those of RenderRequest and Submit.
func (g *Gateway) Render(ctx context.Context, who apikey.Key, id string, asked task.Request) (task.Task, error) {
	return g.render(ctx, who, id, asked, nil)
}

func (g *Gateway) render(ctx context.Context, who apikey.Key, id string, asked task.Request, once *task.IdempotencyRecord) (task.Task, error) {
	r, err := g.RenderRequest(ctx, who, id)
	if err != nil {
		return task.Task{}, err
	}
	r.Name = cmp.Or(asked.Name, r.Name)
	r.Dialect, r.AssetGroup, r.LowPriority = asked.Dialect, asked.AssetGroup, asked.LowPriority
	return g.submit(ctx, who, r, once)
}

// NeedsShots reports whether HearShots has anything to do.
func (g *Gateway) NeedsShots(ended []store.TaskNews) bool {
	return slices.ContainsFunc(ended, func(t store.TaskNews) bool { return g.joining.waited(t.ID) })
}

// HearShots says that tasks have ended, which another process wrote: those that wait for them as their shots look again.
func (g *Gateway) HearShots(ctx context.Context, ended []store.TaskNews) {
	for _, t := range ended {
		g.wakeJoins(ctx, t.ID)
	}
}

// MissedShots says that the ends of shots may not have been heard: all tasks that wait for one look again.
func (g *Gateway) MissedShots(ctx context.Context) {
	for _, shot := range g.joining.shots() {
		g.wakeJoins(ctx, shot)
	}
}

// joining holds which tasks of this process wait for which shots. The zero value is empty.
type joining struct {
	mu    sync.Mutex
	waits map[string]map[string]bool // by the shot's task
}

// add notes that t waits for its shots.
func (j *joining) add(t task.Task) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.waits == nil {
		j.waits = map[string]map[string]bool{}
	}
	for _, s := range t.Request.Sequence.Shots {
		if j.waits[s.Task] == nil {
			j.waits[s.Task] = map[string]bool{}
		}
		j.waits[s.Task][t.ID] = true
	}
}

// remove notes that t waits no more.
func (j *joining) remove(t task.Task) {
	if t.Request.Sequence == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range t.Request.Sequence.Shots {
		delete(j.waits[s.Task], t.ID)
		if len(j.waits[s.Task]) == 0 {
			delete(j.waits, s.Task)
		}
	}
}

// waited reports whether a task waits for a shot.
func (j *joining) waited(shot string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.waits[shot]) > 0
}

// shots returns the shots that are waited for.
func (j *joining) shots() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Collect(maps.Keys(j.waits))
}

// waitingFor returns the tasks that wait for a shot, which has ended and is forgotten.
func (j *joining) waitingFor(shot string) (ids []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for id := range j.waits[shot] {
		ids = append(ids, id)
	}
	delete(j.waits, shot)
	return ids
}
