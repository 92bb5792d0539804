package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render"
)

// auto is the encoder that is found out at the start.
const auto = "auto"

// encoderSettings are the rows of the table for how the built-in renderer compresses its videos.
func encoderSettings() []Setting {
	whole := func(v string, least, most int, to *int) error {
		if v == "" {
			return nil
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < least || n > most {
			return errors.New("out of range, or no number")
		}
		*to = n
		return nil
	}
	return []Setting{
		{
			Name: "encoder", Default: "libx264", parts: []Part{PartServer},
			Allowed: "libx264, h264_nvenc, h264_qsv, or auto: the first in hardware that works here, else libx264",
			Help:    "ffmpeg's encoder for videos of the built-in renderer; those in hardware make the same request a little different on other machines",
			set: func(s *Settings, v string) error {
				s.Encoder.Codec = v
				if v != auto && (render.Encoder{Codec: v}).Check() != nil {
					return errors.New("no encoder that is known here")
				}
				return nil
			},
		}, {
			Name: "encoder_preset", Default: "veryfast", parts: []Part{PartServer},
			Allowed: "ultrafast, superfast, veryfast, faster, fast, medium, slow, slower or veryslow",
			Help:    "how hard libx264 tries: slower makes smaller files of the same quality",
			set: func(s *Settings, v string) error {
				s.Encoder.Preset = v
				if (render.Encoder{Preset: v}).Check() != nil {
					return errors.New("no preset of libx264")
				}
				return nil
			},
		}, {
			Name: "encoder_quality", Default: "18", parts: []Part{PartServer},
			Allowed: "a whole number from 1 (best, largest) to 51",
			Help:    "constant rate factor of videos of the built-in renderer",
			set:     func(s *Settings, v string) error { return whole(v, 1, 51, &s.Encoder.CRF) },
		}, {
			Name: "encoder_threads", Default: strconv.Itoa(render.DefaultThreads), parts: []Part{PartServer},
			Allowed: "a whole number from 1 to 128",
			Help:    "threads of one encoder, whatever the cores; the same number makes the same file on every machine with the same ffmpeg",
			set:     func(s *Settings, v string) error { return whole(v, 1, 128, &s.Encoder.Threads) },
		},
	}
}

// encoder is the encoder that the settings ask for, if it works.
func (s Settings) encoder(ctx context.Context) (render.Encoder, error) {
	e := s.Encoder
	if e.Codec == auto {
		for _, e.Codec = range []string{"h264_nvenc", "h264_qsv", "libx264"} {
			err := e.Try(ctx)
			if err == nil {
				return e, nil
			}
			if errors.Is(err, media.ErrTooSlow) || errors.Is(err, exec.ErrNotFound) { // it is not the encoder
				e.Codec = "libx264"
				return e, fmt.Errorf("FILMGATE_ENCODER (--encoder) %s does not work: %w", auto, err)
			}
		}
	}
	if err := e.Try(ctx); err != nil {
		return e, fmt.Errorf("FILMGATE_ENCODER (--encoder) %s does not work: %w", e.Codec, err)
	}
	return e, nil
}

// checkEncoder encodes a little with what the settings ask for.
func checkEncoder(ctx context.Context, s Settings) check {
	e, err := s.encoder(ctx)
	if err != nil {
		return check{text: err.Error(), remedy: "set FILMGATE_ENCODER (--encoder) to libx264, or install the hardware's driver"}
	}
	return check{ok: true, text: fmt.Sprintf("encoder %s works (preset %s, quality %d)", e.Codec, e.Preset, e.CRF)}
}
