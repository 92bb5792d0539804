package node

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/web/server"
)

// watchFFmpeg starts to watch whether ffmpeg works, and the encoder of the built-in renderer in it, and logs each change. The
// server runs without ffmpeg too: other engines need none, and it may be repaired.
func (n *Node) watchFFmpeg(ctx context.Context, e render.Encoder) {
	ctx = context.WithoutCancel(ctx) // it is only for logging
	n.ffmpeg = media.NewHealth(render.Encoder{}.Try, func(err error) {
		if err == nil {
			n.Log.InfoContext(ctx, "ffmpeg works again")
			return
		}
		n.Log.WarnContext(ctx, "no video is rendered, read or cut into previews until ffmpeg works; filmgate doctor says what to do",
			"reason", err, "cause", cause(err))
	})
	n.onClose(func() error { n.ffmpeg.Close(); return nil })
	n.encoder = n.ffmpeg
	if e.Codec == "libx264" {
		return
	}
	n.encoder = media.NewHealth(e.Try, func(err error) {
		if err == nil {
			n.Log.InfoContext(ctx, "the encoder works again", "encoder", e.Codec)
			return
		}
		n.Log.WarnContext(ctx, "no video is rendered until the encoder works: FILMGATE_ENCODER (--encoder)", "encoder", e.Codec, "cause", cause(err))
	})
	n.onClose(func() error { n.encoder.Close(); return nil })
}

// cause returns what was found, without the public text.
func cause(err error) error {
	if u := (*media.FFmpegError)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// rendererCheck fails if requests are routed to the built-in renderer and it can't work.
func (n *Node) rendererCheck() server.Check {
	return server.Check{Name: "renderer", Run: func(context.Context) error {
		if !n.gw.Routed(animatic.Name) {
			return nil
		}
		return n.engine.Ready()
	}}
}
