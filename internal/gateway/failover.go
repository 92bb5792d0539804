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

// submitFailed acts on a submit that the engine did not take: another engine gets the task, or it is held, tried again, or
// failed. Nothing was paid yet, or nobody knows: a submit that may have been taken moves nowhere.
func (g *Gateway) submitFailed(ctx context.Context, t task.Task, n registry.ConfiguredEngine, err error) (Next, error) {
	fault, err := g.engineErrorOf(ctx, t, err)
	if err != nil {
		return Next{}, err
	}
	if fault.Unconfirmed {
		return g.leaveUnconfirmed(ctx, t, n, fault)
	}
	if why := g.failoverReason(t, n, fault); why != nil {
		if c, ok := g.nextTarget(t); ok {
			return g.failOver(ctx, t, c, why)
		}
	}
	switch fault.Class {
	case engine.Refused, engine.AuthError:
		return g.fail(ctx, t, fault.Failure())
	case engine.Overloaded:
		return g.waitForCapacity(ctx, t, fault)
	default:
		return g.retryLater(ctx, t, fault, g.backoff(countSubmits(t), fault.RetryAfter))
	}
}

// failoverReason tells why the task leaves the engine for the next on its route; nil = it does not. A refusal of the request
// itself would be one everywhere, and a request that was refused for its content is not hawked about.
func (g *Gateway) failoverReason(t task.Task, n registry.ConfiguredEngine, fault *engine.Error) *task.Failure {
	why := fault.Failure()
	switch fault.Class {
	case engine.AuthError, engine.Unreachable, engine.InvalidResponse:
		return why
	case engine.Overloaded:
		if fault.WaitCause == engine.BreakerOpen {
			why.Text = "The engine is left alone for a while after failures in a row."
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

// patience is how much longer the task waits for room at its engine.
func (g *Gateway) patience(t task.Task, n registry.ConfiguredEngine) time.Duration {
	if t.WaitingSince.IsZero() {
		return n.Patience
	}
	return n.Patience - g.now().Sub(t.WaitingSince)
}

func waitedTooLong(n registry.ConfiguredEngine) *task.Failure {
	return &task.Failure{Reason: task.VendorUnavailable, Text: fmt.Sprintf("The engine had no room for longer than %v.", n.Patience)}
}

// failOverIfWaitedTooLong moves a task on that its engine has held for too long, without asking that once more; moved is false where it
// has not, or where nobody else can do it.
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

// failOver gives the task to another engine. What the one before said stays on the task.
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
	wakes = append(wakes, deadlineWake(next, c)...)
	if _, err := g.apply(ctx, t, next, "moved on from "+t.Engine+" to "+c.Name+": "+why.Text, wakes...); err != nil {
		return Next{}, err
	}
	g.registry.Release(t.ID)
	g.cfg.Log.WarnContext(ctx, "task moved on to another engine", "task", t.ID, "from", t.Engine, "to", c.Name, "why", why.Text)
	return Next{Done: moves}, nil // the wake goes on, in the new engine's lane
}

// assignTarget makes the task one of another engine that knows nothing of it yet.
func (g *Gateway) assignTarget(t *task.Task, c registry.Choice) {
	t.Engine, t.EngineModel, t.Deadline = c.Name, c.Model, c.DeadlineOf(t.Created)
	t.Handle, t.Submitting, t.PollFaults, t.ProgressText = "", false, 0, ""
	t.NotBefore, t.WaitingSince = time.Time{}, time.Time{}
	if t.State == task.Throttled {
		t.State = task.Queued
	}
	expandPrompt(&t.Request, c)
}

// expandPrompt has the engine that is chosen expand the prompt, where it does so by itself and the caller allows it.
func expandPrompt(r *task.Request, c registry.Choice) {
	r.ExpandedPrompt = ""
	if ex, ok := c.Engine.(engine.PromptExpander); ok && r.ExpandPrompt && r.Seed != nil {
		r.ExpandedPrompt = ex.Expand(r.Prompt, *r.Seed)
	}
}

// reroute gives a task that no engine has in hand to another, because its own is no longer on the roster.
func (g *Gateway) reroute(ctx context.Context, t task.Task) (Next, error) {
	c, err := g.choose(t.ID, t.Request)
	if task.CodeOf(err) == task.Unavailable {
		return Next{After: unreadyRetry}, nil
	}
	if err != nil {
		return g.fail(ctx, t, &task.Failure{Reason: task.Internal, Detail: "the engine " + t.Engine + " is no longer configured: " + err.Error()})
	}
	return g.failOver(ctx, t, c, &task.Failure{Reason: task.VendorUnavailable, Text: "The engine " + t.Engine + " is no longer configured."})
}

// wakeOldestWaiting lets the oldest task that waits for the engine's own limit try again, and tells whether there was one.
func (g *Gateway) wakeOldestWaiting(ctx context.Context, name string) bool {
	for {
		id, ok := g.registry.TakeOldestWaiting(name)
		if !ok {
			return false
		}
		t, err := g.cfg.Store.Task(ctx, id)
		if err == nil && (t.State.Terminal() || t.Engine != name || registry.HasWork(t)) {
			continue // it waits no more
		}
		if err == nil {
			next := t
			next.NotBefore = time.Time{}
			_, err = g.apply(ctx, t, next, "", wakeOf(t, g.lane(t)))
		}
		if err != nil && !errors.Is(err, store.ErrStale) { // its own alarm rings later
			g.cfg.Log.WarnContext(ctx, "could not wake a held task", "task", id, "err", err)
		}
		return true
	}
}

// wakeOf has the task looked at again in that lane, at once.
func wakeOf(t task.Task, lane task.Lane) task.Wake {
	return task.Wake{Task: t.ID, Lane: lane, Low: t.Request.LowPriority, Account: t.Account, Created: t.Created}
}

// lane is where the task's steps are done.
func (g *Gateway) lane(t task.Task) task.Lane {
	if n, ok := g.registry.EngineFor(t); ok {
		return n.Engine.Capabilities().Lane
	}
	return task.Remote
}
