package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// cancelPatience is how long after a task's end its job may still be cancelled and watched. It is tried at least once.
const cancelPatience = time.Hour

// cancelWakes returns the wake that cancels the job of a task that has ended; nil if it has none.
func cancelWakes(t task.Task) []task.Wake {
	if !t.Cancelling {
		return nil
	}
	return []task.Wake{{Task: t.ID, Lane: task.Remote}}
}

// stepEnded does what is left to do for a task that has ended: pending changes of its files, and the cancel of its job.
func (g *Gateway) stepEnded(ctx context.Context, t task.Task) (Next, error) {
	var files error
	if asset.FileWakes(t) != nil {
		files = g.Catalog.ChangeFiles(ctx, t.ID)
	}
	if !t.Cancelling {
		g.release(t.ID)
		return Next{Done: true}, files
	}
	next, err := g.stepCancel(ctx, t)
	if errors.Is(err, store.ErrStale) {
		return Next{}, files // another step wrote the task: read it again
	}
	return next, errors.Join(files, err)
}

// stepCancel cancels the job of a task that has ended, and records how the job ended. It polls first: a job that has ended
// already, perhaps with a video that was paid, could not be told from others once it is cancelled. Until the engine says that
// the job has ended, or does not know it, the step is repeated with growing waits, up to cancelPatience.
func (g *Gateway) stepCancel(ctx context.Context, t task.Task) (Next, error) {
	n, known := g.registry.EngineFor(t)
	if !known {
		return g.settle(ctx, t, t, "the job was not cancelled: the engine "+t.Engine+" is no longer configured")
	}
	if wait := t.NotBefore.Sub(g.now()); wait > 0 && wait <= task.ClockSkew+maxBackoff { // else the clock was set back
		return Next{After: wait}, nil
	}
	if t.Handle == "" {
		return g.findCancelled(ctx, t, n)
	}
	st, err := pollCancelled(ctx, t, n)
	gone := err != nil && engine.AsError(err).Class == engine.NotFound
	if err == nil && st.State.Terminal() || gone || n.Engine.Capabilities().Cancel {
		err = errors.Join(err, cancelJob(ctx, t, n))
	}
	switch {
	case ctx.Err() != nil:
		return Next{}, ctx.Err()
	case gone:
		return g.settle(ctx, t, t, "the job is gone at "+t.Engine)
	case st.State.Terminal():
		return g.settleAs(ctx, t, st)
	case err == nil && !n.Engine.Capabilities().Cancel:
		return g.cancelLater(ctx, t, t.Engine+" can't cancel a job; it may be charged")
	case err == nil:
		return g.cancelLater(ctx, t, "the job still runs at "+t.Engine)
	default:
		return g.cancelLater(ctx, t, "the job could not be cancelled at "+t.Engine+": "+err.Error())
	}
}

// pollCancelled polls the job of an ended task.
func pollCancelled(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (engine.Status, error) {
	ctx, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	return n.Engine.Poll(ctx, t.Handle)
}

// findCancelled looks for the job of a task that ended during its submit. The step that submitted records the job when its answer
// comes; only after a crash nobody does, and then an engine that finds jobs is asked.
func (g *Gateway) findCancelled(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (Next, error) {
	left := time.Duration(0)
	if last := len(t.Attempts) - 1; last >= 0 {
		left = submitPatience - g.now().Sub(t.Attempts[last].Begun)
	}
	finder := finderOf(t, n)
	if finder == nil {
		elsewhere, err := g.submitsElsewhere(ctx, t)
		if err != nil {
			return Next{}, err
		}
		if elsewhere > 0 {
			return Next{After: min(elsewhere, elsewhereRetry)}, nil
		}
		crashed := g.knowsNodes() && !g.registry.Assigned(t.ID)
		if left > 0 && !crashed {
			return Next{After: left}, nil
		}
		return g.settle(ctx, t, t, "it is not known whether "+t.Engine+" has a job: it may run and be charged")
	}
	limited, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	handle, err := finder.Find(limited, t.ID)
	switch {
	case err == nil:
		return Next{}, g.recordCancelled(ctx, t, handle)
	case ctx.Err() != nil:
		return Next{}, ctx.Err()
	case engine.AsError(err).Class != engine.NotFound:
		return g.cancelLater(ctx, t, "it is not known whether "+t.Engine+" has a job: "+err.Error())
	case left > 0:
		return g.cancelLater(ctx, t, "")
	default:
		return g.settle(ctx, t, t, t.Engine+" never got the job")
	}
}

// recordCancelled writes the handle of a job into a task that has ended, so that the next step cancels the job.
func (g *Gateway) recordCancelled(ctx context.Context, t task.Task, handle string) error {
	next := t
	next.Handle, next.Submitting, next.Cancelling, next.NotBefore, next.FailedPolls = handle, false, true, time.Time{}, 0
	next.Attempts = answered(t.Attempts, handle)
	_, err := g.write(ctx, t, task.Change{Task: next, Wakes: cancelWakes(next)})
	return err
}

// cancelLater tries again after a wait that grows, until cancelPatience is over. why says what has not been reached.
func (g *Gateway) cancelLater(ctx context.Context, t task.Task, why string) (Next, error) {
	if g.now().Sub(t.Finished) > cancelPatience && why != "" {
		return g.settle(ctx, t, t, why)
	}
	next := t
	next.FailedPolls++
	wait := g.backoff(next.FailedPolls, 0)
	next.NotBefore = g.now().Add(wait)
	_, err := g.write(ctx, t, task.Change{Task: next})
	return Next{After: wait}, err
}

// settleAs records how the job of an ended task ended at the engine. A video that it made all the same stays there: the caller
// has cancelled the task, or was told that it failed. Only what it cost is recorded.
func (g *Gateway) settleAs(ctx context.Context, t task.Task, st engine.Status) (Next, error) {
	next := t
	text := "the job was cancelled at " + t.Engine
	switch {
	case st.State == task.Succeeded:
		g.charge(&next, st)
		text = "the job was finished at " + t.Engine + " all the same; its video was not taken"
	case st.Credits > 0 || st.Cost > 0:
		g.charge(&next, st)
	}
	if st.State == task.Failed {
		text = "the job has failed at " + t.Engine
	}
	return g.settle(ctx, t, next, text)
}

// settle ends the cancel of a job, with an event that says how. The state and the time of the task's last update stay as they are.
func (g *Gateway) settle(ctx context.Context, t, next task.Task, text string) (Next, error) {
	next.Cancelling, next.Submitting, next.FailedPolls, next.NotBefore = false, false, 0, time.Time{}
	event := task.Event{At: g.now(), Kind: "cancel", From: t.State, To: t.State, Text: text}
	if _, err := g.write(ctx, t, task.Change{Task: next, Events: []task.Event{event}}); err != nil {
		return Next{}, fmt.Errorf("gateway: record the end of a job of task %s: %w", t.ID, err)
	}
	g.wakeNextWaiting(context.WithoutCancel(ctx), t.Engine, true)
	g.cfg.Log.InfoContext(ctx, "the job of an ended task has ended", "task", t.ID, "engine", t.Engine, "handle", t.Handle, "how", text)
	return Next{Done: true}, nil
}
