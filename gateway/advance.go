package gateway

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/store"
	"github.com/filmgate/filmgate/task"
)

const (
	progressEvery = 500 * time.Millisecond // a row is not written for progress more often
	newsPerSecond = 100                    // rows written for progress alone, of all tasks: of thousands, each is told less often
	touchEvery    = time.Minute            // a waiting task's row is written at least so often, so that a sweep leaves it alone
	maxAttempts   = 5                      // tries at making a task, in all
	maxPollFaults = 20                     // polls in a row that failed before the task does
	maxBackoff    = time.Minute
	// submitPatience is how long a submit may take before the step that began it counts as dead.
	submitPatience = 2 * time.Minute
)

// Next tells a worker what to do after a step.
type Next struct {
	Done  bool          // the task needs no more steps
	After time.Duration // else: how long until the next
}

// Advance does one step of a task: submit it, or poll it, or take its result in. It may run any number of times, in
// any number of places: of steps that run at once, one is written. An error means that the step could not be done here
// and now (the database, the disk, ctx); what an engine does wrong is written on the task and is no error.
func (g *Gateway) Advance(ctx context.Context, id string) (Next, error) {
	t, err := g.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.State.Terminal() {
		return Next{Done: true}, nil
	}
	if err != nil {
		return Next{}, err
	}
	if wait := t.NotBefore.Sub(g.now()); wait > 0 {
		return Next{After: wait}, nil
	}
	e, ok := g.engineOf(t.Engine)
	if !ok {
		return g.fail(ctx, t, &task.Failure{Reason: task.Internal, Detail: "the engine " + t.Engine + " is no longer configured"})
	}
	var next Next
	if t.Handle == "" {
		next, err = g.stepSubmit(ctx, t, e)
	} else {
		next, err = g.stepPoll(ctx, t, e)
	}
	if errors.Is(err, store.ErrStale) {
		return Next{After: 0}, nil // somebody else wrote: look again
	}
	return next, err
}

// stepSubmit asks the engine for the work. The intent is written first: a crash between the engine's answer and our
// commit is then seen by the next step.
func (g *Gateway) stepSubmit(ctx context.Context, t task.Task, e engine.Engine) (Next, error) {
	if t.Submitting {
		handle, wait, err := g.recover(ctx, t, e)
		switch {
		case err != nil:
			return g.engineFault(ctx, t, e, err)
		case wait > 0:
			return Next{After: wait}, nil
		case handle != "":
			return g.submitted(ctx, t, handle)
		}
	}
	job, err := g.job(ctx, t)
	if err != nil {
		return Next{}, err
	}
	next := t
	next.Submitting = true
	next.Attempts = append(next.Attempts[:len(next.Attempts):len(next.Attempts)], task.Attempt{Engine: t.Engine, Begun: g.now()})
	next.Version, err = g.apply(ctx, t, next, "")
	if err != nil {
		return Next{}, err
	}
	tried := engine.Record(ctx, func(try engine.Try) {
		if try.Verb == "submit" { // the last key that was tried is the one that took it, or refused last
			next.Attempts[len(next.Attempts)-1].Key = try.Key
		}
	})
	handle, err := e.Submit(tried, job)
	if err != nil {
		return g.engineFault(ctx, next, e, err)
	}
	return g.submitted(ctx, next, handle)
}

// recover decides what becomes of a submit that was begun and never recorded: the engine finds the work (handle), or the
// step that began it may still be at it (wait), or asking again costs nothing (neither), or nobody can know and the
// task ends rather than be paid for twice (err).
func (g *Gateway) recover(ctx context.Context, t task.Task, e engine.Engine) (handle string, wait time.Duration, err error) {
	finder, can := e.(engine.Finder)
	if caps := e.Capabilities(); caps.Restartable || caps.ExternalID && !can {
		return "", 0, nil
	}
	if can {
		handle, err := finder.Find(ctx, t.ID)
		if err == nil || engine.AsError(err).Class != engine.Lost {
			return handle, 0, err
		}
	}
	if n := len(t.Attempts); n > 0 {
		if wait := submitPatience - g.now().Sub(t.Attempts[n-1].Begun); wait > 0 {
			return "", wait, nil
		}
	}
	if can {
		return "", 0, nil
	}
	return "", 0, &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable,
		Text: "The request was sent to the engine, and its answer was never recorded. It was not sent again, so that it can't be charged twice."}
}

// submitted records the handle. Where the task has moved on meanwhile (cancelled), the engine's work is let go.
func (g *Gateway) submitted(ctx context.Context, t task.Task, handle string) (Next, error) {
	next := t
	next.Handle, next.Submitting, next.NotBefore = handle, false, time.Time{}
	if t.State != task.Running {
		next.State = task.Pending
	}
	if n := len(next.Attempts); n > 0 {
		next.Attempts[n-1].Handle = handle
	}
	if _, err := g.apply(ctx, t, next, ""); err != nil {
		if errors.Is(err, store.ErrStale) {
			g.letGoUnlessWanted(context.WithoutCancel(ctx), next)
		}
		return Next{}, err
	}
	return Next{After: 0}, nil
}

// letGoUnlessWanted ends work whose handle could not be recorded, unless another step recorded the same.
func (g *Gateway) letGoUnlessWanted(ctx context.Context, t task.Task) {
	stored, err := g.cfg.Store.Task(ctx, t.ID)
	if err == nil && (stored.Handle != t.Handle || stored.State.Terminal()) {
		g.letGo(ctx, t)
	}
}

// stepPoll asks how the work stands and writes what has changed.
func (g *Gateway) stepPoll(ctx context.Context, t task.Task, e engine.Engine) (Next, error) {
	st, err := e.Poll(ctx, t.Handle)
	if err != nil {
		return g.engineFault(ctx, t, e, err)
	}
	switch st.State {
	case task.Succeeded:
		return g.finish(ctx, t, e, st)
	case task.Failed:
		return g.engineFailed(ctx, t, st.Failure)
	case task.Cancelled:
		next := t
		g.end(&next, task.Cancelled, nil)
		_, err := g.apply(ctx, t, next, "cancelled at the engine")
		return Next{Done: true}, err
	case task.Running, task.Pending, task.Throttled, task.Queued:
		return g.progress(ctx, t, e, st)
	default:
		return g.engineFault(ctx, t, e, &engine.Error{Class: engine.Garbled, Reason: task.VendorUnavailable,
			Detail: fmt.Sprintf("unknown state %q", st.State)})
	}
}

// progress writes what a poll told, but not more often than callers look.
func (g *Gateway) progress(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	next, now := t, g.now()
	if st.State == task.Running && t.State != task.Running {
		next.State = task.Running
		next.Started = now
	}
	// Never backwards, and never 1 before the file is ours: two decimals are what callers see.
	next.Progress = max(t.Progress, min(math.Floor(st.Progress*100)/100, 0.99))
	next.ProgressText, next.PollFaults = st.Text, 0
	age := now.Sub(t.Updated)
	must := next.State != t.State || next.PollFaults != t.PollFaults || age >= touchEvery
	news := next.Progress != t.Progress || next.ProgressText != t.ProgressText
	if must || news && age >= progressEvery && g.news.AllowN(now, 1) {
		if _, err := g.apply(ctx, t, next, ""); err != nil {
			return Next{}, err
		}
	}
	return Next{After: g.interval(t, e, st)}, nil
}

// engineFailed acts on work that ended FAILED at the engine: what may pass another time is made anew.
func (g *Gateway) engineFailed(ctx context.Context, t task.Task, f *task.Failure) (Next, error) {
	if f == nil {
		f = &task.Failure{Reason: task.Internal}
	}
	if !f.Reason.Retryable() {
		return g.fail(ctx, t, f)
	}
	fault := &engine.Error{Class: engine.Unreachable, Reason: f.Reason, Text: f.Text, Detail: f.Detail}
	return g.again(ctx, t, fault, g.backoff(len(t.Attempts), 0))
}
