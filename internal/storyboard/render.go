package storyboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// RenderRequest returns the request of the video that is joined of a storyboard as it is now. Shots that have not ended are waited
// for. Conflict, with the first shot at fault, if there is no shot, if a chosen take has no video and never will, or if the video
// would be longer than task.MaxJoined. NotFound as Storyboard.
func (b *Boards) RenderRequest(ctx context.Context, who apikey.Key, id string) (task.Request, error) {
	board, err := b.Storyboard(ctx, who, id)
	if err != nil {
		return task.Request{}, err
	}
	if len(board.Shots) == 0 {
		return task.Request{}, conflict("The storyboard has no shots.")
	}
	sequence := task.Sequence{Storyboard: board.ID, Width: board.Width, Height: board.Height, FrameRate: board.FrameRate}
	length := time.Duration(0)
	for i, s := range board.Shots {
		one, err := b.shotLength(ctx, who, s, i+1)
		if err != nil {
			return task.Request{}, err
		}
		if i > 0 {
			one -= s.Transition.Duration
		}
		length += max(one, 0)
		sequence.Shots = append(sequence.Shots, task.CutShot{Task: s.Take, Transition: s.Transition, Trim: s.Trim})
	}
	if length > task.MaxJoined {
		return task.Request{}, conflict("The video would be %v long; at most %v are possible.", length.Round(time.Second), task.MaxJoined)
	}
	return task.Request{Model: task.SequenceModel, Name: board.Name, Seconds: max(int(math.Round(length.Seconds())), 1), Sequence: &sequence}, nil
}

// shotLength returns how long the n-th shot is, dissolves included. That of a take which has not ended is what was asked for.
func (b *Boards) shotLength(ctx context.Context, who apikey.Key, s task.Shot, n int) (time.Duration, error) {
	t, err := b.cfg.Tasks.CachedTask(ctx, s.Take)
	gone := errors.Is(err, store.ErrNotFound) || err == nil && (t.Deleted || t.Account != who.Account)
	if err != nil && !gone {
		return 0, err
	}
	a, _, ok := t.FirstFile(task.Video)
	switch {
	case gone, t.State == task.Succeeded && !ok:
		return 0, conflict("The video of shot %d was deleted: choose another take.", n)
	case t.State.Terminal() && t.State != task.Succeeded:
		return 0, conflict("Shot %d has no video, since its task is %s: choose another take.", n, t.State)
	case t.State != task.Succeeded:
		return s.Trim.Length(time.Duration(t.Request.Seconds) * time.Second), nil
	}
	length := s.Trim.Length(a.Duration)
	if length == 0 {
		return 0, conflict("Shot %d begins at %v, and its video is only %v long: trim it less.", n, s.Trim.Start, a.Duration.Round(time.Millisecond))
	}
	return length, nil
}

func conflict(format string, a ...any) error {
	return &task.Error{Code: task.Conflict, Detail: fmt.Sprintf(format, a...)}
}
