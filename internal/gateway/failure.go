package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// engineErrorOf sorts what went wrong with a task's engine, and logs it. An error means that the engine did nothing wrong: another
// step wrote the task, our own disk or database can't be used, or this worker is stopping.
func (g *Gateway) engineErrorOf(ctx context.Context, t task.Task, err error) (*engine.Error, error) {
	if errors.Is(err, store.ErrStale) || isUnavailable(err) {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	fault := engine.AsError(err)
	g.cfg.Log.WarnContext(ctx, "engine fault", "task", t.ID, "engine", t.Engine, "class", fault.Class, "err", fault.Error())
	return fault, nil
}

// pollFailed writes what an error about work that an engine has means for the task: the engine is asked again, or the work
// is made anew, or the task fails.
func (g *Gateway) pollFailed(ctx context.Context, t task.Task, e engine.Engine, err error) (Next, error) {
	fault, err := g.engineErrorOf(ctx, t, err)
	if err != nil {
		return Next{}, err
	}
	switch fault.Class {
	case engine.Refused:
		return g.fail(ctx, t, fault.Failure())
	case engine.AuthError: // the operator may be about to mend it, or has, with another key
		g.registry.Reassign(t.ID)
		return g.schedulePoll(ctx, t, fault)
	case engine.NotFound:
		return g.jobNotFound(ctx, t, e, fault)
	default:
		return g.schedulePoll(ctx, t, fault) // the work may well go on where we can't see it
	}
}

// jobNotFound acts on work that its engine does not know. What a vendor has just taken may not be known yet to the machine of his that
// answers, so it is asked again for a moment; then the work is made anew where that costs nothing, or the task fails.
func (g *Gateway) jobNotFound(ctx context.Context, t task.Task, e engine.Engine, fault *engine.Error) (Next, error) {
	caps := e.Capabilities()
	if n := len(t.Attempts); n > 0 && caps.Lane == task.Remote && g.now().Sub(t.Attempts[n-1].Begun) < recentAge {
		return g.schedulePoll(ctx, t, fault)
	}
	if fault.Text == "" && fault.Detail != "" {
		said := *fault
		said.Text = "The engine does not know the work that it had taken: " + fault.Detail + "."
		fault = &said
	}
	if caps.Restartable {
		return g.retryLater(ctx, t, fault, 0)
	}
	return g.fail(ctx, t, fault.Failure())
}

// hold keeps a task that the engine has no room for, the longer it was held the longer. Being told to wait is no attempt: it
// costs nothing and may happen any number of times.
func (g *Gateway) waitForCapacity(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	next.Submitting = false
	if t.State.CanMoveTo(task.Throttled) {
		next.State = task.Throttled
	}
	if next.WaitingSince.IsZero() {
		next.WaitingSince = g.now()
	}
	times := 1
	for held := g.now().Sub(next.WaitingSince); held > 2*time.Second; held /= 2 {
		times++
	}
	wait := g.backoff(times, fault.RetryAfter)
	if fault.WaitCause == engine.InFlightLimit {
		wait = max(wait, capacityRetry) // it is woken as soon as there is room
	}
	why := "waits for room at the engine"
	if fault.WaitCause == engine.MachineBusy {
		why, wait = "waits: "+fault.Text, min(wait, machineRetry) // asking costs nothing
	}
	next.Handle = ""
	next.NotBefore, next.ProgressText = g.now().Add(wait), why
	if n := len(next.Attempts); n > 0 && next.Attempts[n-1].Ended.IsZero() {
		next.Attempts = next.Attempts[:n-1]
	}
	note := "held: " + why
	if t.ProgressText == why {
		note = "" // it was said
	}
	_, err := g.apply(ctx, t, next, note)
	if err == nil && fault.WaitCause == engine.InFlightLimit {
		g.registry.AddWaiting(next)
	}
	return Next{After: wait}, err
}

// retryLater gives up the present work and has the task made anew after wait, up to maxAttempts.
func (g *Gateway) retryLater(ctx context.Context, t task.Task, fault *engine.Error, wait time.Duration) (Next, error) {
	if countSubmits(t) >= maxAttempts {
		return g.fail(ctx, t, fault.Failure())
	}
	next := t
	g.closeAttempt(&next, fault.Failure())
	next.Handle, next.Submitting, next.PollFaults, next.WaitingSince = "", false, 0, time.Time{}
	next.NotBefore = time.Time{}
	if wait > 0 {
		next.NotBefore = g.now().Add(wait)
	}
	if _, err := g.apply(ctx, t, next, "made anew: "+fault.Error()); err != nil {
		return Next{}, err
	}
	if n, ok := g.registry.EngineFor(t); ok && t.Handle != "" && n.Engine.Capabilities().Restartable {
		g.cancelAtEngine(context.WithoutCancel(ctx), t, n) // else it would be found, and taken for the new
	}
	return Next{After: wait}, nil
}

// schedulePoll asks a submitted task's engine once more, a little later each time. A paid task is not failed because of one
// answer that makes no sense, and not at all because of an engine that asks for patience.
func (g *Gateway) schedulePoll(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	if fault.Class != engine.Overloaded {
		next.PollFaults++
	}
	bad := fault.Reason == task.BadOutput && fault.Class != engine.NotReady // what is not ready may take a while
	if next.PollFaults > maxPollFaults || bad && next.PollFaults > maxBadResults {
		return g.fail(ctx, t, fault.Failure())
	}
	wait := g.backoff(max(next.PollFaults, 1), fault.RetryAfter)
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}

// inputMissing fails a task whose input is gone from the storage, after a few looks: a storage may be slow to show what it has.
func (g *Gateway) inputMissing(ctx context.Context, t task.Task, lost *missingInputError) (Next, error) {
	next := t
	if next.PollFaults++; next.PollFaults >= maxMissingInputs {
		return g.fail(ctx, t, &task.Failure{Reason: task.AssetInvalid, Detail: lost.Error(),
			Text: "The input " + lost.field + " is no longer in this server's storage. Send it again with a new request."})
	}
	wait := g.backoff(next.PollFaults, 0)
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}

// fail ends the task FAILED.
func (g *Gateway) fail(ctx context.Context, t task.Task, f *task.Failure) (Next, error) {
	if f.Text == "" {
		f.Text = f.Reason.PublicText()
	}
	next := t
	n, _ := g.registry.EngineFor(t)
	g.end(&next, task.Failed, f)
	_, err := g.apply(ctx, t, next, f.Text)
	if err != nil {
		return Next{}, err
	}
	g.cfg.Log.ErrorContext(ctx, "task failed", "task", t.ID, "engine", t.Engine, "handle", t.Handle, "attempts", len(next.Attempts),
		"reason", f.Reason, "cause", cause(f))
	g.cancelAtEngine(context.WithoutCancel(ctx), next, n)
	return Next{Done: true}, nil
}

// cause is what an operator is to know of a failure: what the caller is told, and what stands behind it.
func cause(f *task.Failure) string {
	if f.Detail == "" || f.Detail == f.Text {
		return f.Text
	}
	return f.Text + " " + f.Detail
}

// end moves t to a terminal state.
func (g *Gateway) end(t *task.Task, s task.State, f *task.Failure) {
	t.State, t.Failure, t.Finished = s, f, g.now()
	t.Submitting, t.PollFaults, t.ProgressText, t.NotBefore, t.WaitingSince = false, 0, "", time.Time{}, time.Time{}
	g.closeAttempt(t, f)
}

// backoff is how long to wait before try n (from 1): a random part of a bound that doubles from two seconds, so that tasks
// which failed together do not come back together; but the vendor's own wish to the letter, and never so short a time that
// rows are written for nothing.
func (g *Gateway) backoff(n int, wish time.Duration) time.Duration {
	if wish > 0 {
		return wish
	}
	ceiling := min(time.Second<<min(n, 10), maxBackoff)
	seed, err := g.randomSeed()
	if err != nil {
		return ceiling
	}
	return max(time.Duration(float64(ceiling)*float64(seed)/float64(1<<32)), minBackoff).Truncate(time.Millisecond)
}
