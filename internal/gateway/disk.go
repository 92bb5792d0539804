package gateway

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	spaceRetry   = time.Minute      // when a caller is to send a file again that found no space
	diskRetry    = 10 * time.Second // when work is made anew that our disk could not take
	minFreeSpace = 1 << 20          // bytes; a disk with less is full
)

// isOurs reports whether an error is one of our own disk or database, which passes, and no fault of an engine or a caller.
// store.ErrUnavailable, blob.ErrUnavailable and what engines of this machine say of its disk all have the method.
func isOurs(err error) bool {
	var later interface{ Unavailable() bool }
	return errors.As(err, &later) && later.Unavailable()
}

// noSpace is what the caller of a file is told that found no space: NoSpace. Any other error is returned as it is.
func (g *Gateway) noSpace(ctx context.Context, err error) error {
	var public *task.Error
	if err == nil || errors.As(err, &public) || !blob.IsFull(err) {
		return err
	}
	g.cfg.Log.ErrorContext(ctx, "no space left for a caller's file", "err", err)
	return &task.Error{Code: task.NoSpace, Detail: "There is no space left on the server for the picture or video. Send it again later.", RetryAfter: spaceRetry}
}

// orFull is err, or that the disk is full where it is: a child process says of a disk without space that it can't write, in many
// words.
func (g *Gateway) orFull(err error) error {
	var disk syscall.Statfs_t
	if err == nil || syscall.Statfs(g.cfg.Temp, &disk) != nil || disk.Bavail*uint64(disk.Bsize) >= minFreeSpace { //nolint:gosec // a block has a size
		return err
	}
	return fmt.Errorf("%w (%v)", blob.Classify(syscall.ENOSPC), err) //nolint:errorlint // what the child took for the reason is none
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
