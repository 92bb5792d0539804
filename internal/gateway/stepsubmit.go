package gateway

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// maxInDoubt is how many submits of this process may be between their markers and the records of their jobs at one engine that can't be
// asked for a job. A kill leaves no more of its tasks unconfirmed.
const maxInDoubt = 16

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
	free, err := g.takeSubmit(ctx, t, n)
	if err != nil {
		return Next{}, err
	}
	defer free()
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
	next, taken, err := g.submitJob(ctx, t, n, job)
	if taken && !served {
		g.serve(ctx, t)
	}
	if taken && wakeNext {
		g.wakeNextWaiting(context.WithoutCancel(ctx), t.Engine, false)
	}
	return next, err
}

// takeSubmit waits until the task may submit, and returns what lets the next one. Only engines that can't be asked whether they have a
// job bound their submits.
func (g *Gateway) takeSubmit(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (free func(), err error) {
	if canResolve(t, n) {
		return func() {}, nil
	}
	return g.submits.Take(ctx, g.waiter(t))
}

// submitJob submits the job, between a marker that is committed right before the call and the record of what has come of it. taken
// says that the engine has a job.
func (g *Gateway) submitJob(ctx context.Context, t task.Task, n registry.ConfiguredEngine, job engine.Job) (step Next, taken bool, err error) {
	next := g.withMarker(t)
	var begun bool
	var unwritten error
	sub, done, err := engine.Submit(ctx, n.Engine, job, func(ctx context.Context) error {
		next = g.withMarker(t) // begins now, and not when it began to wait for the call
		next.Version, unwritten = g.writeMarker(ctx, t, next, n)
		begun = unwritten == nil
		return unwritten
	})
	defer done()
	switch {
	case unwritten != nil:
		return Next{}, false, unwritten
	case err != nil:
		step, err = g.notSubmitted(ctx, next, n, sub, begun, err)
		return step, false, err
	}
	g.recordTries(&next, sub.Tries)
	step, err = g.submitted(ctx, next, n, sub.Handle)
	return step, true, err
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
		g.traceWait(ctx, t)
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
