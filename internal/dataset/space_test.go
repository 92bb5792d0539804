package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

func TestTempSpaceIsBounded(t *testing.T) {
	h := newHarness(t)
	h.config.Temp = tempdir.New(h.temp, 100<<20) // for one video and not for two
	h.restart()
	video := clip(t)
	for range 3 { // each releases what it reserved
		if _, err := h.Upload(t.Context(), h.who, bytes.NewReader(video)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.copyVideo(t, dataURI("video/mp4", video)); err != nil {
			t.Fatal(err)
		}
	}
	h.config.Temp = tempdir.New(h.temp, 1<<20)
	h.restart()
	_, uploading := h.Upload(t.Context(), h.who, bytes.NewReader(video))
	_, requesting := h.copyVideo(t, dataURI("video/mp4", video))
	for name, err := range map[string]error{"an upload": uploading, "a request": requesting} {
		if e := (*task.Error)(nil); !errors.As(err, &e) || e.Code != task.NoSpace || e.RetryAfter <= 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48))); err != nil {
		t.Errorf("a picture: %v", err)
	}
	h.checkTempIsEmpty(t)
}

// badDisk is a storage whose disk can't be written.
type badDisk struct {
	blob.Bucket
	cause error
}

func (b badDisk) Put(_ context.Context, key string, _ io.Reader, _ string) (blob.Info, error) {
	return blob.Info{}, blob.Classify(&fs.PathError{Op: "write", Path: key, Err: b.cause})
}

func TestDiskErrors(t *testing.T) {
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
			h := newHarness(t)
			h.config.Bucket = badDisk{h.bucket, c.cause}
			h.restart()
			_, upload := h.Upload(t.Context(), h.who, bytes.NewReader(picture))
			_, request := h.copyImage(t, dataURI("image/jpeg", picture), task.ImageLimits{})
			for verb, err := range map[string]error{"an upload": upload, "a request": request} {
				if task.CodeOf(err) != c.want || c.want == task.InternalError && !errors.Is(err, blob.ErrUnavailable) {
					t.Errorf("%s: %v, want %s", verb, err, c.want)
				}
			}
		})
	}
}
