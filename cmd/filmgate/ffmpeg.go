package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/web/server"
)

// watchFFmpeg begins to watch whether ffmpeg works here, with the encoder of the built-in renderer, and warns when it does not.
// The server works on without it: for engines elsewhere, and until it is back.
func (n *node) watchFFmpeg(ctx context.Context, e render.Encoder, log *slog.Logger) {
	ctx = context.WithoutCancel(ctx) // whoever logs does not wait
	n.ffmpeg = media.NewHealth(render.Encoder{}.Try, func(err error) {
		if err == nil {
			log.InfoContext(ctx, "ffmpeg works again")
			return
		}
		log.WarnContext(ctx, "no video is rendered, read or cut into previews until ffmpeg works; filmgate doctor says what to do",
			"reason", err, "cause", cause(err))
	})
	n.encoder = n.ffmpeg
	if e.Codec == "libx264" {
		return
	}
	n.encoder = media.NewHealth(e.Try, func(err error) {
		if err == nil {
			log.InfoContext(ctx, "the encoder works again", "encoder", e.Codec)
			return
		}
		log.WarnContext(ctx, "no video is rendered until the encoder works: FILMGATE_ENCODER (--encoder)", "encoder", e.Codec, "cause", cause(err))
	})
}

// cause is what was found, behind the public words.
func cause(err error) error {
	if u := (*media.FFmpegError)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// rendererCheck fails where requests are routed to the built-in renderer and it can't work.
func (n *node) rendererCheck() server.Check {
	return server.Check{Name: "renderer", Run: func(context.Context) error {
		if !n.gw.Routed(animatic.Name) {
			return nil
		}
		return n.engine.Ready()
	}}
}
