package film

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render/raster"
)

const (
	tryTime      = 20 * time.Second // in which a few frames must be encoded, to know that it can be done
	patience     = time.Minute      // for which an encoder may take nothing
	maxFilmBytes = 2 << 30          // of one video: more is an encoder that has gone wild
)

// Check returns all errors of the Encoder, each with the field's name, joined into one. Whether this machine's ffmpeg and
// hardware can run it is found by Try.
func (e Encoder) Check() error {
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
		faults = append(faults, fmt.Errorf("Encoder.Threads is %d: it must be from 1 to 128, or 0 for the default", e.Threads))
	}
	return errors.Join(faults...)
}

// Try encodes a few black frames. The error has ffmpeg's own words.
func (e Encoder) Try(ctx context.Context) error {
	args := []string{"-hide_banner", "-loglevel", "error", "-nostdin", "-f", "lavfi", "-i", "color=black:s=256x256:r=24", "-frames:v", "3"}
	args = append(append(args, e.args(24)...), "-f", "null", "-")
	_, words, err := media.Child{Name: "ffmpeg", Args: args, Time: tryTime}.Run(ctx)
	if err == nil {
		return nil
	}
	if words != "" {
		return fmt.Errorf("render: ffmpeg: %w: %s", err, words)
	}
	return fmt.Errorf("render: ffmpeg: %w", err)
}

// args are ffmpeg's arguments for a stream of frames at the rate given.
func (e Encoder) args(frameRate int) []string {
	if e.Preset == "" {
		e.Preset = "veryfast"
	}
	if e.CRF == 0 {
		e.CRF = 18
	}
	if e.Threads == 0 {
		e.Threads = DefaultThreads
	}
	var args []string
	switch quality := strconv.Itoa(e.CRF); e.Codec {
	case "h264_nvenc":
		args = []string{"-c:v", e.Codec, "-rc", "vbr", "-cq", quality}
	case "h264_qsv":
		args = []string{"-c:v", e.Codec, "-global_quality", quality}
	default:
		args = []string{"-c:v", "libx264", "-preset", e.Preset, "-crf", quality}
	}
	return append(args,
		"-profile:v", "high", "-pix_fmt", "yuv420p", "-threads", strconv.Itoa(e.Threads),
		// A keyframe every two seconds: players can seek to it, and streams can be cut there.
		"-g", strconv.Itoa(2*frameRate), "-r", strconv.Itoa(frameRate), "-fps_mode", "cfr",
		"-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-chroma_sample_location", "left",
		"-flags:v", "+bitexact")
}

// zones returns x264's zones that encode a first and a last frame nearly without loss if they are to show a picture of
// the caller's. Those two frames are compared with it.
func (s Spec) zones() string {
	const quality = 10 // x264's quantizer
	var out []string
	if s.First != nil {
		out = append(out, fmt.Sprintf("0,0,q=%d", quality))
	}
	if s.Last != nil {
		// The last frame is predicted from the one encoded before it, a few frames earlier.
		out = append(out, fmt.Sprintf("%d,%d,q=%d", max(0, s.Frames-5), s.Frames-1, quality))
	}
	return strings.Join(out, "/")
}

// args are ffmpeg's arguments for planar frames of the spec's shape read from input and written to path.
func (s Spec) args(input, path string) []string {
	args := []string{
		"-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
		"-video_size", fmt.Sprintf("%dx%d", s.Width, s.Height), "-framerate", strconv.Itoa(s.FrameRate), "-i", input,
	}
	if s.soundtrack != "" {
		args = append(args, "-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", "2", "-i", "file:"+s.soundtrack, "-c:a", "aac", "-b:a", "160k")
	}
	args = append(args, s.Encoder.args(s.FrameRate)...)
	if zones := s.zones(); zones != "" && (s.Encoder.Codec == "" || s.Encoder.Codec == "libx264") {
		args = append(args, "-x264-params", "qpstep=51:zones="+zones) // qpstep lets the quantizer follow at once
	}
	ticks := strconv.Itoa(timescale(s.FrameRate))
	return append(args, "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart",
		"-movie_timescale", ticks, "-video_track_timescale", ticks, "-f", "mp4", path)
}

// timescale returns the ticks per second for the file's header and its track, so that both give its length exactly: the
// frame rate, doubled until it is at least 10000. ffmpeg does so for the track only.
func timescale(frameRate int) int {
	ticks := frameRate
	for ticks < 10000 {
		ticks *= 2
	}
	return ticks
}

// encoder is a running ffmpeg that takes frames.
type encoder struct {
	cmd       *exec.Cmd
	in        io.WriteCloser
	stderr    media.Tail
	path      string
	ctx       context.Context
	process   context.Context // ends the process
	stop      context.CancelCauseFunc
	stallTime time.Duration
}

func (s Spec) encode(ctx context.Context, path string) (*encoder, error) {
	e := &encoder{ctx: ctx, path: path, stallTime: s.Encoder.Patience}
	if e.stallTime == 0 {
		e.stallTime = patience
	}
	e.process, e.stop = context.WithCancelCause(ctx)
	e.cmd = media.Command(e.process, "ffmpeg", s.args("pipe:0", path)...)
	e.cmd.Stderr = &e.stderr
	in, err := e.cmd.StdinPipe()
	if err != nil {
		e.stop(nil)
		return nil, fmt.Errorf("render: %w", err)
	}
	e.in = in
	growPipe(in)
	if err := e.cmd.Start(); err != nil {
		e.stop(nil)
		return nil, fmt.Errorf("render: start ffmpeg: %w", err)
	}
	return e, nil
}

// withTimeout calls do, which waits for the process. After stallTime the whole process group is killed, which ends do.
func (e *encoder) withTimeout(do func() error) error {
	late := time.AfterFunc(e.stallTime, func() { e.stop(fmt.Errorf("%w: nothing happened for %v", media.ErrTooSlow, e.stallTime)) })
	defer late.Stop()
	return do()
}

// write hands the encoder a frame.
func (e *encoder) write(f *raster.Frame) error {
	if info, err := os.Stat(e.path); err == nil && info.Size() > maxFilmBytes {
		e.stop(fmt.Errorf("%w: more than %d bytes", media.ErrTooMuch, int64(maxFilmBytes)))
	}
	return e.withTimeout(func() error {
		_, err := e.in.Write(f.Pix)
		return err
	})
}

// wait waits for ffmpeg's end and returns what went wrong.
func (e *encoder) wait() error {
	closed := e.in.Close()
	err := e.withTimeout(e.cmd.Wait)
	if killed := context.Cause(e.process); err != nil && killed != nil {
		err = killed
	}
	e.stop(nil)
	if err == nil {
		err = closed
	}
	if err == nil && strings.Contains(e.stderr.String(), syscall.ENOSPC.Error()[1:]) {
		err = syscall.ENOSPC // ffmpeg exits with 0 even if the last bytes found no space, and leaves half a video
	}
	if err == nil {
		return nil
	}
	if words := e.stderr.String(); words != "" {
		return fmt.Errorf("render: ffmpeg: %w: %s", err, words)
	}
	return fmt.Errorf("render: ffmpeg: %w", err)
}

// encoders are the encoders of one video: the first for the video, and a second for the same without the watermark if
// that is asked for.
type encoders []*encoder

func (s Spec) encodeAll(ctx context.Context, path string) (encoders, error) {
	var all encoders
	for _, to := range []string{path, s.RawPath} {
		if to == "" {
			continue
		}
		e, err := s.encode(ctx, to)
		if err != nil {
			return nil, all.finish(err)
		}
		all = append(all, e)
	}
	return all, nil
}

// write hands a picture to the encoders.
func (all encoders) write(p *frameJob) error {
	for i, e := range all {
		f := p.frame
		if i > 0 {
			f = p.raw
		}
		if err := e.write(f); err != nil {
			return fmt.Errorf("render: hand a frame to ffmpeg: %w", err)
		}
	}
	return nil
}

// finish waits for the end of all encoders. If anything failed (err, the context or an encoder), it removes the files,
// because half a video is of no use.
func (all encoders) finish(fault error) error {
	var ended error
	for _, e := range all {
		if err := e.wait(); ended == nil {
			ended = err
		}
	}
	// ffmpeg's own error says more than a failed write to its pipe.
	err := ended
	if err == nil {
		err = fault
	}
	if err == nil {
		return nil
	}
	for _, e := range all {
		_ = os.Remove(e.path)
		if e.ctx.Err() != nil {
			err = e.ctx.Err()
		}
	}
	return err
}
