package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Upload stores an input picture, video or recording for the account, checked as those of requests are. TooLarge, Unsupported or
// Unreadable if it can't be used; Invalid if body breaks off.
func (in *Inputs) Upload(ctx context.Context, who apikey.Key, body io.Reader) (task.Dataset, error) {
	tooLarge := fieldError(task.TooLarge, "file", fmt.Sprintf("the file is larger than %d bytes", maxVideoBytes))
	return in.keep(ctx, who, "file", func(f io.Writer) error {
		_, err := io.Copy(f, &bodyReader{from: body, left: maxVideoBytes, over: tooLarge})
		return err
	})
}

// FetchDataset stores the picture, video or recording of a URL or data URI, as Upload does. The URL of a dataset of the account is that dataset.
// Unreadable if the URL can't be fetched.
func (in *Inputs) FetchDataset(ctx context.Context, who apikey.Key, source string) (task.Dataset, error) {
	if key, token, ok := parseURL(source); ok {
		if d, err := in.own(ctx, who.Account, "url", key, token); !errors.Is(err, store.ErrNotFound) {
			return d, err
		}
	}
	return in.keep(ctx, who, "url", func(f io.Writer) error { return in.fetchFile(ctx, "url", source, "video/mp4", maxVideoBytes, f) })
}

// keep stores what save writes. field names it in errors.
func (in *Inputs) keep(ctx context.Context, who apikey.Key, field string, save func(io.Writer) error) (task.Dataset, error) {
	given, err := in.cfg.Temp.Save(save)
	defer given.Remove()
	if err != nil {
		return task.Dataset{}, in.noSpace(ctx, err)
	}
	d, err := in.create(who.Account)
	if err == nil {
		d, err = in.putFile(ctx, d, field, given.Path())
	}
	if err != nil {
		return task.Dataset{}, in.noSpace(ctx, err)
	}
	return d, nil
}

// putFile checks the file at path, a recording, a video or else a picture, and stores it as d.
func (in *Inputs) putFile(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	f, err := os.Open(path) //nolint:gosec // a file of our own temp folder
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: read an upload: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: read an upload: %w", err)
	}
	head, err := io.ReadAll(io.NewSectionReader(f, 0, 512))
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: read an upload: %w", err)
	}
	if media.LooksLikeAudio(head) {
		return in.putAudio(ctx, d, field, path)
	}
	if media.LooksLikeVideo(head) {
		return in.putVideo(ctx, d, field, path)
	}
	if n := info.Size(); n > maxImageBytes {
		return task.Dataset{}, fieldError(task.TooLarge, field,
			fmt.Sprintf("%d bytes; a picture may have at most %d, and this is no video or recording of a known format", n, maxImageBytes))
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: read an upload: %w", err)
	}
	pic, err := in.cfg.Images.Inspect(ctx, d.Account, data, media.ImageLimits{Bytes: maxImageBytes})
	if errors.Is(err, media.ErrUnsupported) {
		return task.Dataset{}, fieldError(task.Unsupported, field, err.Error()+", MP4, QuickTime, "+media.AudioFormats)
	}
	if err != nil {
		return task.Dataset{}, inputError(field, err)
	}
	return in.putImage(ctx, d, pic)
}

// bodyReader reads a caller's body, and says in public words why it can't be read on.
type bodyReader struct {
	from io.Reader
	left int64
	over error // the error if the body has more than left bytes
}

// Read implements io.Reader.
func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.left -= int64(n)
	switch {
	case b.left < 0:
		return 0, b.over
	case err != nil && !errors.Is(err, io.EOF):
		return n, &task.Error{Code: task.Invalid, Detail: "The body ended early or came too slowly."}
	}
	return n, err
}
