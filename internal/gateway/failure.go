package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// engineErrorOf returns err as an engine.Error, and logs it. It returns an error instead if the engine is not the cause: another
// step wrote the task, our own disk or database can't be used, or this worker is stopping.
func (g *Gateway) engineErrorOf(ctx context.Context, t task.Task, err error) (*engine.Error, error) {
	if errors.Is(err, store.ErrStale) || isUnavailable(err) {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	fault := engine.AsError(err)
	g.cfg.Log.WarnContext(ctx, "engine error", "task", t.ID, "engine", t.Engine, "class", fault.Class, "err", fault.Error())
	return fault, nil
}

// pollFailed handles an error of polling a job: it is polled again, or the task is submitted again, or the task fails.
func (g *Gateway) pollFailed(ctx context.Context, t task.Task, e engine.Engine, err error) (Next, error) {
	fault, err := g.engineErrorOf(ctx, t, err)
	if err != nil {
		return Next{}, err
	}
	switch fault.Class {
	case engine.Refused:
		return g.fail(ctx, t, fault.FailureAt(t.Engine))
	case engine.AuthError: // the operator may be about to replace the key, or has replaced it
		g.registry.Reassign(t.ID)
		return g.schedulePoll(ctx, t, fault)
	case engine.NotFound:
		return g.jobNotFound(ctx, t, e, fault)
	default:
		return g.schedulePoll(ctx, t, fault) // the job may well continue at the engine
	}
}

// jobNotFound handles a job that its engine does not find. A vendor's replica may not have a new job yet, so it is polled again
// until recentAge has passed, unless it is certain that the job is gone; then the task is submitted again if that costs nothing, or fails.
func (g *Gateway) jobNotFound(ctx context.Context, t task.Task, e engine.Engine, fault *engine.Error) (Next, error) {
	caps := e.Capabilities()
	if n := len(t.Attempts); n > 0 && caps.Lane == task.Remote && !fault.Certain {
		if left := recentAge - g.now().Sub(t.Attempts[n-1].Begun); left > 0 {
			again := *fault
			if again.RetryAfter == 0 { // the last of these polls comes when the time is over, not a minute later
				again.RetryAfter = max(min(g.backoff(t.FailedPolls+1, 0), left), minBackoff)
			}
			return g.schedulePoll(ctx, t, &again)
		}
	}
	if caps.Restartable {
		lost := fault.Failure()
		lost.Text = fmt.Sprintf("The engine %s lost the job because it or this server was restarted. It is begun %d times at most; then create the task again.", t.Engine, maxAttempts)
		return g.retryLater(ctx, t, lost, 0)
	}
	if fault.Said == "" {
		public := *fault
		public.Said = engine.Quote(fault.Detail)
		fault = &public
	}
	return g.fail(ctx, t, fault.FailureAt(t.Engine))
}

// waitForCapacity lets a task wait for which the engine has no capacity, the longer the more often that happens. It is no
// attempt, and may happen any number of times.
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
	for waited := g.now().Sub(next.WaitingSince); waited > 2*time.Second; waited /= 2 {
		times++
	}
	wait := g.backoff(times, fault.RetryAfter)
	if fault.WaitCause == engine.InFlightLimit {
		wait = max(wait, capacityRetry) // it is woken as soon as there is capacity
	}
	why := "waiting for capacity at " + t.Engine
	if fault.WaitCause == engine.MachineBusy {
		why, wait = "waiting: "+fault.Text, min(wait, machineRetry) // a submit costs nothing
	}
	next.Handle = ""
	next.NotBefore, next.ProgressText = g.now().Add(wait), why
	if n := len(next.Attempts); n > 0 && next.Attempts[n-1].Ended.IsZero() {
		next.Attempts = next.Attempts[:n-1]
	}
	note := why
	if t.ProgressText == why {
		note = "" // an event says so already
	}
	_, err := g.apply(ctx, t, next, note)
	if err == nil && fault.WaitCause == engine.InFlightLimit {
		err = g.waits.Add(ctx, g.waiter(next))
	}
	return Next{After: g.withinPatience(next, wait)}, err
}

// retryLater gives up the present job, which failed for the reason why, and lets the task be submitted again after wait, up to maxAttempts.
func (g *Gateway) retryLater(ctx context.Context, t task.Task, why *task.Failure, wait time.Duration) (Next, error) {
	if countSubmits(t) >= maxAttempts {
		return g.failOverOrFail(ctx, t, why)
	}
	next := t
	g.closeAttempt(&next, why)
	next.Handle, next.Submitting, next.FailedPolls, next.WaitingSince = "", false, 0, time.Time{}
	next.NotBefore = time.Time{}
	if wait > 0 {
		next.NotBefore = g.now().Add(wait)
	}
	if _, err := g.apply(ctx, t, next, "submitted again: "+cmp.Or(why.Detail, why.Text)); err != nil {
		return Next{}, err
	}
	if n, ok := g.registry.EngineFor(t); ok && t.Handle != "" && n.Engine.Capabilities().Restartable {
		g.cancelAtEngine(context.WithoutCancel(ctx), t, n) // else Find would return it instead of the new one
	}
	return Next{After: wait}, nil
}

// schedulePoll polls a job again after an error, a little later each time. One bad answer does not fail a task that is paid, and
// an engine that asks us to wait never does.
func (g *Gateway) schedulePoll(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	if fault.Class != engine.Overloaded {
		next.FailedPolls++
	}
	bad := fault.Reason == task.BadOutput && fault.Class != engine.NotReady // a result that is not ready may take a while
	if next.FailedPolls > maxFailedPolls || bad && next.FailedPolls > maxBadResults {
		return g.giveUp(ctx, t, fault.FailureAt(t.Engine))
	}
	wait := g.backoff(max(next.FailedPolls, 1), fault.RetryAfter)
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}

// inputMissing fails a task whose input is missing in the storage, after a few tries: a storage may be slow to show a new file.
func (g *Gateway) inputMissing(ctx context.Context, t task.Task, lost *missingInputError) (Next, error) {
	next := t
	if next.FailedPolls++; next.FailedPolls >= maxMissingInputs {
		return g.fail(ctx, t, &task.Failure{Reason: task.AssetInvalid, Detail: lost.Error(),
			Text: "The input " + lost.field + " is no longer in this server's storage. Send it again with a new request."})
	}
	wait := g.backoff(next.FailedPolls, 0)
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}

// fail ends the task as FAILED. Its job has ended or there is none.
func (g *Gateway) fail(ctx context.Context, t task.Task, f *task.Failure) (Next, error) {
	next := t
	n, _ := g.registry.EngineFor(t)
	g.end(&next, task.Failed, f)
	if err := g.writeFailure(ctx, t, next); err != nil {
		return Next{}, err
	}
	g.cleanUpAtEngine(ctx, next, n)
	return Next{Done: true}, nil
}

// giveUp ends the task as FAILED although its job may still run. The next step cancels the job.
func (g *Gateway) giveUp(ctx context.Context, t task.Task, f *task.Failure) (Next, error) {
	next := t
	g.endWithJob(&next, task.Failed, f)
	return Next{Done: !next.Cancelling}, g.writeFailure(ctx, t, next)
}

// writeFailure writes next, a task that FAILED, over t.
func (g *Gateway) writeFailure(ctx context.Context, t, next task.Task) error {
	f := next.Failure
	if _, err := g.apply(ctx, t, next, f.Text); err != nil {
		return err
	}
	g.cfg.Log.ErrorContext(ctx, "task failed", "task", t.ID, "engine", t.Engine, "handle", t.Handle, "attempts", len(next.Attempts),
		"reason", f.Reason, "cause", cause(f))
	return nil
}

// cause returns a failure's text for operators: what the caller reads, and the detail behind it.
func cause(f *task.Failure) string {
	if f.Detail == "" || f.Detail == f.Text {
		return f.Text
	}
	return f.Text + " " + f.Detail
}

// endWithJob moves t to a terminal state while an engine has, or may have, a job for it, which is then to be cancelled.
func (g *Gateway) endWithJob(t *task.Task, s task.State, f *task.Failure) {
	working, submitting := registry.HasWork(*t), t.Submitting
	g.end(t, s, f)
	t.Cancelling, t.Submitting = working, submitting
}

// end moves t to a terminal state. A failure without a text gets its reason's.
func (g *Gateway) end(t *task.Task, s task.State, f *task.Failure) {
	if f != nil && f.Text == "" {
		f.Text = f.Reason.PublicText()
	}
	t.State, t.Failure, t.Finished = s, f, g.now()
	t.Submitting, t.FailedPolls, t.ProgressText, t.NotBefore, t.WaitingSince = false, 0, "", time.Time{}, time.Time{}
	g.closeAttempt(t, f)
}

// backoff returns how long to wait before try n (from 1): the vendor's own wish if there is one, else a random part of a bound
// that doubles from two seconds, so that tasks which failed together do not come back together. It is at least minBackoff, so
// that rows are not written too often.
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
