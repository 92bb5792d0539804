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
)

const (
	// maxVideoBytes is the largest input video of any caller: what an upload may have.
	maxVideoBytes = task.MaxUpload
	// cleanBytes is what a video may have while it is rewritten: media.InspectVideo allows a quarter more, and headers.
	cleanBytes = maxVideoBytes + maxVideoBytes/4 + 1<<20
	cleanWait  = 15 * time.Second // for other files to be written: the caller waits as well
	cleanRetry = 15 * time.Second // when a caller is asked to send a file again that could not be read
)

// errBusy says that other files were being written for all of cleanWait.
var errBusy = errors.New("dataset: busy")

// copyVideo copies one video: it is fetched or decoded into a file, checked by content, rewritten without metadata, and
// stored as a dataset. A video that already is a dataset of the account is used as it is.
func (in *Inputs) copyVideo(ctx context.Context, account int64, v task.InputVideo) (task.InputVideo, error) {
	if key, token, ok := parseURL(v.Source); ok {
		d, err := in.own(ctx, account, v.Field, key, token)
		if err == nil && !d.IsVideo() {
			return task.InputVideo{}, fieldError(task.Unsupported, v.Field, "the dataset is a "+d.Kind()+"; a video is needed")
		}
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return videoOf(v.Field, d), err
		}
	}
	given, err := in.cfg.Temp.Save(func(f io.Writer) error { return in.fetchFile(ctx, v.Field, v.Source, "video/mp4", maxVideoBytes, f) })
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

// fetchFile writes a video or a recording by URL, data URI or the key of one of our own files. kind is an example of its media type.
func (in *Inputs) fetchFile(ctx context.Context, field, source, kind string, limit int64, to io.Writer) error {
	if isURL(source) {
		from := in.cfg.Fetch
		if in.cfg.FetchVideo != nil {
			from = in.cfg.FetchVideo
		}
		_, err := from.Save(ctx, source, limit, to)
		var refusal *outbound.Error
		if errors.As(err, &refusal) {
			return in.fetchError(ctx, field, err)
		}
		return err
	}
	if key, ok := task.StoredKey(source); ok {
		body, err := in.openStored(ctx, field, key)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		_, err = io.Copy(to, body)
		return err
	}
	_, data, ok := strings.Cut(source, ";base64,")
	if !ok || !strings.HasPrefix(source, "data:") {
		return fieldError(task.Invalid, field, "must be an http(s) URL, or a data URI such as data:"+kind+";base64,<data>")
	}
	_, err := io.Copy(to, base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	if corrupt := base64.CorruptInputError(0); errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fieldError(task.Invalid, field, "does not hold valid Base64: "+err.Error())
	}
	return err
}

// putVideo checks the file at path and stores it as d.
func (in *Inputs) putVideo(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	var facts media.InputVideo
	return in.putClean(ctx, d, field, "video", func(ctx context.Context, clean string) (err error) {
		facts, err = media.InspectVideo(ctx, path, clean, maxVideoBytes)
		return err
	}, func(d *task.Dataset) {
		d.Type, d.Size = facts.Type, facts.Size
		d.Width, d.Height, d.FrameRate, d.Duration = facts.Width, facts.Height, facts.FrameRate, facts.Duration
	})
}

// putClean stores, as d, the file that inspect writes: a video or a recording, as what names it. facts then puts what inspect learned
// into d.
func (in *Inputs) putClean(ctx context.Context, d task.Dataset, field, what string, inspect func(ctx context.Context, clean string) error, facts func(*task.Dataset)) (task.Dataset, error) {
	clean, err := in.cfg.Temp.Save(func(io.Writer) error { return nil })
	defer clean.Remove()
	if err == nil {
		err = clean.Add(cleanBytes)
	}
	if err != nil {
		return task.Dataset{}, err
	}
	if err := in.clean(ctx, field, what, func(ctx context.Context) error { return inspect(ctx, clean.Path()) }); err != nil {
		return task.Dataset{}, in.orDiskError(err)
	}
	f, err := os.Open(clean.Path())
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: store a %s: %w", what, err)
	}
	defer func() { _ = f.Close() }()
	facts(&d)
	return in.put(ctx, d, f)
}

func videoOf(field string, d task.Dataset) task.InputVideo {
	return task.InputVideo{Field: field, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height,
		FrameRate: d.FrameRate, Duration: d.Duration}
}

// clean rewrites a video or a recording, and says in public words why that can't be done.
func (in *Inputs) clean(ctx context.Context, field, what string, inspect func(context.Context) error) error {
	if in.cfg.FFmpeg != nil {
		if broken := in.cfg.FFmpeg.Err(); broken != nil {
			return unreadableNow(field, what, broken)
		}
	}
	err := in.inspectOne(ctx, inspect)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errBusy):
		return &task.Error{Code: task.Unavailable, RetryAfter: cleanWait,
			Detail: field + ": other " + what + "s are being read, more than can be at once. Try again later."}
	case errors.Is(err, media.ErrTool), errors.Is(err, media.ErrTooSlow):
		return in.toolError(ctx, field, what, err)
	}
	return inputError(field, err)
}

// toolError says why ffmpeg failed to rewrite a file: this machine's ffmpeg does not work, or the file makes it fail.
func (in *Inputs) toolError(ctx context.Context, field, what string, err error) error {
	if in.cfg.FFmpeg != nil {
		if broken := in.cfg.FFmpeg.Check(ctx); broken != nil {
			return unreadableNow(field, what, broken)
		}
	}
	var ended *exec.ExitError
	switch {
	case errors.Is(err, media.ErrTooSlow):
		return inputError(field, err)
	case errors.As(err, &ended):
		return fieldError(task.Unreadable, field, "the "+what+"'s tracks can't be read")
	default:
		return unreadableNow(field, what, media.ErrNoFFmpeg)
	}
}

// inspectOne runs ffmpeg once no more than Config.Workers do.
func (in *Inputs) inspectOne(ctx context.Context, inspect func(context.Context) error) error {
	limited, stop := context.WithTimeout(ctx, cleanWait)
	defer stop()
	if err := in.cleaning.Acquire(limited, 1); err != nil {
		if ctx.Err() == nil {
			err = errBusy
		}
		return err
	}
	defer in.cleaning.Release(1)
	return inspect(ctx)
}

// unreadableNow answers a caller whose file can't be read because of this machine.
func unreadableNow(field, what string, why error) error {
	return &task.Error{Code: task.Unavailable, RetryAfter: cleanRetry, Detail: field + ": no " + what + " can be read at the moment: " + why.Error() + ". Try again later."}
}
