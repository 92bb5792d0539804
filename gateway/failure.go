package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/store"
	"github.com/filmgate/filmgate/task"
)

// engineFault writes what an engine's error means for the task: it is held, asked again, made anew, or failed.
func (g *Gateway) engineFault(ctx context.Context, t task.Task, e engine.Engine, err error) (Next, error) {
	if errors.Is(err, store.ErrStale) {
		return Next{}, err
	}
	if ctx.Err() != nil {
		return Next{}, ctx.Err() // this worker is stopping; the engine did nothing wrong
	}
	fault := engine.AsError(err)
	g.cfg.Log.WarnContext(ctx, "engine fault", "task", t.ID, "engine", t.Engine, "class", fault.Class, "err", fault.Error())
	if fault.Unconfirmed && t.Submitting && t.Handle == "" {
		return g.unconfirmed(ctx, t, fault)
	}
	switch fault.Class {
	case engine.Refused, engine.Account:
		return g.fail(ctx, t, fault.Failure())
	case engine.Overloaded:
		return g.hold(ctx, t, fault)
	case engine.Lost:
		if e.Capabilities().Restartable {
			return g.again(ctx, t, fault, 0)
		}
		return g.fail(ctx, t, fault.Failure())
	case engine.Garbled, engine.NotReady:
		return g.pollAgain(ctx, t, fault)
	default:
		if t.Handle != "" {
			return g.pollAgain(ctx, t, fault) // the work may well go on where we can't see it
		}
		return g.again(ctx, t, fault, g.backoff(len(t.Attempts), fault.RetryAfter))
	}
}

// unconfirmed leaves a submit that may have been taken as it is: begun and not recorded. The next steps find out, as they
// do after a crash.
func (g *Gateway) unconfirmed(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	if len(t.Attempts) >= maxAttempts {
		return g.fail(ctx, t, fault.Failure())
	}
	wait := g.backoff(len(t.Attempts), fault.RetryAfter)
	next := t
	next.NotBefore = g.now().Add(wait)
	_, err := g.apply(ctx, t, next, "the engine's answer to the submit never came: "+fault.Error())
	return Next{After: wait}, err
}

// hold keeps a task that the engine has no room for.
func (g *Gateway) hold(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	next.Submitting = false
	if t.State.CanMoveTo(task.Throttled) {
		next.State = task.Throttled
	}
	wait := g.backoff(1, fault.RetryAfter)
	next.NotBefore = g.now().Add(wait)
	// Being told to wait is no attempt: it costs nothing and may happen any number of times.
	if n := len(next.Attempts); n > 0 && next.Attempts[n-1].Handle == "" {
		next.Attempts = next.Attempts[:n-1]
	}
	_, err := g.apply(ctx, t, next, "held: the engine is at its limit")
	return Next{After: wait}, err
}

// again gives up the present work and has the task made anew after wait, up to maxAttempts.
func (g *Gateway) again(ctx context.Context, t task.Task, fault *engine.Error, wait time.Duration) (Next, error) {
	if len(t.Attempts) >= maxAttempts {
		return g.fail(ctx, t, fault.Failure())
	}
	next := t
	g.closeAttempt(&next, fault.Failure())
	next.Handle, next.Submitting, next.PollFaults = "", false, 0
	next.NotBefore = time.Time{}
	if wait > 0 {
		next.NotBefore = g.now().Add(wait)
	}
	_, err := g.apply(ctx, t, next, "made anew: "+fault.Error())
	return Next{After: wait}, err
}

// pollAgain asks a submitted task's engine once more, a little later each time. A paid task is not failed because of one
// answer that makes no sense.
func (g *Gateway) pollAgain(ctx context.Context, t task.Task, fault *engine.Error) (Next, error) {
	next := t
	next.PollFaults++
	if next.PollFaults > maxPollFaults {
		return g.fail(ctx, t, fault.Failure())
	}
	wait := g.backoff(next.PollFaults, fault.RetryAfter)
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
	g.end(&next, task.Failed, f)
	_, err := g.apply(ctx, t, next, f.Text)
	if err != nil {
		return Next{}, err
	}
	g.cfg.Log.ErrorContext(ctx, "task failed", "task", t.ID, "reason", f.Reason, "detail", f.Detail)
	g.letGo(context.WithoutCancel(ctx), next)
	return Next{Done: true}, nil
}

// end moves t to a terminal state.
func (g *Gateway) end(t *task.Task, s task.State, f *task.Failure) {
	t.State, t.Failure, t.Finished = s, f, g.now()
	t.Submitting, t.NotBefore, t.PollFaults = false, time.Time{}, 0
	g.closeAttempt(t, f)
}

// closeAttempt records how the last attempt ended.
func (g *Gateway) closeAttempt(t *task.Task, f *task.Failure) {
	n := len(t.Attempts)
	if n == 0 || !t.Attempts[n-1].Ended.IsZero() {
		return
	}
	t.Attempts = append([]task.Attempt(nil), t.Attempts...) // the caller may hold the old row
	t.Attempts[n-1].Ended = g.now()
	if f != nil {
		t.Attempts[n-1].Failure = f.Text
	}
}

// apply writes next over prev, with an event where the state moves or there is something to say.
func (g *Gateway) apply(ctx context.Context, prev, next task.Task, text string) (int64, error) {
	next.Version, next.Updated = prev.Version, g.now()
	c := task.Change{Task: next}
	if next.State != prev.State {
		if !prev.State.CanMoveTo(next.State) {
			return 0, errors.New("gateway: no move from " + string(prev.State) + " to " + string(next.State))
		}
		c.Events = []task.Event{{At: next.Updated, Kind: "state", From: prev.State, To: next.State, Text: text}}
		g.cfg.Log.InfoContext(ctx, "task moved", "task", next.ID, "from", prev.State, "to", next.State)
	} else if text != "" {
		c.Events = []task.Event{{At: next.Updated, Kind: "note", From: prev.State, To: next.State, Text: text}}
	}
	return g.write(ctx, c)
}

// backoff is how long to wait before try n (from 1): doubling from a second with full jitter, but never less than the
// vendor's own wish, which gets no jitter.
func (g *Gateway) backoff(n int, wish time.Duration) time.Duration {
	if wish > 0 {
		return wish
	}
	ceiling := min(time.Second<<min(n, 10), maxBackoff)
	seed, err := g.randomSeed()
	if err != nil {
		return ceiling
	}
	return (ceiling/4 + time.Duration(float64(ceiling)*0.75*float64(seed)/float64(1<<32))).Truncate(time.Millisecond)
}
