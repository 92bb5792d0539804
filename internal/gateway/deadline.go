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

// limit is when a task must have ended. The zero time is never.
type limit struct {
	at  time.Time
	job time.Duration // how long the engine may take for a job, if the limit is that of the job; 0 = it is the task's deadline
}

// text returns the public text of the failure of a task that has not ended by its limit.
func (l limit) text(t task.Task) string {
	if l.job > 0 {
		return fmt.Sprintf("The engine did not finish its work within %v. Try again later.", l.job)
	}
	return fmt.Sprintf("The task did not end by its deadline, %v after it was created. Try again later.", t.Deadline.Sub(t.Created))
}

// limitOf returns the earlier one of the task's deadline and that of its present job.
func limitOf(t task.Task, n registry.ConfiguredEngine) limit {
	l := limit{at: t.Deadline}
	last := len(t.Attempts) - 1
	if n.JobDeadline <= 0 || t.Handle == "" || last < 0 {
		return l
	}
	if at := t.Attempts[last].Begun.Add(n.JobDeadline); l.at.IsZero() || at.Before(l.at) {
		l = limit{at, n.JobDeadline}
	}
	return l
}

// stepBeforeDeadline does one step of a task that has not ended. At the task's limit the step's context ends, and the task is
// ended. With an error it returns the time until the limit, if there is one.
func (g *Gateway) stepBeforeDeadline(ctx context.Context, t task.Task, n registry.ConfiguredEngine, step func(context.Context) (Next, error)) (Next, error) {
	l := limitOf(t, n)
	if l.at.IsZero() {
		return step(ctx)
	}
	left := l.at.Sub(g.now())
	if left <= 0 {
		return g.failOverdue(ctx, t, l)
	}
	limited, stop := context.WithTimeout(ctx, left)
	defer stop()
	next, err := step(limited)
	switch {
	case err == nil || errors.Is(err, store.ErrStale) || ctx.Err() != nil:
		return g.capAt(l, next), err
	case limited.Err() == nil && g.now().Before(l.at):
		return Next{After: l.at.Sub(g.now())}, err
	}
	now, readErr := g.cfg.Store.Task(ctx, t.ID) // the step may have written it
	switch {
	case errors.Is(readErr, store.ErrNotFound):
		return Next{Done: true}, nil
	case readErr != nil:
		return Next{}, errors.Join(err, readErr)
	}
	// It may have ended, or have another engine or job with another limit, or the clock was set forward.
	if its, _ := g.registry.EngineFor(now); now.State.Terminal() || !limitOf(now, its).at.Equal(l.at) || g.jumps.since(now.Updated) > 0 {
		return Next{}, nil
	}
	return g.failOverdue(ctx, now, l)
}

// capAt makes the next step come no later than the limit.
func (g *Gateway) capAt(l limit, next Next) Next {
	if !next.Done {
		next.After = min(next.After, max(l.at.Sub(g.now()), 0))
	}
	return next
}

// failOverdue fails a task whose limit has passed, and cancels its job. But a job that was finished in time
// is ingested, if that can be done now; if the limit is only the job's, as if it had not passed.
func (g *Gateway) failOverdue(ctx context.Context, t task.Task, l limit) (Next, error) {
	n, _ := g.registry.EngineFor(t)
	limited, stop := context.WithTimeout(ctx, overdueTime)
	defer stop()
	detail := ""
	if t.Handle != "" && n.Engine != nil {
		st, err := n.Engine.Poll(limited, t.Handle)
		if err == nil && st.State == task.Succeeded {
			if l.job > 0 {
				return g.ingestByDeadline(ctx, t, n.Engine, st)
			}
			var next Next
			if next, err = g.ingest(limited, t, n.Engine, st); err == nil || errors.Is(err, store.ErrStale) {
				return next, err
			}
		}
		if err != nil {
			detail = err.Error()
		}
	}
	if finder := finderOf(t, n); finder != nil && t.Submitting {
		if handle, err := finder.Find(limited, t.ID); err == nil {
			t.Handle = handle // so that it can be cancelled
		}
	}
	if ctx.Err() != nil {
		return Next{}, ctx.Err()
	}
	return g.giveUp(ctx, t, &task.Failure{Reason: task.Overdue, Detail: detail, Text: l.text(t)})
}

// ingestByDeadline ingests the result of a job which its engine has finished, by the task's deadline.
func (g *Gateway) ingestByDeadline(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	if t.Deadline.IsZero() {
		return g.ingestOrRetry(ctx, t, e, st)
	}
	limited, stop := context.WithTimeout(ctx, t.Deadline.Sub(g.now()))
	defer stop()
	next, err := g.ingestOrRetry(limited, t, e, st)
	return g.capAt(limit{at: t.Deadline}, next), err
}

// deadlineWake returns the wake that ends a task at its deadline if it still waits for a local worker then. Tasks of other
// engines need none: their steps do not wait for a worker.
func deadlineWake(t task.Task, lane task.Lane) []task.Wake {
	if t.Deadline.IsZero() || lane != task.Local {
		return nil
	}
	return []task.Wake{{Task: t.ID, At: t.Deadline, Lane: task.Remote}}
}
