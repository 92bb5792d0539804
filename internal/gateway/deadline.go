package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// overdueTime is how long the last step of a task may take after its deadline: it polls whether the job was finished in time,
// and copies the result.
const overdueTime = 20 * time.Second

// stepBeforeDeadline does one step of a task that has not ended. At the deadline the step's context ends, and the task is ended.
// With an error it returns the time until the deadline, if there is one.
func (g *Gateway) stepBeforeDeadline(ctx context.Context, t task.Task, step func(context.Context) (Next, error)) (Next, error) {
	if t.Deadline.IsZero() {
		return step(ctx)
	}
	left := t.Deadline.Sub(g.now())
	if left <= 0 {
		return g.failOverdue(ctx, t)
	}
	limited, stop := context.WithTimeout(ctx, left)
	defer stop()
	next, err := step(limited)
	switch {
	case err == nil || errors.Is(err, store.ErrStale) || ctx.Err() != nil:
		return g.capAtDeadline(t, next), err
	case limited.Err() == nil && g.now().Before(t.Deadline):
		return Next{After: t.Deadline.Sub(g.now())}, err
	}
	now, readErr := g.cfg.Store.Task(ctx, t.ID) // the step may have written it
	switch {
	case errors.Is(readErr, store.ErrNotFound):
		return Next{Done: true}, nil
	case readErr != nil:
		return Next{}, errors.Join(err, readErr)
	case now.State.Terminal() || !now.Deadline.Equal(t.Deadline): // it has ended, or has another engine with another deadline
		return Next{}, nil
	}
	return g.failOverdue(ctx, now)
}

// capAtDeadline makes the next step come no later than the task's deadline.
func (g *Gateway) capAtDeadline(t task.Task, next Next) Next {
	if !t.Deadline.IsZero() && !next.Done {
		next.After = min(next.After, max(t.Deadline.Sub(g.now()), 0))
	}
	return next
}

// failOverdue fails a task whose deadline has passed, and cancels its job. But a job that was finished in time is ingested, if
// that can be done now.
func (g *Gateway) failOverdue(ctx context.Context, t task.Task) (Next, error) {
	n, _ := g.registry.EngineFor(t)
	limited, stop := context.WithTimeout(ctx, overdueTime)
	defer stop()
	detail := ""
	if t.Handle != "" && n.Engine != nil {
		st, err := n.Engine.Poll(limited, t.Handle)
		if err == nil && st.State == task.Succeeded {
			var next Next
			if next, err = g.ingest(limited, t, n.Engine, st); err == nil || errors.Is(err, store.ErrStale) {
				return next, err
			}
		}
		if err != nil {
			detail = err.Error()
		}
	}
	if finder, ok := n.Engine.(engine.Finder); ok && t.Submitting {
		if handle, err := finder.Find(limited, t.ID); err == nil {
			t.Handle = handle // so that it can be cancelled
		}
	}
	if ctx.Err() != nil {
		return Next{}, ctx.Err()
	}
	return g.giveUp(ctx, t, &task.Failure{
		Reason: task.Overdue, Detail: detail,
		Text: fmt.Sprintf("The task did not end by its deadline, %v after it was created. Try again later.", t.Deadline.Sub(t.Created)),
	})
}

// deadlineWake returns the wake that ends a task at its deadline if it still waits for a local worker then. Tasks of other
// engines need none: their steps do not wait for a worker.
func deadlineWake(t task.Task, c registry.Choice) []task.Wake {
	if t.Deadline.IsZero() || c.Engine.Capabilities().Lane != task.Local {
		return nil
	}
	return []task.Wake{{Task: t.ID, At: t.Deadline, Lane: task.Remote}}
}
