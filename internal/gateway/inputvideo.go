package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// maxInputVideoBytes is the largest input video of any caller: what an upload may have.
const maxInputVideoBytes = task.MaxUpload

// cleanBytes is what an input video may have while it is written anew: media.InspectVideo allows a quarter more, and headers.
const cleanBytes = maxInputVideoBytes + maxInputVideoBytes/4 + 1<<20

// ingestInputVideo brings an input video in: it is fetched or decoded into a file, checked by its content, written anew without
// what came along, and stored as a dataset. A video that already is the account's dataset is used as it is.
func (g *Gateway) ingestInputVideo(ctx context.Context, account int64, v task.InputVideo) (task.InputVideo, error) {
	if key, token, ok := datasetURL(v.Source); ok {
		d, err := g.ownDataset(ctx, account, v.Field, key, token)
		if err == nil && !d.IsVideo() {
			return task.InputVideo{}, fieldError(task.Unsupported, v.Field, "the dataset is a picture; a video is needed")
		}
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return footageOf(v.Field, d), err
		} // else it is another server's that has such paths
	}
	given, err := g.saveTemp(func(f io.Writer) error { return g.fetchInputVideo(ctx, v, f) })
	defer given.remove()
	if err != nil {
		return task.InputVideo{}, err
	}
	d, err := g.newDataset(account)
	if err != nil {
		return task.InputVideo{}, err
	}
	d, err = g.storeInputVideo(ctx, d, v.Field, given.path)
	return footageOf(v.Field, d), err
}

// fetchInputVideo writes the video from where the caller says it is.
func (g *Gateway) fetchInputVideo(ctx context.Context, v task.InputVideo, to io.Writer) error {
	if strings.HasPrefix(v.Source, "http://") || strings.HasPrefix(v.Source, "https://") {
		from := g.cfg.Fetch
		if g.cfg.FetchVideo != nil {
			from = g.cfg.FetchVideo
		}
		_, err := from.Save(ctx, v.Source, maxInputVideoBytes, to)
		var refusal *outbound.Error
		if errors.As(err, &refusal) {
			return g.fetchError(ctx, v.Field, err)
		}
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

// storeInputVideo checks the file at path and stores it as d.
func (g *Gateway) storeInputVideo(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	clean, err := g.saveTemp(func(io.Writer) error { return nil })
	defer clean.remove()
	if err == nil {
		err = diskFault(clean.reservation.reserve(cleanBytes))
	}
	if err != nil {
		return task.Dataset{}, err
	}
	facts, err := g.clean(ctx, field, path, clean.path)
	if err != nil {
		return task.Dataset{}, g.orFull(err)
	}
	f, err := os.Open(clean.path)
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep video: %w", err)
	}
	defer func() { _ = f.Close() }()
	d.Key, d.Type, d.Size = "datasets/"+d.ID+extension(facts.Type), facts.Type, facts.Size
	d.Width, d.Height, d.FrameRate, d.Duration = facts.Width, facts.Height, facts.FrameRate, facts.Duration
	if _, err := g.cfg.Bucket.Put(ctx, d.Key, f, d.Type); err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep video: %w", err)
	}
	if err := g.cfg.Store.PutDataset(ctx, d); err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep video: %w", err)
	}
	return d, nil
}

func footageOf(field string, d task.Dataset) task.InputVideo {
	return task.InputVideo{Field: field, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height,
		FrameRate: d.FrameRate, Duration: d.Duration}
}

// tempFile is a file of the temp folder's, and what it takes there.
type tempFile struct {
	path        string
	reservation *tempReservation
}

func (s tempFile) remove() {
	if s.path != "" {
		_ = os.Remove(s.path)
		s.reservation.release()
	}
}

// saveTemp makes a file that write fills. The caller removes it, whether there is an error or not.
func (g *Gateway) saveTemp(write func(io.Writer) error) (tempFile, error) {
	f, err := os.CreateTemp(g.cfg.Temp, "input-*")
	if err != nil {
		return tempFile{}, fmt.Errorf("gateway: make room for an input: %w", diskFault(err))
	}
	made := tempFile{f.Name(), g.space.reserve()}
	return made, errors.Join(write(meteredWriter{f, made.reservation}), diskFault(f.Close()))
}

// jobVideo is the request's video as the engine gets it; nil where there is none.
func (g *Gateway) jobVideo(v *task.InputVideo) *engine.InputVideo {
	if v == nil {
		return nil
	}
	return &engine.InputVideo{
		Type: v.Type, Size: v.Size, Width: v.Width, Height: v.Height, Duration: v.Duration, URL: g.presignedURL(v.Key),
		Open: func(ctx context.Context) (io.ReadCloser, error) { return g.cfg.Bucket.Open(ctx, v.Key, 0, -1) },
	}
}
