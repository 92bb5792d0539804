package gateway_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// badDisk is the real bucket on a disk that takes nothing, for that cause.
type badDisk struct {
	blob.Bucket
	cause error
}

func (b badDisk) Put(_ context.Context, key string, _ io.Reader, _ string) (blob.Info, error) {
	return blob.Info{}, blob.Classify(&fs.PathError{Op: "write", Path: key, Err: b.cause})
}

func TestAFileThatFindsNoSpaceIsToldSoAndABadDiskIsOurs(t *testing.T) {
	picture := jpegOf(t, 320, 320)
	for name, c := range map[string]struct {
		cause error
		want  task.Code // internal_error stands for an error that is no *task.Error
	}{
		"a full disk":      {syscall.ENOSPC, task.NoSpace},
		"no quota left":    {syscall.EDQUOT, task.NoSpace},
		"a read-only disk": {syscall.EROFS, task.InternalError},
		"a broken disk":    {syscall.EIO, task.InternalError},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.config.Bucket = badDisk{h.bucket, c.cause}
			h.use(h.fake)
			_, upload := h.Upload(t.Context(), h.who, bytes.NewReader(picture))
			r := request("zoom")
			r.First = &task.Image{Field: "first_frame", Source: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(picture)}
			_, submit := h.Submit(t.Context(), h.who, r)
			for verb, err := range map[string]error{"an upload": upload, "a create with a picture": submit} {
				if task.CodeOf(err) != c.want || c.want == task.InternalError && !errors.Is(err, blob.ErrUnavailable) {
					t.Errorf("%s: %v, want %s", verb, err, c.want)
				}
			}
			if _, err := h.Submit(t.Context(), h.who, request("zoom")); err != nil {
				t.Errorf("a create that stores no file: %v", err)
			}
		})
	}
}

// noSpaceError is what an engine of this machine says while it can't write.
type noSpaceError struct{}

func (noSpaceError) Error() string     { return "no space left on device" }
func (noSpaceError) Unavailable() bool { return true }

// onBadDisk is an engine of this machine whose work ends for want of the disk, so often.
type onBadDisk struct {
	*fake.Engine
	times int
}

func (e *onBadDisk) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if e.times--; e.times >= 0 {
		return engine.Status{}, noSpaceError{}
	}
	return e.Engine.Poll(ctx, handle)
}

func TestWorkThatTheDiskCouldNotTakeIsMadeAnewAnyNumberOfTimes(t *testing.T) {
	h := newHouse(t)
	h.fake.Caps.Lane, h.fake.Caps.Restartable = task.Local, true
	h.use(&onBadDisk{h.fake, 50})
	id := h.submit(t, "zoom").ID
	if got := h.run(t, id); got.State != task.Succeeded || len(got.Attempts) != 1 {
		t.Errorf("%s after %d attempts: %+v", got.State, len(got.Attempts), got.Failure)
	}
}
