package gateway

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	cutWait     = 5 * time.Minute  // for a turn at cutting previews; each turn is bounded too
	cleanWait   = 15 * time.Second // for a turn at writing a caller's video anew: the caller waits as well
	ffmpegRetry = 15 * time.Second // between two looks whether ffmpeg works again
)

// Health is what is known of this machine's ffmpeg, which cuts previews and writes input videos anew.
type Health interface {
	Err() error                     // nil where it works, else an error whose text is public
	Look(ctx context.Context) error // the same after another look: it was seen to fail
}

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
	return g.cfg.FFmpeg.Look(ctx)
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

// cut cuts the previews of a task's video. The error is unusableError where the video is at fault.
func (g *Gateway) cut(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	pics, err := g.previews(ctx, t, path, facts)
	switch endless := errors.Is(err, media.ErrTooSlow) || errors.Is(err, media.ErrTooMuch); {
	case err == nil:
		return pics, nil
	case errors.Is(err, media.ErrTruncated): // its headers are a video's, and its frames can't be decoded
		if disk := g.diskWorks(path); disk != nil {
			return nil, disk
		}
		return nil, unusableError{err}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case g.confirmFFmpegFault(ctx) == nil && endless: // ffmpeg does other work
		return nil, unusableError{err}
	default:
		return nil, fmt.Errorf("gateway: cut previews: %w", err)
	}
}

// previews waits for a turn and runs ffmpeg. Tasks whose previews failed before have a turn of their own, so that a video which
// keeps ffmpeg busy does not keep the others waiting.
func (g *Gateway) previews(ctx context.Context, t task.Task, path string, facts media.VideoFacts) ([]media.Picture, error) {
	places := g.mediaSem
	if t.PollFaults > 0 {
		places = g.retryMediaSem
	}
	if err := places.acquireWithin(ctx, cutWait); err != nil {
		return nil, err
	}
	defer places.release()
	return media.Previews(ctx, g.cfg.Temp, path, facts, previewCount)
}

// clean writes an input video anew, and says in public words why that can't be done.
func (g *Gateway) clean(ctx context.Context, field, path, to string) (media.InputVideo, error) {
	if err := g.ffmpeg(); err != nil {
		return media.InputVideo{}, cannotClean(field, err)
	}
	facts, err := g.cleanInTurn(ctx, path, to)
	switch {
	case err == nil:
		return facts, nil
	case errors.Is(err, errBusy):
		return media.InputVideo{}, &task.Error{Code: task.Unavailable, RetryAfter: cleanWait,
			Detail: field + ": other videos are being read, more than can be at once. Try again later."}
	case errors.Is(err, media.ErrTool), errors.Is(err, media.ErrTooSlow):
		var ended *exec.ExitError
		switch unwell := g.confirmFFmpegFault(ctx); {
		case unwell != nil:
			return media.InputVideo{}, cannotClean(field, unwell)
		case errors.Is(err, media.ErrTooSlow):
		case errors.As(err, &ended): // ffmpeg works, and this file makes it end without a word
			return media.InputVideo{}, fieldError(task.Unreadable, field, "the video's tracks can't be read")
		default:
			return media.InputVideo{}, cannotClean(field, media.ErrNoFFmpeg)
		}
	}
	return media.InputVideo{}, inputError(field, err)
}

// cleanInTurn waits for a turn and runs ffmpeg.
func (g *Gateway) cleanInTurn(ctx context.Context, path, to string) (media.InputVideo, error) {
	if err := g.cleanSem.acquireWithin(ctx, cleanWait); err != nil {
		return media.InputVideo{}, err
	}
	defer g.cleanSem.release()
	return media.InspectVideo(ctx, path, to, maxInputVideoBytes)
}

// cannotClean is the answer to a video that can't be read for a cause of this machine's.
func cannotClean(field string, why error) error {
	return &task.Error{Code: task.Unavailable, RetryAfter: unreadyRetry, Detail: field + ": no video can be read at the moment: " + why.Error() + ". Try again later."}
}
