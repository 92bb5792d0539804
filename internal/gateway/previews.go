package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/task"
)

const ffmpegRetry = 15 * time.Second // between two checks whether ffmpeg works again

// ffmpeg returns nil if this machine's ffmpeg is not known to be broken.
func (g *Gateway) ffmpeg() error {
	if g.cfg.FFmpeg == nil {
		return nil
	}
	return g.cfg.FFmpeg.Err()
}

// checkFFmpeg tries ffmpeg after it failed. It returns nil if ffmpeg works: then the file was bad.
func (g *Gateway) checkFFmpeg(ctx context.Context) error {
	if g.cfg.FFmpeg == nil {
		return nil
	}
	return g.cfg.FFmpeg.Check(ctx)
}

// previewsUnavailable returns why no previews can be cut of the engine's videos. It returns nil if they can be cut, or if the
// engine makes its own.
func (g *Gateway) previewsUnavailable(e engine.Engine) error {
	if _, ok := e.(engine.Previewer); ok {
		return nil
	}
	return g.ffmpeg()
}

// Previews cuts n previews from the video at path, as [media.Previews] does.
type Previews func(ctx context.Context, temp, path string, facts media.VideoFacts, n int) ([]media.Picture, error)

// waitForFFmpeg leaves a finished video at its engine until its previews can be cut.
func (g *Gateway) waitForFFmpeg(ctx context.Context, t task.Task, why error) (Next, error) {
	next := t
	next.ProgressText, next.NotBefore = "waiting for previews: "+why.Error(), g.now().Add(ffmpegRetry)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: ffmpegRetry}, err
}

// cutPreviews cuts the previews of a task's video. The error is a badVideoError if the video can't be decoded.
func (g *Gateway) cutPreviews(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	pics, err := g.runPreviews(ctx, t, path, facts)
	switch endless := errors.Is(err, media.ErrTooSlow) || errors.Is(err, media.ErrTooMuch); {
	case err == nil:
		return pics, nil
	case errors.Is(err, media.ErrTruncated): // it has a video's headers, but its frames can't be decoded
		if disk := g.cfg.Temp.CheckFile(path); disk != nil {
			return nil, disk
		}
		return nil, badVideoError{err}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case g.checkFFmpeg(ctx) == nil && endless: // ffmpeg works with other files
		return nil, badVideoError{err}
	default:
		return nil, fmt.Errorf("gateway: cut previews: %w", err)
	}
}

// runPreviews runs ffmpeg, of which only so many run at once. Tasks whose previews failed before have a limit of their own, so
// that a video which keeps ffmpeg busy does not delay the others. The wait for one's turn has no limit but the task's: each run before it
// has one of its own, and ingestLimit bounds how many there are.
func (g *Gateway) runPreviews(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	places := g.mediaSem
	if t.FailedPolls > 0 {
		places = g.retryMediaSem
	}
	if err := places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer places.Release(1)
	return g.cfg.Previews(ctx, g.cfg.Temp.Path(), path, facts, previewCount)
}
