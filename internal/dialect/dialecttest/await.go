package dialecttest

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Awaiting is a Gateway whose Await waits. Use it in a testing/synctest bubble, where no time passes.
type Awaiting struct {
	*Gateway
	Before func(n int) // called before each wait, with its number from 1; it may change the task. nil = nothing is
	Broken error       // of every wait without a change; nil = none
	waits  int
}

// Await implements dialect.TaskReader: it returns the task that Before has changed, or waits for the limit. One call at a time.
func (a *Awaiting) Await(ctx context.Context, who apikey.Key, id string, limit time.Duration) (task.Task, error) {
	before, err := a.Read(ctx, who, id)
	if err != nil || before.State.Terminal() {
		return before, err
	}
	if a.waits++; a.Before != nil {
		a.Before(a.waits)
	}
	if now, err := a.Read(ctx, who, id); err != nil || now.Version != before.Version {
		return now, err
	}
	if a.Broken != nil {
		return task.Task{}, a.Broken
	}
	select {
	case <-time.After(limit):
		return before, nil
	case <-ctx.Done():
		return task.Task{}, ctx.Err()
	}
}
