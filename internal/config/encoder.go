package config

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render"
)

const (
	autoCodec    = "auto" // FindEncoder chooses
	defaultCodec = "libx264"
)

// FindEncoder returns the encoder that the settings ask for, after a short test encode. For "auto" it is the first that
// works. If the error is not nil, the encoder is the one to retry with later.
func (s Settings) FindEncoder(ctx context.Context) (render.Encoder, error) {
	e := s.Encoder
	if e.Codec == autoCodec {
		for _, e.Codec = range []string{"h264_nvenc", "h264_qsv", defaultCodec} {
			err := e.Try(ctx)
			if err == nil {
				return e, nil
			}
			if errors.Is(err, media.ErrTooSlow) || errors.Is(err, exec.ErrNotFound) { // not the encoder's fault
				e.Codec = defaultCodec
				return e, fmt.Errorf("FILMGATE_ENCODER (--encoder) %s does not work: %w", autoCodec, err)
			}
		}
	}
	if err := e.Try(ctx); err != nil {
		return e, fmt.Errorf("FILMGATE_ENCODER (--encoder) %s does not work: %w", e.Codec, err)
	}
	return e, nil
}

// StartEncoder returns the encoder that a server starts with. libx264 is not tried: doctor does that, and the server
// works on without it. An encoder in hardware that was asked for by name must work.
func (s Settings) StartEncoder(ctx context.Context) (render.Encoder, error) {
	if s.Encoder.Codec == defaultCodec {
		return s.Encoder, nil
	}
	e, err := s.FindEncoder(ctx)
	if s.Encoder.Codec == autoCodec {
		err = nil // e is libx264 then
	}
	return e, err
}
