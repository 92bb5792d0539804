package dialect

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	beatEvery  = 15 * time.Second // between two beats: clients and proxies give up on a silent answer
	awaitPause = time.Second      // after a read that failed
)

// Why AwaitEnd returns before the end of a task.
var (
	ErrWaited   = errors.New("dialect: the task has not ended within the limit")
	ErrStopping = errors.New("dialect: the server ends")
)

// Waiting says how a call waits for the end of its task.
type Waiting struct {
	Limit    time.Duration   // after which the task goes on without the call
	Stopping <-chan struct{} // closed when the server ends; nil = never
	// Changed is called with the task each time that it was read; nil = nothing is. A change in the moment between two reads may be
	// told at the next one, 15 seconds later at most; the end is told at once.
	Changed func(task.Task)
	Beat    func() // called every 15 seconds; nil = nothing is
}

// AwaitEnd returns the task once it has ended. The error says why it returns the task as it is: ErrWaited, ErrStopping, or that of
// the context. A task that can't be read is as it was: the database may be back later.
func AwaitEnd(caller context.Context, from TaskReader, who apikey.Key, t task.Task, w Waiting) (task.Task, error) {
	ctx, cancel := context.WithTimeout(caller, w.Limit)
	defer cancel()
	for beat := time.Now().Add(beatEvery); !t.State.Terminal(); {
		now, err := from.Await(ctx, who, t.ID, time.Until(beat))
		if err == nil {
			if t = now; w.Changed != nil {
				w.Changed(t)
			}
		}
		switch {
		case t.State.Terminal():
			return t, nil
		case caller.Err() != nil:
			return t, caller.Err()
		case ctx.Err() != nil:
			return t, ErrWaited
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-w.Stopping:
			case <-time.After(awaitPause):
			}
		}
		select {
		case <-w.Stopping: // Await has returned because of it
			return t, ErrStopping
		default:
		}
		if !time.Now().Before(beat) {
			if beat = time.Now().Add(beatEvery); w.Beat != nil {
				w.Beat()
			}
		}
	}
	return t, nil
}
