package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/media"
)

func (e Encoder) check() error {
	var faults []error
	switch e.Codec {
	case "", "libx264", "h264_nvenc", "h264_qsv":
	default:
		faults = append(faults, fmt.Errorf("Encoder.Codec is %q: it must be libx264, h264_nvenc or h264_qsv", e.Codec))
	}
	if e.Preset != "" && !slices.Contains(strings.Fields(presets), e.Preset) {
		faults = append(faults, fmt.Errorf("Encoder.Preset is %q: it must be one of %s", e.Preset, presets))
	}
	if e.CRF < 0 || e.CRF > 51 {
		faults = append(faults, fmt.Errorf("Encoder.CRF is %d: it must be from 1 to 51, or 0 for the default", e.CRF))
	}
	if e.Threads < 0 || e.Threads > 128 {
		faults = append(faults, fmt.Errorf("Encoder.Threads is %d: it must be from 1 to 128, or 0 for all cores", e.Threads))
	}
	return errors.Join(faults...)
}

// args are ffmpeg's arguments for planar frames of the spec's shape read from input and written to path.
func (s Spec) args(input, path string) []string {
	e := s.Encoder
	if e.Preset == "" {
		e.Preset = "veryfast"
	}
	if e.CRF == 0 {
		e.CRF = 18
	}
	rate := strconv.Itoa(s.FrameRate)
	args := []string{
		"-hide_banner", "-loglevel", "error", "-nostdin", "-y",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", fmt.Sprintf("%dx%d", s.Width, s.Height), "-framerate", rate, "-i", input,
	}
	if s.Audio {
		seconds := strconv.FormatFloat(float64(s.Frames)/float64(s.FrameRate), 'f', 6, 64)
		args = append(args, "-f", "lavfi", "-t", seconds, "-i", "anullsrc=r=48000:cl=stereo", "-c:a", "aac", "-b:a", "64k")
	}
	quality := strconv.Itoa(e.CRF)
	switch e.Codec {
	case "h264_nvenc":
		args = append(args, "-c:v", e.Codec, "-rc", "vbr", "-cq", quality)
	case "h264_qsv":
		args = append(args, "-c:v", e.Codec, "-global_quality", quality)
	default:
		args = append(args, "-c:v", "libx264", "-preset", e.Preset, "-crf", quality)
	}
	return append(args,
		"-map_metadata", "-1", "-profile:v", "high", "-pix_fmt", "yuv420p", "-threads", strconv.Itoa(e.Threads),
		// A player can jump to any second second, and a stream can be cut there.
		"-g", strconv.Itoa(2*s.FrameRate), "-r", rate, "-fps_mode", "cfr",
		"-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-chroma_sample_location", "left",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", "-f", "mp4", path)
}

// encoder is a running ffmpeg that takes frames.
type encoder struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	words bytes.Buffer
	path  string
	ctx   context.Context
}

func (s Spec) encode(ctx context.Context, path string) (*encoder, error) {
	e := &encoder{ctx: ctx, path: path, cmd: media.Command(ctx, "ffmpeg", s.args("pipe:0", path)...)}
	e.cmd.Stderr = &e.words
	in, err := e.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	e.in = in
	widen(in)
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("render: start ffmpeg: %w", err)
	}
	return e, nil
}

func (e *encoder) write(f *frame) error {
	_, err := e.in.Write(f.pix)
	return err
}

// close waits for ffmpeg's end. When anything went wrong, fault or ctx or ffmpeg, the file is gone afterwards.
func (e *encoder) close(fault error) error {
	closed := e.in.Close()
	ended := e.cmd.Wait()
	err := ended
	if err == nil {
		err = errors.Join(fault, closed)
	}
	if err == nil {
		return nil
	}
	e.discard()
	if e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	if words := strings.TrimSpace(e.words.String()); words != "" {
		return fmt.Errorf("render: ffmpeg: %w: %s", err, words)
	}
	return fmt.Errorf("render: ffmpeg: %w", err)
}

// discard removes the file: half a video is none.
func (e *encoder) discard() { _ = os.Remove(e.path) }
