package dialecttest

import (
	"context"
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// CreateStoryboard stores a storyboard with the id 50000000-0000-4000-8000-00000000000n, n counting from 1.
func (g *Gateway) CreateStoryboard(_ context.Context, who apikey.Key, e task.StoryboardEdit) (task.Storyboard, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := edited(task.Storyboard{ID: fmt.Sprintf("50000000-0000-4000-8000-%012d", len(g.Boards)+1), Account: who.Account, Created: g.Time}, e)
	b.Updated, b.Version = g.Time, 1
	g.Boards = append(g.Boards, b)
	return b, nil
}

// CreateStoryboardOnce creates a storyboard, or returns the one that was created for the idempotency key before.
func (g *Gateway) CreateStoryboardOnce(ctx context.Context, who apikey.Key, key, fingerprint string, edit func() (task.StoryboardEdit, error)) (b task.Storyboard, replayed bool, err error) {
	t, replayed, err := g.under(who, key, fingerprint, func() (task.Task, error) {
		e, err := edit()
		if err != nil {
			return task.Task{}, err
		}
		b, err := g.CreateStoryboard(ctx, who, e)
		return task.Task{ID: b.ID}, err
	})
	if err != nil {
		return b, false, err
	}
	b, err = g.Storyboard(ctx, who, t.ID)
	return b, replayed, err
}

// edited returns a storyboard with an edit. A new shot has the id 60000000-0000-4000-8000-00000000000n, n being its place from 1.
func edited(b task.Storyboard, e task.StoryboardEdit) task.Storyboard {
	if e.Name != nil {
		b.Name = *e.Name
	}
	for _, n := range []struct{ to, from *int }{{&b.Width, e.Width}, {&b.Height, e.Height}, {&b.FrameRate, e.FrameRate}} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	if e.Shots == nil {
		return b
	}
	old := b
	b.Shots = nil
	for i, one := range e.Shots {
		s := task.Shot{ID: fmt.Sprintf("60000000-0000-4000-8000-%012d", i+1), Transition: task.Transition{Type: task.Cut}}
		if at := old.Find(one.ID); at >= 0 {
			s = old.Shots[at]
		}
		for _, id := range one.Add {
			s.Takes, s.Take = append(slices.Clone(s.Takes), id), id
		}
		if slices.Contains(s.Takes, one.Take) {
			s.Take = one.Take
		}
		if one.Transition != nil {
			s.Transition = *one.Transition
		}
		if one.Trim != nil {
			s.Trim = *one.Trim
		}
		b.Shots = append(b.Shots, s)
	}
	return b
}

// Storyboard returns a storyboard of the account.
func (g *Gateway) Storyboard(_ context.Context, who apikey.Key, id string) (task.Storyboard, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.Boards {
		if b.ID == id && b.Account == who.Account {
			return b, nil
		}
	}
	return task.Storyboard{}, &task.Error{Code: task.NotFound, Detail: "There is no storyboard with this id."}
}

// Storyboards lists the account's storyboards, newest first. Of q, it uses the cursor and the limit.
func (g *Gateway) Storyboards(_ context.Context, who apikey.Key, q task.StoryboardQuery) ([]task.Storyboard, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []task.Storyboard
	for _, b := range g.Boards {
		if b.Account == who.Account && after(q.After, b.Created, b.ID) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b task.Storyboard) int { return newer(a.Created, b.Created, a.ID, b.ID) })
	return out[:min(len(out), q.Limit)], nil
}

// EditStoryboard changes a storyboard of that version, or of any if version is 0.
func (g *Gateway) EditStoryboard(ctx context.Context, who apikey.Key, id string, version int64, e task.StoryboardEdit) (task.Storyboard, error) {
	b, err := g.Storyboard(ctx, who, id)
	if err == nil && version != 0 && version != b.Version {
		err = &task.Error{Code: task.Changed, Detail: "The storyboard has another version."}
	}
	if err != nil {
		return task.Storyboard{}, err
	}
	b = edited(b, e)
	b.Version++
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Boards[slices.IndexFunc(g.Boards, func(one task.Storyboard) bool { return one.ID == id })] = b
	return b, nil
}

// DeleteStoryboard deletes a storyboard of that version, or of any if version is 0.
func (g *Gateway) DeleteStoryboard(ctx context.Context, who apikey.Key, id string, version int64) error {
	if _, err := g.EditStoryboard(ctx, who, id, version, task.StoryboardEdit{}); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Boards = slices.DeleteFunc(g.Boards, func(b task.Storyboard) bool { return b.ID == id })
	return nil
}

// Render submits a request of the storyboard's shots. Conflict if it has none.
func (g *Gateway) Render(ctx context.Context, who apikey.Key, id string, asked task.Request) (task.Task, error) {
	b, err := g.Storyboard(ctx, who, id)
	if err == nil && len(b.Shots) == 0 {
		err = &task.Error{Code: task.Conflict, Detail: "The storyboard has no shots."}
	}
	if err != nil {
		return task.Task{}, err
	}
	r := asked
	r.Model, r.Seconds, r.Sequence = task.SequenceModel, 1, &task.Sequence{Storyboard: b.ID}
	if r.Name == "" {
		r.Name = b.Name
	}
	for _, s := range b.Shots {
		r.Sequence.Shots = append(r.Sequence.Shots, task.CutShot{Task: s.Take, Transition: s.Transition, Trim: s.Trim})
	}
	return g.Submit(ctx, who, r)
}

// RenderOnce renders with an idempotency key, as Render does.
func (g *Gateway) RenderOnce(ctx context.Context, who apikey.Key, id string, asked task.Request, key, fingerprint string) (task.Task, bool, error) {
	return g.under(who, key, fingerprint, func() (task.Task, error) { return g.Render(ctx, who, id, asked) })
}

// ContactSheet returns a text instead of a sheet.
func (g *Gateway) ContactSheet(ctx context.Context, who apikey.Key, id, format string) ([]byte, error) {
	b, err := g.Storyboard(ctx, who, id)
	return []byte(format + " of " + b.Name), err
}

// AddTake adds a take to a shot and chooses it.
func (g *Gateway) AddTake(ctx context.Context, who apikey.Key, id, shot, take string) (task.Storyboard, error) {
	b, err := g.Storyboard(ctx, who, id)
	if err != nil {
		return b, err
	}
	at := b.Find(shot)
	if at < 0 {
		return b, &task.Error{Code: task.NotFound, Detail: "The storyboard has no shot with this id."}
	}
	e := task.StoryboardEdit{}
	for _, s := range b.Shots {
		e.Shots = append(e.Shots, task.ShotEdit{ID: s.ID})
	}
	e.Shots[at].Add = []string{take}
	return g.EditStoryboard(ctx, who, id, 0, e)
}
