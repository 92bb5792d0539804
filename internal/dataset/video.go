package dataset

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

const (
	// maxVideoBytes is the largest input video of any caller: what an upload may have.
	maxVideoBytes = task.MaxUpload
	// cleanBytes is what a video may have while it is rewritten: media.InspectVideo allows a quarter more, and headers.
	cleanBytes = maxVideoBytes + maxVideoBytes/4 + 1<<20
	cleanWait  = 15 * time.Second // for other videos to be written: the caller waits as well
	cleanRetry = 15 * time.Second // when a caller is asked to send a video again that could not be read
)

// errBusy says that other videos were being written for all of cleanWait.
var errBusy = errors.New("dataset: busy")

// copyVideo copies one video: it is fetched or decoded into a file, checked by content, rewritten without metadata, and
// stored as a dataset. A video that already is a dataset of the account is used as it is.
func (in *Inputs) copyVideo(ctx context.Context, account int64, v task.InputVideo) (task.InputVideo, error) {
	if key, token, ok := parseURL(v.Source); ok {
		d, err := in.own(ctx, account, v.Field, key, token)
		if err == nil && !d.IsVideo() {
			return task.InputVideo{}, fieldError(task.Unsupported, v.Field, "the dataset is a picture; a video is needed")
		}
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return videoOf(v.Field, d), err
		}
	}
	given, err := in.cfg.Temp.Save(func(f io.Writer) error { return in.fetchVideo(ctx, v, f) })
	defer given.Remove()
	if err != nil {
		return task.InputVideo{}, err
	}
	d, err := in.create(account)
	if err != nil {
		return task.InputVideo{}, err
	}
	d, err = in.putVideo(ctx, d, v.Field, given.Path())
	return videoOf(v.Field, d), err
}

// fetchVideo writes a video by URL, data URI or the key of one of our own files.
func (in *Inputs) fetchVideo(ctx context.Context, v task.InputVideo, to io.Writer) error {
	if isURL(v.Source) {
		from := in.cfg.Fetch
		if in.cfg.FetchVideo != nil {
			from = in.cfg.FetchVideo
		}
		_, err := from.Save(ctx, v.Source, maxVideoBytes, to)
		var refusal *outbound.Error
		if errors.As(err, &refusal) {
			return in.fetchError(ctx, v.Field, err)
		}
		return err
	}
	if key, ok := task.StoredKey(v.Source); ok {
		body, err := in.openStored(ctx, v.Field, key)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		_, err = io.Copy(to, body)
		return err
	}
	_, data, ok := strings.Cut(v.Source, ";base64,")
	if !ok || !strings.HasPrefix(v.Source, "data:") {
		return fieldError(task.Invalid, v.Field, "must be an http(s) URL, or a data URI such as data:video/mp4;base64,<data>")
	}
	_, err := io.Copy(to, base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	if corrupt := base64.CorruptInputError(0); errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fieldError(task.Invalid, v.Field, "does not hold valid Base64: "+err.Error())
	}
	return err
}

// putVideo checks the file at path and stores it as d.
func (in *Inputs) putVideo(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	clean, err := in.cfg.Temp.Save(func(io.Writer) error { return nil })
	defer clean.Remove()
	if err == nil {
		err = clean.Add(cleanBytes)
	}
	if err != nil {
		return task.Dataset{}, err
	}
	facts, err := in.clean(ctx, field, path, clean)
	if err != nil {
		return task.Dataset{}, in.orDiskError(err)
	}
	f, err := os.Open(clean.Path())
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: store a video: %w", err)
	}
	defer func() { _ = f.Close() }()
	d.Type, d.Size = facts.Type, facts.Size
	d.Width, d.Height, d.FrameRate, d.Duration = facts.Width, facts.Height, facts.FrameRate, facts.Duration
	return in.put(ctx, d, f)
}

func videoOf(field string, d task.Dataset) task.InputVideo {
	return task.InputVideo{Field: field, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height,
		FrameRate: d.FrameRate, Duration: d.Duration}
}

// clean rewrites a video, and says in public words why that can't be done.
func (in *Inputs) clean(ctx context.Context, field, path string, to tempdir.File) (media.InputVideo, error) {
	if in.cfg.FFmpeg != nil {
		if broken := in.cfg.FFmpeg.Err(); broken != nil {
			return media.InputVideo{}, unreadableNow(field, broken)
		}
	}
	facts, err := in.inspectVideo(ctx, path, to.Path())
	switch {
	case err == nil:
		return facts, nil
	case errors.Is(err, errBusy):
		return media.InputVideo{}, &task.Error{Code: task.Unavailable, RetryAfter: cleanWait,
			Detail: field + ": other videos are being read, more than can be at once. Try again later."}
	case errors.Is(err, media.ErrTool), errors.Is(err, media.ErrTooSlow):
		return media.InputVideo{}, in.toolError(ctx, field, err)
	}
	return media.InputVideo{}, inputError(field, err)
}

// toolError says why ffmpeg failed to rewrite a video: this machine's ffmpeg does not work, or the video makes it fail.
func (in *Inputs) toolError(ctx context.Context, field string, err error) error {
	if in.cfg.FFmpeg != nil {
		if broken := in.cfg.FFmpeg.Check(ctx); broken != nil {
			return unreadableNow(field, broken)
		}
	}
	var ended *exec.ExitError
	switch {
	case errors.Is(err, media.ErrTooSlow):
		return inputError(field, err)
	case errors.As(err, &ended):
		return fieldError(task.Unreadable, field, "the video's tracks can't be read")
	default:
		return unreadableNow(field, media.ErrNoFFmpeg)
	}
}

// inspectVideo runs ffmpeg once no more than Config.Workers do.
func (in *Inputs) inspectVideo(ctx context.Context, path, to string) (media.InputVideo, error) {
	limited, stop := context.WithTimeout(ctx, cleanWait)
	defer stop()
	if err := in.cleaning.Acquire(limited, 1); err != nil {
		if ctx.Err() == nil {
			err = errBusy
		}
		return media.InputVideo{}, err
	}
	defer in.cleaning.Release(1)
	return media.InspectVideo(ctx, path, to, maxVideoBytes)
}

// unreadableNow answers a caller whose video can't be read because of this machine.
func unreadableNow(field string, why error) error {
	return &task.Error{Code: task.Unavailable, RetryAfter: cleanRetry, Detail: field + ": no video can be read at the moment: " + why.Error() + ". Try again later."}
}
