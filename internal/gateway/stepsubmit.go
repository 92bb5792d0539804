package gateway

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// stepSubmit submits the task to the engine. A "submitting" marker is committed right before the call, so that the next step sees a
// crash between the engine's answer and our commit. A submit that a limit or the breaker refuses leaves none.
func (g *Gateway) stepSubmit(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (Next, error) {
	if g.unsent.has(t) {
		t = withoutMarker(t)
	}
	if t.Submitting {
		next, again, err := g.confirm(ctx, &t, n)
		if !again || err != nil {
			return next, err
		}
	}
	may, err := g.waits.MayTry(ctx, g.waiter(t))
	if err != nil {
		return Next{}, err
	}
	if !may {
		return g.waitForTurn(ctx, t, n)
	}
	job, err := g.job(ctx, t, n)
	if err != nil {
		return g.jobMissing(ctx, t, err)
	}
	wakeNext, served, err := g.tries(ctx, t)
	if err != nil {
		return Next{}, err
	}
	next := g.withMarker(t)
	var begun bool
	var unwritten error
	sub, err := engine.Submit(ctx, n.Engine, job, func(ctx context.Context) error {
		next = g.withMarker(t) // begins now, and not when it began to wait for the call
		next.Version, unwritten = g.writeMarker(ctx, t, next, n)
		begun = unwritten == nil
		return unwritten
	})
	switch {
	case unwritten != nil:
		return Next{}, unwritten
	case err != nil:
		return g.notSubmitted(ctx, next, n, sub, begun, err)
	}
	g.recordTries(&next, sub.Tries)
	if !served {
		g.serve(ctx, t)
	}
	if wakeNext {
		g.wakeNextWaiting(context.WithoutCancel(ctx), t.Engine, false)
	}
	return g.submitted(ctx, next, n, sub.Handle)
}

// withMarker returns t with the "submitting" marker of a submit that begins now.
func (g *Gateway) withMarker(t task.Task) task.Task {
	t.Submitting, t.FailedPolls = true, 0
	t.Attempts = append(t.Attempts[:len(t.Attempts):len(t.Attempts)], g.newAttempt(t))
	return t
}

// writeMarker writes next, which is t with its marker, and returns the version written.
func (g *Gateway) writeMarker(ctx context.Context, t, next task.Task, n registry.ConfiguredEngine) (int64, error) {
	g.registry.Release(t.ID) // from the previous engine
	g.registry.Assign(t.ID, n)
	version, err := g.apply(ctx, t, next, "")
	switch {
	case err == nil:
		g.unsent.remove(t.ID)
	case !errors.Is(err, store.ErrStale): // it may have been written all the same
		g.unsent.add(t.ID, markerOf(next))
	}
	return version, err
}

// notSubmitted handles a submit that failed. t has its marker, which the database has only if begun is set; what is written clears it
// if the engine certainly has no job.
func (g *Gateway) notSubmitted(ctx context.Context, t task.Task, n registry.ConfiguredEngine, sub engine.Submission, begun bool, failed error) (Next, error) {
	m := markerOf(t)
	g.recordTries(&t, sub.Tries)
	next, err := g.submitFailed(ctx, t, n, failed)
	if err != nil && begun && !engine.AsError(failed).Unconfirmed {
		g.unsent.add(t.ID, m)
	}
	return next, err
}
