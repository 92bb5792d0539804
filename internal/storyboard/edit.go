package storyboard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// edit is an edit in the making.
type edit struct {
	*Boards
	old    task.Storyboard
	errors []task.FieldError
}

// apply returns the storyboard with the edit. Invalid, with every field at fault, if it can't be made.
func (b *Boards) apply(ctx context.Context, old task.Storyboard, e task.StoryboardEdit) (task.Storyboard, error) {
	next, in := old, edit{Boards: b, old: old}
	set(&next.Name, e.Name)
	set(&next.Width, e.Width)
	set(&next.Height, e.Height)
	set(&next.FrameRate, e.FrameRate)
	if e.Shots != nil {
		next.Shots = nil
	}
	for i, one := range e.Shots {
		shot, err := in.shot(ctx, one, fmt.Sprintf("shots/%d/", i))
		if err != nil {
			return task.Storyboard{}, err
		}
		if slices.ContainsFunc(next.Shots, func(s task.Shot) bool { return s.ID == shot.ID && one.ID != "" }) {
			in.fault(fmt.Sprintf("shots/%d/id", i), "is listed twice")
		}
		next.Shots = append(next.Shots, shot)
	}
	switch n := len(in.errors); n {
	case 0:
		return next, nil
	case 1:
		return task.Storyboard{}, &task.Error{Code: task.Invalid, Detail: "One field is not valid.", Fields: in.errors}
	default:
		return task.Storyboard{}, &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("%d fields are not valid.", n), Fields: in.errors}
	}
}

// set replaces a value by that of an edit, unless that is nil.
func set[T any](value, edited *T) {
	if edited != nil {
		*value = *edited
	}
}

// fault records what is wrong with a field.
func (e *edit) fault(field, format string, a ...any) {
	e.errors = append(e.errors, task.FieldError{Field: field, Detail: fmt.Sprintf(format, a...)})
}

// shot returns a shot as the edit has it. at is the path of its fields. What is wrong is recorded.
func (e *edit) shot(ctx context.Context, one task.ShotEdit, at string) (s task.Shot, err error) {
	s.Transition.Type = task.Cut
	if one.ID != "" {
		i := e.old.Find(one.ID)
		if i < 0 {
			e.fault(at+"id", "%q is no shot of this storyboard", task.Excerpt(one.ID))
			return s, nil
		}
		s = e.old.Shots[i]
	} else if s.ID, err = e.newID(); err != nil {
		return s, err
	}
	s.Takes = slices.Clone(s.Takes)
	for _, id := range one.Add {
		if err := e.addTake(ctx, &s, id, at); err != nil {
			return s, err
		}
	}
	if one.Take != "" {
		if !slices.Contains(s.Takes, one.Take) {
			e.fault(at+"take", "%q is no take of this shot", task.Excerpt(one.Take))
		}
		s.Take = one.Take
	}
	set(&s.Transition, one.Transition)
	set(&s.Trim, one.Trim)
	if s.Trim.End > 0 && s.Trim.End <= s.Trim.Start {
		e.fault(at+"trim/end", "must be above start, or 0 for the end of the take")
	}
	return s, nil
}

// addTake adds a task to the takes of a shot, unless it is one, and chooses it.
func (e *edit) addTake(ctx context.Context, s *task.Shot, id, at string) error {
	t, err := e.cfg.Tasks.CachedTask(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && (t.Account != e.old.Account || t.Deleted):
		e.fault(at+"task", "%q is no task of this account", task.Excerpt(id))
		return nil
	case err != nil:
		return err
	}
	if !slices.Contains(s.Takes, id) {
		s.Takes = append(s.Takes, id)
	}
	if len(s.Takes) > task.MaxTakes {
		e.fault(at+"task", "is one take too many: a shot has at most %d", task.MaxTakes)
	}
	s.Take = id
	return nil
}
