package dataset

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// maxImageBytes is the largest input picture of any caller; the limit that Runway sets for pictures by URL.
const maxImageBytes = 16 << 20

// copyImage copies one picture: its bytes are fetched or decoded, checked by content, made upright, stripped of metadata,
// and stored as a dataset. A picture that already is a dataset of the account is used as it is.
func (in *Inputs) copyImage(ctx context.Context, account int64, img task.Image) (task.Image, error) {
	if key, token, ok := parseURL(img.Source); ok {
		if d, err := in.own(ctx, account, img.Field, key, token); err == nil {
			return imageOf(img.Field, d), checkImage(img, d)
		} else if !errors.Is(err, store.ErrNotFound) {
			return task.Image{}, err
		}
	}
	limit := int64(maxImageBytes)
	if img.Limits.Bytes > 0 {
		limit = min(limit, img.Limits.Bytes)
	}
	data, err := in.imageBytes(ctx, img, limit)
	if err != nil {
		return task.Image{}, err
	}
	pic, err := in.cfg.Images.Inspect(ctx, account, data, media.ImageLimits{Bytes: limit, MinSide: img.Limits.MinSide, Types: img.Limits.Types})
	if err != nil {
		return task.Image{}, inputError(img.Field, err)
	}
	if err := checkRatio(img, pic.Width, pic.Height); err != nil {
		return task.Image{}, err
	}
	d, err := in.create(account)
	if err != nil {
		return task.Image{}, err
	}
	if d, err = in.putImage(ctx, d, pic); err != nil {
		return task.Image{}, err
	}
	return imageOf(img.Field, d), nil
}

// putImage stores a checked picture as d.
func (in *Inputs) putImage(ctx context.Context, d task.Dataset, pic media.Picture) (task.Dataset, error) {
	d.Type, d.Size, d.Width, d.Height = pic.Type, int64(len(pic.Bytes)), pic.Width, pic.Height
	return in.put(ctx, d, bytes.NewReader(pic.Bytes))
}

// checkImage checks a dataset against what the caller's API allows of a picture.
func checkImage(img task.Image, d task.Dataset) error {
	switch l := img.Limits; {
	case d.Kind() != "picture":
		return fieldError(task.Unsupported, img.Field, "the dataset is a "+d.Kind()+"; a picture is needed")
	case l.Bytes > 0 && d.Size > l.Bytes:
		return fieldError(task.TooLarge, img.Field, fmt.Sprintf("%d bytes; at most %d", d.Size, l.Bytes))
	case min(d.Width, d.Height) < l.MinSide:
		return fieldError(task.Unreadable, img.Field, fmt.Sprintf("%dx%d pixels; each side must have at least %d", d.Width, d.Height, l.MinSide))
	case len(l.Types) > 0 && !slices.Contains(l.Types, d.Type):
		return fieldError(task.Unsupported, img.Field, fmt.Sprintf("%s; allowed: %s", d.Type, strings.Join(l.Types, ", ")))
	}
	return checkRatio(img, d.Width, d.Height)
}

// checkRatio refuses a picture that is longer than the caller's API allows.
func checkRatio(img task.Image, width, height int) error {
	long, short := max(width, height), min(width, height)
	if most := img.Limits.MaxRatio; most > 0 && float64(long) > most*float64(short) {
		return fieldError(task.Unreadable, img.Field, fmt.Sprintf("%dx%d pixels; the longer side may be at most %v times the shorter", width, height, most))
	}
	return nil
}

func imageOf(field string, d task.Dataset) task.Image {
	return task.Image{Field: field, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height}
}

// imageBytes returns the bytes of a picture by URL, data URI, Base64 or the key of one of our own files.
func (in *Inputs) imageBytes(ctx context.Context, img task.Image, limit int64) ([]byte, error) {
	if key, ok := task.StoredKey(img.Source); ok {
		return in.storedBytes(ctx, img.Field, key, limit)
	}
	if isURL(img.Source) {
		resp, err := in.cfg.Fetch.Get(ctx, img.Source, limit)
		if err != nil {
			return nil, in.fetchError(ctx, img.Field, err)
		}
		return resp.Bytes, nil
	}
	data := img.Source
	if strings.HasPrefix(data, "data:") {
		head, body, ok := strings.Cut(data, ",")
		if !ok || !strings.HasSuffix(head, ";base64") {
			return nil, fieldError(task.Invalid, img.Field, "a data URI must be data:<media type>;base64,<data>")
		}
		data = body
	}
	if int64(base64.StdEncoding.DecodedLen(len(data))) > limit+2 {
		return nil, fieldError(task.TooLarge, img.Field, fmt.Sprintf("the picture is larger than %d bytes", limit))
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, fieldError(task.Invalid, img.Field, "must be an http(s) URL, a data URI, or Base64: "+err.Error())
	}
	return raw, nil
}

// storedBytes returns the bytes of one of our own files.
func (in *Inputs) storedBytes(ctx context.Context, field, key string, limit int64) ([]byte, error) {
	body, err := in.openStored(ctx, field, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fieldError(task.TooLarge, field, fmt.Sprintf("the picture is larger than %d bytes", limit))
	}
	return data, err
}

// openStored opens one of our own files.
func (in *Inputs) openStored(ctx context.Context, field, key string) (io.ReadCloser, error) {
	body, err := in.cfg.Bucket.Open(ctx, key, 0, -1)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fieldError(task.NotFound, field, "the file of that task is no longer there")
	}
	return body, err
}

func isURL(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}
