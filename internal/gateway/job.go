package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// inputLife is how long a vendor may fetch a picture or a video from us: it may queue the work for long.
const inputLife = 48 * time.Hour

// job gathers what the engine gets: the request, the bytes of its frames, and a way to read its video and its references. The error is a
// *missingInputError if one of them is gone, a *unfinishedError or an *unusableError if a shot has no video yet, or never.
func (g *Gateway) job(ctx context.Context, t task.Task, n registry.ConfiguredEngine) (engine.Job, error) {
	model, _ := n.Engine.Capabilities().Model(t.EngineModel) // it is gone after a change of the settings
	j := engine.Job{Task: t.ID, Model: t.EngineModel, Request: model.WithShape(t.Request), CallbackURL: g.callbackURL(t, n)}
	if err := g.addFiles(ctx, t.Request, &j); err != nil {
		return engine.Job{}, err
	}
	if t.Request.Sequence != nil {
		var err error
		if j.Shots, err = g.shots(ctx, t); err != nil {
			return engine.Job{}, err
		}
	}
	for _, in := range []struct {
		img *task.Image
		pic **engine.Picture
	}{{t.Request.First, &j.First}, {t.Request.Last, &j.Last}} {
		if in.img == nil {
			continue
		}
		body, err := g.cfg.Bucket.Open(ctx, in.img.Key, 0, -1)
		if err != nil {
			return engine.Job{}, inputOpenError(in.img.Field, err)
		}
		data, err := io.ReadAll(body)
		_ = body.Close()
		if err != nil {
			return engine.Job{}, fmt.Errorf("gateway: read picture: %w", err)
		}
		*in.pic = &engine.Picture{Type: in.img.Type, Bytes: data, Width: in.img.Width, Height: in.img.Height, URL: g.presignedURL(in.img.Key)}
	}
	return j, nil
}

// addFiles adds the request's video and its references to the job. Their bytes may be many, so they are read only if the engine sends them.
func (g *Gateway) addFiles(ctx context.Context, r task.Request, j *engine.Job) error {
	if v := r.Video; v != nil {
		file, err := g.inputFile(ctx, v.Field, v.Key, v.Type, v.Size)
		if err != nil {
			return err
		}
		j.Video = &engine.InputVideo{InputFile: file, Width: v.Width, Height: v.Height, Duration: v.Duration}
	}
	for _, img := range r.ReferenceImages {
		file, err := g.inputFile(ctx, img.Field, img.Key, img.Type, img.Size)
		if err != nil {
			return err
		}
		j.ReferenceImages = append(j.ReferenceImages, engine.ReferenceImage{InputFile: file, Width: img.Width, Height: img.Height, Role: img.Role, Name: img.Name})
	}
	for _, a := range r.ReferenceAudio {
		file, err := g.inputFile(ctx, a.Field, a.Key, a.Type, a.Size)
		if err != nil {
			return err
		}
		j.ReferenceAudio = append(j.ReferenceAudio, engine.InputAudio{InputFile: file, Duration: a.Duration, Name: a.Name})
	}
	return nil
}

// inputFile returns a stored input as an engine gets it. The error is a *missingInputError, with the field, if it is gone.
func (g *Gateway) inputFile(ctx context.Context, field, key, kind string, size int64) (engine.InputFile, error) {
	if _, err := g.cfg.Bucket.Stat(ctx, key); err != nil {
		return engine.InputFile{}, inputOpenError(field, err)
	}
	return engine.InputFile{
		Type: kind, Size: size, URL: g.presignedURL(key),
		Open: func(ctx context.Context) (io.ReadCloser, error) { return g.cfg.Bucket.Open(ctx, key, 0, -1) },
	}, nil
}

// presignedURL returns where a vendor may fetch a file for a while; "" if nobody reaches this server.
func (g *Gateway) presignedURL(key string) string {
	if g.cfg.PublicURL == "" {
		return ""
	}
	return g.cfg.PublicURL + "/" + key + "?_jwt=" + g.Token(key, g.now().Add(inputLife))
}

// missingInputError says that an input of a task is no longer in the storage.
type missingInputError struct {
	field string // the caller's own name of it
	err   error
}

// Error implements error.
func (m *missingInputError) Error() string { return "gateway: input " + m.field + ": " + m.err.Error() }

// Unwrap returns the storage's error.
func (m *missingInputError) Unwrap() error { return m.err }

// inputOpenError returns the error of opening an input: a *missingInputError if it is gone.
func inputOpenError(field string, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return &missingInputError{field, err}
	}
	return fmt.Errorf("gateway: open input %s: %w", field, err)
}
