package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// errMachine wraps the errors of this machine in reading a result: they say nothing about the result.
var errMachine = errors.New("gateway: this machine can't read the result")

// resultFacts reads the facts of the result at path. A video in another container than MP4 is first replaced by an MP4, since
// callers always get MP4; from is the media type that it had, "" for an MP4. An error is errMachine, errConversionLater, the disk's, or
// a media error if the result is bad.
func (g *Gateway) resultFacts(ctx context.Context, t task.Task, path string, reserved *tempdir.Reservation) (facts media.VideoFacts, from string, err error) {
	if from, err = g.convert(ctx, t, path, reserved); err != nil {
		return media.VideoFacts{}, "", err
	}
	facts, err = readFacts(path)
	return facts, from, err
}

// convert replaces the result by an MP4, and returns the media type that it had; "" if it was one. The error is a media error if
// the result is bad, and errConversionLater if others are converted first; any other wraps errMachine.
func (g *Gateway) convert(ctx context.Context, t task.Task, path string, reserved *tempdir.Reservation) (from string, err error) {
	if other, err := media.Convertible(path); err != nil {
		return "", fmt.Errorf("%w: %w", errMachine, err)
	} else if !other {
		return "", nil
	}
	if inside, _ := g.conversions.has(t.ID); !inside {
		leave, ok := g.enter(ctx, g.conversions, t)
		if !ok {
			return "", errConversionLater
		}
		defer leave()
	}
	if err := reserved.Add(maxVideoBytes); err != nil {
		return "", fmt.Errorf("%w: %w", errMachine, err)
	}
	to := path + ".converted"
	defer func() { _ = os.Remove(to) }() // it does not exist if it was renamed
	from, err = media.ToMP4(ctx, path, to, maxVideoBytes)
	switch {
	case errors.Is(err, media.ErrTooLarge):
		return "", err
	case errors.Is(err, media.ErrUnreadable):
		if disk := g.cfg.Temp.CheckFile(path); disk != nil {
			return "", fmt.Errorf("%w: %w", errMachine, disk)
		}
		return "", err
	case err == nil && from == "":
		return "", nil
	case err == nil:
		err = os.Rename(to, path)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", errMachine, err)
	}
	g.cfg.Log.InfoContext(ctx, "converted the result to MP4", "task", t.ID, "engine", t.Engine, "from", from)
	return from, nil
}
