package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// submitFailed handles a submit that the engine did not take: the task goes to another engine, waits, is submitted again, or
// fails. If the engine may have taken it, now or at an earlier submit, the task goes to no other engine, since it may have to be
// paid.
func (g *Gateway) submitFailed(ctx context.Context, t task.Task, n registry.ConfiguredEngine, err error) (Next, error) {
	fault, err := g.engineErrorOf(ctx, t, err)
	if err != nil {
		return Next{}, err
	}
	if fault.Unconfirmed || fault.Class != engine.Refused && inDoubt(t, n) {
		return g.leaveUnconfirmed(ctx, t, n, fault)
	}
	if next, moved, err := g.failOverFor(ctx, t, n, fault); moved {
		return next, err
	}
	switch fault.Class {
	case engine.Refused, engine.AuthError, engine.ModelError:
		return g.fail(ctx, t, fault.FailureAt(t.Engine))
	case engine.Overloaded:
		return g.waitForCapacity(ctx, t, fault)
	default:
		return g.retryLater(ctx, t, fault.FailureAt(t.Engine), g.backoff(countSubmits(t), fault.RetryAfter))
	}
}

// failOverFor moves the task to the next engine on its route, if fault is a reason for that and there is one.
func (g *Gateway) failOverFor(ctx context.Context, t task.Task, n registry.ConfiguredEngine, fault *engine.Error) (next Next, moved bool, err error) {
	why := g.failoverReason(t, n, fault)
	if why == nil {
		return Next{}, false, nil
	}
	c, ok := g.nextTarget(t)
	if !ok {
		return Next{}, false, nil
	}
	next, err = g.failOver(ctx, t, c, why)
	return next, true, err
}

// failoverReason returns why the task goes to the next engine on its route; nil = it does not. A refused request stays: others
// would refuse it too, and one that was refused for its content is not offered to others.
func (g *Gateway) failoverReason(t task.Task, n registry.ConfiguredEngine, fault *engine.Error) *task.Failure {
	why := fault.FailureAt(t.Engine)
	switch fault.Class {
	case engine.AuthError, engine.ModelError, engine.Unreachable, engine.InvalidResponse:
		return why
	case engine.Overloaded:
		if fault.WaitCause == engine.BreakerOpen {
			why.Text = "The engine " + t.Engine + " is paused after repeated failures. Try again later."
			return why
		}
		if fault.WaitCause == engine.MachineBusy {
			return why
		}
		if g.patience(t, n) <= 0 {
			return waitedTooLong(n)
		}
	}
	return nil
}

// patience returns how much longer the task waits for capacity at its engine.
func (g *Gateway) patience(t task.Task, n registry.ConfiguredEngine) time.Duration {
	if t.WaitingSince.IsZero() {
		return n.Patience
	}
	return n.Patience - g.now().Sub(t.WaitingSince)
}

// withinPatience returns the wait of a task that waits for capacity, but not longer than the task's patience lasts: then it goes
// to the next engine, however long this one asked to wait.
func (g *Gateway) withinPatience(t task.Task, wait time.Duration) time.Duration {
	if n, ok := g.registry.EngineFor(t); ok && !t.WaitingSince.IsZero() {
		if left := g.patience(t, n); left > 0 {
			return min(wait, left)
		}
	}
	return wait
}

func waitedTooLong(n registry.ConfiguredEngine) *task.Failure {
	return &task.Failure{Reason: task.VendorUnavailable, Text: fmt.Sprintf("The engine %s had no capacity for longer than %v. Try again later.", n.Name, n.Patience)}
}

// failOverIfWaitedTooLong moves a task to the next engine if it waited too long for capacity, without another submit. moved is
// false if it has not waited so long, or if no other engine can do it.
func (g *Gateway) failOverIfWaitedTooLong(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (next Next, moved bool, err error) {
	if t.WaitingSince.IsZero() || registry.HasWork(t) || g.patience(t, n) > 0 {
		return Next{}, false, nil
	}
	c, ok := g.nextTarget(t)
	if !ok {
		return Next{}, false, nil
	}
	t.Attempts = append(t.Attempts[:len(t.Attempts):len(t.Attempts)], g.newAttempt(t))
	t.Attempts[len(t.Attempts)-1].Begun = t.WaitingSince
	next, err = g.failOver(ctx, t, c, waitedTooLong(n))
	return next, true, err
}

// failOverOrFail moves a task whose job has ended to the next engine on its route, or fails it if there is none.
func (g *Gateway) failOverOrFail(ctx context.Context, t task.Task, why *task.Failure) (Next, error) {
	c, ok := g.nextTarget(t)
	if !ok {
		return g.fail(ctx, t, why)
	}
	n, _ := g.registry.EngineFor(t)
	next, err := g.failOver(ctx, t, c, why)
	if err == nil {
		g.cleanUpAtEngine(ctx, t, n)
	}
	return next, err
}

// failOver moves the task to another engine. The attempt at the previous one stays recorded.
func (g *Gateway) failOver(ctx context.Context, t task.Task, c registry.Choice, why *task.Failure) (Next, error) {
	next := t
	g.closeAttempt(&next, why)
	g.assignTarget(&next, c)
	var wakes []task.Wake
	lane := c.Engine.Capabilities().Lane
	moves := g.lane(t) != lane
	if moves {
		wakes = append(wakes, wakeOf(t, lane))
	}
	wakes = append(wakes, deadlineWake(next, c.Engine.Capabilities().Lane)...)
	if _, err := g.apply(ctx, t, next, "failed over from "+t.Engine+" to "+c.Name+": "+why.Text, wakes...); err != nil {
		return Next{}, err
	}
	g.registry.Release(t.ID)
	if _, _, err := g.tries(context.WithoutCancel(ctx), t); err != nil { // it waits there no more
		g.cfg.Log.WarnContext(ctx, "could not end the wait of a task", "task", t.ID, "engine", t.Engine, "err", err)
	}
	g.cfg.Log.WarnContext(ctx, "task failed over to another engine", "task", t.ID, "from", t.Engine, "to", c.Name, "why", why.Text)
	return Next{Done: moves}, nil // the wake continues it in the new engine's lane
}

// assignTarget sets the task's engine to one that has no job for it yet.
func (g *Gateway) assignTarget(t *task.Task, c registry.Choice) {
	t.Engine, t.EngineModel, t.Deadline, t.Ignored = c.Name, c.Model, c.DeadlineOf(t.Created), c.Ignored
	t.Handle, t.Submitting, t.FailedPolls, t.ProgressText = "", false, 0, ""
	t.NotBefore, t.WaitingSince = time.Time{}, time.Time{}
	if t.State == task.Throttled {
		t.State = task.Queued
	}
	expandPrompt(&t.Request, c)
}

// expandPrompt has the chosen engine expand the prompt, if it can and the caller allows it.
func expandPrompt(r *task.Request, c registry.Choice) {
	r.ExpandedPrompt = ""
	if ex, ok := c.Engine.(engine.PromptExpander); ok && r.ExpandPrompt && r.Seed != nil {
		r.ExpandedPrompt = ex.Expand(r.Prompt, *r.Seed)
	}
}

// reroute moves a task without work to another engine, because its own is not configured any more.
func (g *Gateway) reroute(ctx context.Context, t task.Task) (Next, error) {
	c, err := g.choose(t.ID, t.Request)
	if task.CodeOf(err) == task.Unavailable {
		return Next{After: unreadyRetry}, nil
	}
	if err != nil {
		gone := engineGone(t, "No other engine of this server can make this video.")
		gone.Detail = err.Error()
		return g.fail(ctx, t, gone)
	}
	return g.failOver(ctx, t, c, engineGone(t, ""))
}

// engineGone returns the failure of a task whose engine the operator has removed, with what follows from that.
func engineGone(t task.Task, follows string) *task.Failure {
	text := "The engine " + t.Engine + " is no longer configured."
	if follows != "" {
		text += " " + follows
	}
	return &task.Failure{Reason: task.VendorUnavailable, Text: text}
}
