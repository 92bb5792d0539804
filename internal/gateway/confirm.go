package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// elsewhereRetry is how often a step looks whether the process still lives that is in a submit.
const elsewhereRetry = 2 * time.Second

// unconfirmedText is the progress text of a task while it is not known whether its engine took it.
const unconfirmedText = "submitted, unconfirmed: the engine's answer never came"

// leaveUnconfirmed keeps the "submitting" marker of a submit that the engine may have taken. The next steps find out whether it
// did, as after a crash.
func (g *Gateway) leaveUnconfirmed(ctx context.Context, t task.Task, n registry.ConfiguredEngine, fault *engine.Error) (Next, error) {
	next := t
	next.ProgressText = unconfirmedText
	last := len(next.Attempts) - 1
	next.Attempts = slices.Clone(next.Attempts)
	switch {
	case fault.Unconfirmed:
		next.Attempts[last].Unconfirmed = true
	case fault.Class == engine.Overloaded: // nothing was sent: an earlier attempt is in doubt, and this is none
		next.Attempts = next.Attempts[:last]
	default:
		g.closeAttempt(&next, fault.FailureAt(t.Engine))
	}
	finds := finderOf(t, n) != nil
	wait := g.backoff(countSubmits(t), fault.RetryAfter)
	switch {
	case countSubmits(t) >= maxAttempts && !finds:
		return g.fail(ctx, next, &task.Failure{Reason: task.VendorUnavailable, Detail: fault.Error(),
			Text: "Submitted, unconfirmed: the request was sent to the engine several times, and no answer ever came."})
	case !canResolve(t, n):
		wait = 0 // waiting would not help
	default:
		next.NotBefore = g.now().Add(wait)
	}
	_, err := g.apply(ctx, t, next, unconfirmedText+": "+fault.Error())
	return Next{After: wait}, err
}

// canResolve reports whether it can be found out whether the engine has taken a submit that was cut off, or another one costs nothing.
func canResolve(t task.Task, n registry.ConfiguredEngine) bool {
	caps := n.Engine.Capabilities()
	return finderOf(t, n) != nil || caps.RecognizesTask(t.EngineModel) || caps.Restartable
}

// finderOf returns the task's engine if it can find the task's job; nil = it can't. An engine that is gone finds nothing.
func finderOf(t task.Task, n registry.ConfiguredEngine) engine.Finder {
	if n.Engine == nil {
		return nil
	}
	return engine.FinderFor(n.Engine, t.EngineModel)
}

// confirm decides about a submit that was begun and never recorded:
//   - the engine finds the job, and it is recorded;
//   - the step that began it may still run, or the engine can't answer now: next says when to try again;
//   - t may be submitted again (again is true, and t is changed for it), because that costs nothing, or there certainly is no
//     job, or the operator prefers to pay twice;
//   - else the task fails.
func (g *Gateway) confirm(ctx context.Context, t *task.Task, n registry.ConfiguredEngine) (next Next, again bool, err error) {
	caps := n.Engine.Capabilities()
	finder := finderOf(*t, n)
	finds := finder != nil
	if finds {
		handle, err := finder.Find(ctx, t.ID)
		switch {
		case err == nil:
			next, err = g.submitted(ctx, *t, n, handle)
			return next, false, err
		case ctx.Err() != nil:
			return Next{}, false, ctx.Err()
		case engine.AsError(err).Class != engine.NotFound:
			next, err = g.findLater(ctx, *t, engine.AsError(err))
			return next, false, err
		}
	}
	elsewhere, err := g.submitsElsewhere(ctx, *t)
	if err != nil {
		return Next{}, false, err
	}
	if elsewhere > 0 {
		next, err = g.waitForAnswer(ctx, *t, min(elsewhere, elsewhereRetry), false)
		return next, false, err
	}
	lost := &task.Failure{Reason: task.VendorUnavailable, Text: "Submitted, unconfirmed: the engine's answer never came."}
	if caps.Restartable || caps.RecognizesTask(t.EngineModel) && !finds {
		g.closeInDoubt(t, lost)
		return Next{}, true, nil
	}
	if last := len(t.Attempts) - 1; last >= 0 {
		// The engine can't be asked, and the step that submitted saw the call fail, or its process died.
		dead := !finds && (t.Attempts[last].Unconfirmed || g.knowsNodes() && !g.registry.Assigned(t.ID))
		if wait := submitPatience - g.now().Sub(t.Attempts[last].Begun); wait > 0 && !dead {
			next, err = g.waitForAnswer(ctx, *t, wait, finds)
			return next, false, err
		}
	}
	if finds { // it did not find the job in all that time
		g.closeAttempt(t, &task.Failure{Reason: task.VendorUnavailable, Text: "The engine never got the request."})
		t.Attempts[len(t.Attempts)-1].Unconfirmed = false
		return Next{}, true, nil
	}
	return g.failUnconfirmed(ctx, t, n, lost)
}

// knowsNodes reports whether a submit that neither this process nor one that lives is in must be that of a dead one.
func (g *Gateway) knowsNodes() bool { return g.cfg.SingleProcess || g.cfg.Nodes != nil }

// submitsElsewhere returns how long another process that lives may still be in the submit that it began; 0 = none is. A process
// that has died, or that saw its submit fail, is not.
func (g *Gateway) submitsElsewhere(ctx context.Context, t task.Task) (time.Duration, error) {
	last := len(t.Attempts) - 1
	if g.cfg.Nodes == nil || last < 0 || t.Attempts[last].Node == g.cfg.Node || t.Attempts[last].Unconfirmed || !t.Attempts[last].Ended.IsZero() {
		return 0, nil
	}
	living, err := g.cfg.Nodes(ctx)
	if err != nil || !slices.Contains(living, t.Attempts[last].Node) {
		return 0, err
	}
	return max(submitPatience-g.now().Sub(t.Attempts[last].Begun), 0), nil
}

// closeInDoubt records that the last attempt ended, and that the engine may have taken it, unless it ended before.
func (g *Gateway) closeInDoubt(t *task.Task, lost *task.Failure) {
	last := len(t.Attempts) - 1
	if last < 0 || !t.Attempts[last].Ended.IsZero() {
		return
	}
	g.closeAttempt(t, lost)
	t.Attempts[last].Unconfirmed = true
}

// inDoubt reports whether the task's engine may have a job from an earlier submit, which would be paid beside that of another
// engine. A submit that the engine has answered with a job ends all doubt, since it recognizes a task that it has.
func inDoubt(t task.Task, n registry.ConfiguredEngine) bool {
	if n.Resubmit || n.Engine.Capabilities().Restartable {
		return false
	}
	for _, a := range slices.Backward(t.Attempts) {
		switch {
		case a.Engine != t.Engine || a.Ended.IsZero():
		case a.Handle != "":
			return false
		case a.Unconfirmed:
			return true
		}
	}
	return false
}

// waitForAnswer waits for the step that submitted, and sets the task's progress text to unconfirmedText.
func (g *Gateway) waitForAnswer(ctx context.Context, t task.Task, wait time.Duration, finds bool) (Next, error) {
	if t.ProgressText == unconfirmedText {
		return Next{After: wait}, nil
	}
	next := t
	next.ProgressText = unconfirmedText
	next.Attempts = slices.Clone(t.Attempts)
	next.Attempts[len(next.Attempts)-1].Unconfirmed = finds // only the step that submitted may say so if the engine can't be asked
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}

// failUnconfirmed fails a task for which it can't be known whether it was paid; or lets it be submitted once more, if the
// operator wants that.
func (g *Gateway) failUnconfirmed(ctx context.Context, t *task.Task, n registry.ConfiguredEngine, lost *task.Failure) (Next, bool, error) {
	before := slices.ContainsFunc(t.Attempts, func(a task.Attempt) bool { return a.Unconfirmed && !a.Ended.IsZero() })
	if last := len(t.Attempts) - 1; last >= 0 {
		t.Attempts = slices.Clone(t.Attempts)
		t.Attempts[last].Unconfirmed = true
	}
	if n.Resubmit && !before {
		g.closeAttempt(t, lost)
		return Next{}, true, nil
	}
	text := "Submitted, unconfirmed: the request was sent to the engine, and its answer was never recorded. It was not sent again, so that it can't be charged twice."
	if before {
		text = "Submitted, unconfirmed: the request was sent to the engine twice, and neither answer was recorded. It was not sent again, so that it can't be charged more often."
	}
	next, err := g.fail(ctx, *t, &task.Failure{Reason: task.VendorUnavailable, Text: text})
	return next, false, err
}

// findLater waits for an engine that can't say now whether it took a submit, a little longer each time.
func (g *Gateway) findLater(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	next.ProgressText = unconfirmedText
	if last := len(t.Attempts) - 1; last >= 0 {
		next.Attempts = slices.Clone(t.Attempts)
		next.Attempts[last].Unconfirmed = true
	}
	if next.FailedPolls++; next.FailedPolls > maxFailedPolls {
		return g.giveUp(ctx, next, &task.Failure{Reason: task.VendorUnavailable, Detail: fault.Error(),
			Text: "Submitted, unconfirmed: the request was sent to the engine, and the engine can't be asked whether it took it. It was not sent again, so that it can't be charged twice."})
	}
	wait := g.backoff(next.FailedPolls, fault.RetryAfter)
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: wait}, err
}
