package gateway

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	progressEvery     = 500 * time.Millisecond // shortest time between two writes of one row for progress
	progressPerSecond = 100                    // rows written only for progress, of all tasks: with thousands of tasks, each is written less often
	touchEvery        = time.Minute            // longest time between two writes of a waiting task's row, so that no sweep reschedules it
	maxAttempts       = 5                      // submits of a task to one engine
	maxFailedPolls    = 20                     // failed polls in a row before the task fails
	maxBadResults     = 6                      // results in a row that were no video: the next poll may give a link to one
	maxMissingInputs  = 4                      // looks for a missing input before the task fails
	maxBackoff        = time.Minute
	minBackoff        = 200 * time.Millisecond
	recentAge         = 15 * time.Second // how long after a submit the engine may not find the job yet
	machineRetry      = 15 * time.Second // between two submits while a program of this machine does not work
	capacityRetry     = 15 * time.Second // between two submits of a task above an engine's own limit, which is also woken when there is capacity
	// submitPatience is how long a submit may take before the step that began it counts as dead.
	submitPatience = 2 * time.Minute
)

// Next says what a worker does after a step.
type Next struct {
	Done  bool          // the task needs no more steps
	After time.Duration // if not Done: the time until the next step

	woken bool // a task that waited for the engine was woken already
}

// Advance does one step of a task: it submits it, polls it, or ingests its result. It may run any number of times, in any
// number of processes: of steps that run at once, one is written. For an ended task it carries out pending changes of files, and cancels
// its job at the engine if that may still run.
// An error means that the step failed because of this machine (the database, the disk) or ctx, and should be repeated, no
// later than After if that is set. Errors of an engine are recorded in the task and not returned.
func (g *Gateway) Advance(ctx context.Context, id string) (Next, error) {
	t, err := g.cfg.Store.StepTask(ctx, id)
	if t.Trace != "" {
		ctx = g.cfg.Tracer.Resume(ctx, t.Trace)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && t.State.Terminal() {
		return g.stepEnded(ctx, t)
	}
	if err != nil {
		return Next{}, err
	}
	if t, err = g.rebase(ctx, t); errors.Is(err, store.ErrStale) {
		return Next{}, nil
	}
	if err != nil {
		return Next{}, err
	}
	n, known := g.registry.EngineFor(t)
	next, err := g.stepBeforeDeadline(ctx, t, n, func(ctx context.Context) (Next, error) { return g.advance(ctx, t, n, known) })
	if errors.Is(err, store.ErrStale) {
		return Next{}, nil // another step wrote the task: read it again
	}
	if err == nil && next.Done && !next.woken {
		g.wakeNextWaiting(context.WithoutCancel(ctx), t.Engine, true)
	}
	return next, err
}

// advance does one step of a task that has not ended, before its deadline.
func (g *Gateway) advance(ctx context.Context, t task.Task, n registry.ConfiguredEngine, known bool) (Next, error) {
	if !known && registry.HasWork(t) {
		return g.fail(ctx, t, engineGone(t, "Its job there can't be reached any more: create the task again."))
	}
	if !known {
		return g.reroute(ctx, t)
	}
	if next, moved, err := g.failOverIfWaitedTooLong(ctx, t, n); moved || err != nil {
		return next, err
	}
	if wait := t.NotBefore.Sub(g.now()); wait > 0 {
		return Next{After: g.withinPatience(t, wait)}, nil
	}
	step := g.stepSubmit
	if t.Handle != "" {
		g.registry.Assign(t.ID, n)
		step = func(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (Next, error) {
			return g.stepPoll(ctx, t, n.Engine)
		}
	}
	return step(ctx, t, n)
}

// stepPoll polls the engine's job and records what has changed.
func (g *Gateway) stepPoll(ctx context.Context, t task.Task, e engine.Engine) (Next, error) {
	st, err := e.Poll(ctx, t.Handle)
	if isUnavailable(err) {
		return g.waitForDisk(ctx, t, e, err)
	}
	if err != nil {
		return g.pollFailed(ctx, t, e, err)
	}
	switch st.State {
	case task.Succeeded, task.Failed, task.Cancelled:
		g.seeResult(ctx, t, st)
		g.wakeNextWaiting(context.WithoutCancel(ctx), t.Engine, true) // its job runs while this one's result is copied
		next, err := g.jobEnded(ctx, t, e, st)
		next.woken = true
		return next, err
	case task.Running, task.Pending, task.Throttled, task.Queued:
		return g.progress(ctx, t, e, st)
	default:
		return g.pollFailed(ctx, t, e, &engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable,
			Detail: fmt.Sprintf("unknown state %q", st.State)})
	}
}

// jobEnded ingests the result of a job that has ended, or handles its failure.
func (g *Gateway) jobEnded(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	switch st.State {
	case task.Succeeded:
		return g.ingestOrRetry(ctx, t, e, st)
	case task.Failed:
		return g.engineFailed(ctx, t, e, st)
	}
	next := t
	g.end(&next, task.Cancelled, nil)
	_, err := g.apply(ctx, t, next, "cancelled at the engine")
	return Next{Done: true}, err
}

// progress records the progress that a poll returned, but not more often than callers read it.
func (g *Gateway) progress(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	next, now := t, g.now()
	if st.State == task.Running && t.State != task.Running {
		next.State = task.Running
		next.Started = now
	}
	// It never decreases, and is not 1 before the file is stored. Callers see two decimals.
	next.Progress = max(t.Progress, min(math.Floor(st.Progress*100)/100, 0.99))
	next.ProgressText, next.FailedPolls = st.Text, 0
	age := now.Sub(t.Updated)
	must := next.State != t.State || next.FailedPolls != t.FailedPolls || age >= touchEvery
	changed := next.Progress != t.Progress || next.ProgressText != t.ProgressText
	if must || changed && age >= progressEvery && g.progressLimiter.AllowN(now, 1) {
		if _, err := g.apply(ctx, t, next, ""); err != nil {
			return Next{}, err
		}
	}
	return Next{After: g.interval(t, e, st)}, nil
}

// engineFailed handles a job that FAILED at the engine: it is submitted again if that may help, else to the next engine on the
// task's route. The task fails if there is none, or if others would refuse it too.
func (g *Gateway) engineFailed(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	f := st.Failure
	if f == nil {
		f = &task.Failure{Reason: task.Internal}
	}
	if e.Capabilities().Lane == task.Remote {
		f = &task.Failure{Reason: f.Reason, Text: engine.ExplainFailure(t.Engine, *f), Detail: f.Detail}
	} else if f.Text == "" {
		f = &task.Failure{Reason: f.Reason, Text: f.Reason.PublicText(), Detail: f.Detail}
	}
	if st.Credits > 0 || st.Cost > 0 {
		g.charge(&t, st)
	}
	if st.Final && f.Reason.Retryable() || f.Reason == task.VendorRefused {
		return g.failOverOrFail(ctx, t, f)
	}
	if !f.Reason.Retryable() {
		return g.fail(ctx, t, f)
	}
	if err := registry.Ready(e); err != nil { // this machine was the cause: it is no attempt, and is submitted again when the machine is ready
		return g.waitForCapacity(ctx, t, &engine.Error{Class: engine.Overloaded, WaitCause: engine.MachineBusy, Reason: f.Reason, Text: err.Error(), Detail: f.Detail})
	}
	return g.retryLater(ctx, t, f, g.backoff(countSubmits(t), 0))
}
