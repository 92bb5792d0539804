package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/queue"
)

// node is one running server: all packages wired together.
type node struct {
	store   database
	bucket  bucket
	queue   jobs
	engine  *animatic.Engine
	gw      *gateway.Gateway
	ffmpeg  *media.Health // of previews and input videos
	encoder *media.Health // of the built-in renderer
	loaded  config.Loaded // the settings file
	closers []func() error
}

// bucket is storage that can list its files.
type bucket interface {
	blob.Bucket
	blob.Lister
}

// openNode opens the data folder and wires the packages together. Nothing runs yet.
func (p program) openNode(ctx context.Context, s config.Settings, log *slog.Logger) (n *node, err error) {
	n = &node{}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	folder := datafolder.Folder(s.Data)
	if err := folder.Make(); err != nil {
		return n, err
	}
	lock, err := folder.Lock()
	if err != nil {
		return n, err
	}
	n.onClose(lock.Close)
	if err := n.openStorage(ctx, p, s, log); err != nil {
		return n, err
	}
	temp, err := folder.EmptyTemp()
	if err != nil {
		return n, err
	}
	encoder, err := s.StartEncoder(ctx)
	if err != nil {
		return n, err
	}
	n.watchFFmpeg(ctx, encoder, log)
	n.engine = animatic.New(animatic.Options{Dir: temp, Workers: s.Workers, Encoder: encoder, Decode: media.Decode, FFmpeg: n.encoder, Panics: p.panics})
	n.onClose(func() error { n.engine.Close(); return nil })
	if n.gw, err = p.gateway(ctx, s, n, temp, log); err != nil {
		return n, err
	}
	return n, n.gw.LoadWithdrawn(ctx)
}

// openStorage opens the database, the queue in it, and the files.
func (n *node) openStorage(ctx context.Context, p program, s config.Settings, log *slog.Logger) error {
	if err := n.openDatabase(ctx, s, queue.Options{LocalWorkers: s.Workers, Log: log, Panics: p.panics}); err != nil {
		return err
	}
	files, err := file.Open(datafolder.Folder(s.Data).Files())
	if err != nil {
		return fmt.Errorf("FILMGATE_DATA (--data): %w", err)
	}
	n.bucket = files
	n.onClose(files.Close)
	return nil
}

// onClose adds a function for close to call.
func (n *node) onClose(f func() error) { n.closers = append(n.closers, f) }

// stop returns running tasks to the queue and ends the encoders.
func (n *node) stop(ctx context.Context) error {
	err := n.queue.Stop(ctx)
	n.engine.Close()
	return err
}

// close closes what was opened, last first.
func (n *node) close() error {
	var errs []error
	for len(n.closers) > 0 {
		last := len(n.closers) - 1
		errs = append(errs, n.closers[last]())
		n.closers = n.closers[:last]
	}
	return errors.Join(errs...)
}
