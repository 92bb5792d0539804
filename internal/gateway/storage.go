package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
)

const storageRetry = 15 * time.Second // between two checks whether the storage works again

// noteStorageError remembers that a finished video could not be stored, if that is what err says. The next videos are then not
// copied from their engines before the storage answers again: it may be away for hours, and each step would copy its video anew.
func (g *Gateway) noteStorageError(ctx context.Context, err error) {
	if errors.Is(err, blob.ErrUnavailable) && !g.storageAway.Swap(true) {
		g.cfg.Log.ErrorContext(ctx, "the storage can't be used; finished videos wait at their engines", "err", err)
	}
}

// storageStillAway reports whether a video could not be stored and the storage can still not be used.
func (g *Gateway) storageStillAway(ctx context.Context) bool {
	if !g.storageAway.Load() {
		return false
	}
	if g.cfg.Bucket.Ping(ctx) != nil {
		return true
	}
	if g.storageAway.Swap(false) {
		g.cfg.Log.InfoContext(ctx, "the storage can be used again")
	}
	return false
}

// waitForStorage leaves a finished video at its engine until it can be stored.
func (g *Gateway) waitForStorage(ctx context.Context, t task.Task) (Next, error) {
	next := t
	next.ProgressText, next.NotBefore = "waiting for the server's storage", g.now().Add(storageRetry)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: storageRetry}, err
}
