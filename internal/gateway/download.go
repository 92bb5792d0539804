package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// partialDownload is a file that is being downloaded.
type partialDownload struct {
	file     *os.File
	reserved *tempdir.Reservation
	got      int64  // bytes that are downloaded
	size     int64  // of the whole file; -1 = unknown
	version  string // of the engine's file; "" = unknown
}

// download copies the engine's file to path. After a body that ends early it requests the rest; if the engine then has another
// version of the file, it begins again. The copied bytes are added to reserved. The error wraps blob.ErrUnavailable if our own
// disk fails; any other is the engine's or ctx's.
func (g *Gateway) download(ctx context.Context, t task.Task, e engine.Engine, path string, reserved *tempdir.Reservation) error {
	if e.Capabilities().Lane == task.Remote {
		if err := g.downloadSem.Acquire(ctx, 1); err != nil {
			return err
		}
		defer g.downloadSem.Release(1)
	}
	f, err := g.cfg.Temp.Create(filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	to := &partialDownload{file: f, reserved: reserved, size: -1}
	for try := 0; ; try++ {
		n, whole, err := to.resume(ctx, t.Handle, e)
		switch {
		case err == nil && whole:
			return tempdir.DiskError(f.Close())
		case errors.Is(err, blob.ErrUnavailable):
			return err
		case to.got > maxVideoBytes:
			return &engine.Error{Class: engine.Refused, Reason: task.BadOutput, Detail: fmt.Sprintf("the video is larger than %d bytes", int64(maxVideoBytes))}
		case ctx.Err() != nil:
			return ctx.Err()
		case try >= maxResumes && to.got == 0 && err != nil:
			return err // without any bytes it is no bad output
		case try >= maxResumes:
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return &engine.Error{Class: engine.AsError(err).Class, Reason: task.BadOutput, Detail: fmt.Sprintf("the download broke off at byte %d", to.got), Err: err}
		case err != nil && n == 0 && engine.AsError(err).Class != engine.Unreachable:
			return err
		}
	}
}

// resume appends the rest of the file, and reports whether the file is complete.
func (c *partialDownload) resume(ctx context.Context, handle string, e engine.Engine) (n int64, whole bool, err error) {
	in, err := e.Open(ctx, handle, c.got)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = in.Body.Close() }()
	if c.got > 0 && c.isOtherThan(in) {
		if err := c.restart(); err != nil {
			return 0, false, err
		}
		return c.resume(ctx, handle, e)
	}
	c.size, c.version = in.Size, in.Version
	n, err = io.Copy(c.reserved.Writer(c.file), io.LimitReader(in.Body, maxVideoBytes+1-c.got))
	c.got += n
	if err != nil {
		return n, false, err
	}
	return n, c.size < 0 && c.got <= maxVideoBytes || c.got == c.size, nil
}

// isOtherThan reports whether the downloaded bytes are of another version of the file.
func (c *partialDownload) isOtherThan(in engine.Content) bool {
	return c.size >= 0 && in.Size >= 0 && in.Size != c.size || c.version != "" && in.Version != "" && in.Version != c.version
}

// restart removes the downloaded bytes.
func (c *partialDownload) restart() error {
	c.got = 0
	c.reserved.Release()
	if err := c.file.Truncate(0); err != nil {
		return tempdir.DiskError(err)
	}
	_, err := c.file.Seek(0, io.SeekStart)
	return tempdir.DiskError(err)
}
