package dataset

import (
	"context"
	"errors"
	"io"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// maxAudioBytes is the largest recording of any caller.
const maxAudioBytes = 32 << 20

// copyReferences copies the reference images and recordings. The request's lists are replaced, not changed.
func (in *Inputs) copyReferences(account int64, r *task.Request) (each []func(context.Context) error) {
	images, recordings := r.ReferenceImages, r.ReferenceAudio
	r.ReferenceImages, r.ReferenceAudio = nil, nil
	for _, img := range images {
		each = append(each, func(ctx context.Context) error {
			got, err := in.copyImage(ctx, account, img.Image)
			img.Image = got
			r.ReferenceImages = append(r.ReferenceImages, img)
			return err
		})
	}
	for _, a := range recordings {
		each = append(each, func(ctx context.Context) error {
			got, err := in.copyAudio(ctx, account, a)
			r.ReferenceAudio = append(r.ReferenceAudio, got)
			return err
		})
	}
	return each
}

// copyAudio copies one recording: it is fetched or decoded into a file, checked by content, rewritten without metadata, and stored as
// a dataset. A recording that already is a dataset of the account is used as it is.
func (in *Inputs) copyAudio(ctx context.Context, account int64, a task.InputAudio) (task.InputAudio, error) {
	if key, token, ok := parseURL(a.Source); ok {
		d, err := in.own(ctx, account, a.Field, key, token)
		if err == nil && !d.IsAudio() {
			return task.InputAudio{}, fieldError(task.Unsupported, a.Field, "the dataset is a "+d.Kind()+"; a recording is needed")
		}
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return audioOf(a, d), err
		}
	}
	given, err := in.cfg.Temp.Save(func(f io.Writer) error { return in.fetchFile(ctx, a.Field, a.Source, "audio/mpeg", maxAudioBytes, f) })
	defer given.Remove()
	if err != nil {
		return task.InputAudio{}, err
	}
	d, err := in.create(account)
	if err != nil {
		return task.InputAudio{}, err
	}
	d, err = in.putAudio(ctx, d, a.Field, given.Path())
	return audioOf(a, d), err
}

// putAudio checks the file at path and stores it as d.
func (in *Inputs) putAudio(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	var facts media.InputAudio
	return in.putClean(ctx, d, field, "recording", func(ctx context.Context, clean string) (err error) {
		facts, err = media.InspectAudio(ctx, path, clean, maxAudioBytes)
		return err
	}, func(d *task.Dataset) { d.Type, d.Size, d.Duration = facts.Type, facts.Size, facts.Duration })
}

func audioOf(a task.InputAudio, d task.Dataset) task.InputAudio {
	return task.InputAudio{Field: a.Field, Name: a.Name, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Duration: d.Duration}
}
