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

const (
	cutWait     = 5 * time.Minute  // for a turn at cutting previews; each turn is bounded too
	ffmpegRetry = 15 * time.Second // between two looks whether ffmpeg works again
)

// ffmpeg returns nil where this machine's ffmpeg works as far as is known.
func (g *Gateway) ffmpeg() error {
	if g.cfg.FFmpeg == nil {
		return nil
	}
	return g.cfg.FFmpeg.Err()
}

// confirmFFmpegFault returns nil where ffmpeg works all the same: it was the file's fault.
func (g *Gateway) confirmFFmpegFault(ctx context.Context) error {
	if g.cfg.FFmpeg == nil {
		return nil
	}
	return g.cfg.FFmpeg.Check(ctx)
}

// previewsUnavailable returns why no previews can be cut for the engine's videos; nil where they can, or where it has its own.
func (g *Gateway) previewsUnavailable(e engine.Engine) error {
	if _, ok := e.(engine.Previewer); ok {
		return nil
	}
	return g.ffmpeg()
}

// waitForFFmpeg leaves a finished video where it is until its previews can be cut.
func (g *Gateway) waitForFFmpeg(ctx context.Context, t task.Task, why error) (Next, error) {
	next := t
	next.ProgressText, next.NotBefore = "waits for previews: "+why.Error(), g.now().Add(ffmpegRetry)
	_, err := g.apply(ctx, t, next, "")
	return Next{After: ffmpegRetry}, err
}

// cutPreviews cuts the previews of a task's video. The error is badVideoError where the video is at fault.
func (g *Gateway) cutPreviews(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	pics, err := g.runPreviews(ctx, t, path, facts)
	switch endless := errors.Is(err, media.ErrTooSlow) || errors.Is(err, media.ErrTooMuch); {
	case err == nil:
		return pics, nil
	case errors.Is(err, media.ErrTruncated): // its headers are a video's, and its frames can't be decoded
		if disk := g.cfg.Temp.CheckFile(path); disk != nil {
			return nil, disk
		}
		return nil, badVideoError{err}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case g.confirmFFmpegFault(ctx) == nil && endless: // ffmpeg does other work
		return nil, badVideoError{err}
	default:
		return nil, fmt.Errorf("gateway: cut previews: %w", err)
	}
}

// runPreviews waits for a turn and runs ffmpeg. Tasks whose previews failed before have a turn of their own, so that a video which
// keeps ffmpeg busy does not keep the others waiting.
func (g *Gateway) runPreviews(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	places := g.mediaSem
	if t.PollFaults > 0 {
		places = g.retryMediaSem
	}
	if err := acquire(ctx, places, cutWait); err != nil {
		return nil, err
	}
	defer places.Release(1)
	return media.Previews(ctx, g.cfg.Temp.Path(), path, facts, previewCount)
}
