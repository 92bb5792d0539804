package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const diskRetry = 10 * time.Second // before a job is submitted again that failed because of our disk

// isUnavailable reports whether an error is one of our own disk or database, which passes, and not an engine's or a caller's.
// store.ErrUnavailable, blob.ErrUnavailable and the disk errors of local engines have the method.
func isUnavailable(err error) bool {
	var later interface{ Unavailable() bool }
	return errors.As(err, &later) && later.Unavailable()
}

// waitForDisk handles a job that a local engine could not do because of our disk. It is no attempt: the task waits and is
// submitted again, any number of times. If that can't be written either, the step is repeated.
func (g *Gateway) waitForDisk(ctx context.Context, t task.Task, e engine.Engine, cause error) (Next, error) {
	g.cfg.Log.ErrorContext(ctx, "the disk can't be used; the task waits", "task", t.ID, "err", cause)
	if !e.Capabilities().Restartable {
		return Next{}, cause
	}
	next := t
	next.Handle, next.Submitting, next.FailedPolls = "", false, 0
	if n := len(next.Attempts); n > 0 && next.Attempts[n-1].Ended.IsZero() {
		next.Attempts = next.Attempts[: n-1 : n-1]
	}
	next.NotBefore, next.ProgressText = g.now().Add(diskRetry), "waiting for the server's disk"
	if _, err := g.apply(ctx, t, next, "submitted again: the server's disk could not be used"); err != nil {
		return Next{}, err
	}
	if err := e.Cancel(context.WithoutCancel(ctx), t.Handle); err != nil { // else Find would return it
		g.cfg.Log.WarnContext(ctx, "could not remove a failed job", "task", t.ID, "err", err)
	}
	return Next{After: diskRetry}, nil
}
