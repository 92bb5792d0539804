package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const diskRetry = 10 * time.Second // when work is made anew that our disk could not take

// isUnavailable reports whether an error is one of our own disk or database, which passes, and no fault of an engine or a caller.
// store.ErrUnavailable, blob.ErrUnavailable and what engines of this machine say of its disk all have the method.
func isUnavailable(err error) bool {
	var later interface{ Unavailable() bool }
	return errors.As(err, &later) && later.Unavailable()
}

// waitForDisk acts on work that an engine of this machine could not do for want of our disk. It costs no attempt: the task waits
// and is made anew, any number of times. Where not even that can be written, the step is repeated.
func (g *Gateway) waitForDisk(ctx context.Context, t task.Task, e engine.Engine, cause error) (Next, error) {
	g.cfg.Log.ErrorContext(ctx, "the disk can't be used; the task waits", "task", t.ID, "err", cause)
	if !e.Capabilities().Restartable {
		return Next{}, cause
	}
	next := t
	next.Handle, next.Submitting, next.PollFaults = "", false, 0
	if n := len(next.Attempts); n > 0 && next.Attempts[n-1].Ended.IsZero() {
		next.Attempts = next.Attempts[: n-1 : n-1]
	}
	next.NotBefore, next.ProgressText = g.now().Add(diskRetry), "waits for the server's disk"
	if _, err := g.apply(ctx, t, next, "made anew: the server's disk could not be used"); err != nil {
		return Next{}, err
	}
	if err := e.Cancel(context.WithoutCancel(ctx), t.Handle); err != nil { // only so that it is not found again
		g.cfg.Log.WarnContext(ctx, "could not remove failed work", "task", t.ID, "err", err)
	}
	return Next{After: diskRetry}, nil
}
