package film

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// Limits of what Join joins.
const (
	maxShots      = 60
	maxJoined     = 10 * time.Minute // length of the joined video
	joinTime      = 30 * time.Minute // in which it must be made
	maxShotPixels = 8192 * 4320      // of a frame of a shot: 8K
)

// JoinSpec says which videos to join. Videos of another size are scaled, with black bars if their shape is another one; those of
// another frame rate have frames left out or repeated; those without sound have room tone if another has sound.
type JoinSpec struct {
	Shots         []JoinShot
	Width, Height int // pixels, even, 64 to 4096; 0 = those of the first shot. If one is 0, it follows from the other by the first shot's shape
	FrameRate     int // frames per second, 1 to 120; 0 = that of the first shot, rounded
	Encoder       Encoder
	Dir           string // folder for files in the making; it must exist
}

// JoinShot is a video to join.
type JoinShot struct {
	Path     string        // an MP4
	Start    time.Duration // where in the video the shot begins
	End      time.Duration // where it ends; 0 = with the video
	Dissolve time.Duration // for which the shot before is still seen through it; 0 = a cut. It is shortened if the shots are shorter
}

// ShotError says that a shot can't be used.
type ShotError struct {
	Shot int    // counted from 1
	Text string // what is wrong, for people: "can't be read as a video"
	Err  error  // the cause; nil = none
}

// Error returns the text and the cause.
func (e *ShotError) Error() string {
	if e.Err == nil {
		return e.Public()
	}
	return e.Public() + ": " + e.Err.Error()
}

// Public returns the text without the cause.
func (e *ShotError) Public() string { return fmt.Sprintf("Shot %d %s.", e.Shot, e.Text) }

// Unwrap returns the cause.
func (e *ShotError) Unwrap() error { return e.Err }

// Join joins videos to one MP4 at path, as Render makes one. The error is or wraps a *ShotError if a shot can't be used. At most
// two shots are decoded at the same time, and frames go from decoder to encoder without touching the disk.
func Join(ctx context.Context, j JoinSpec, path string, progress func(done, total int)) (Result, error) {
	cut, err := j.plan()
	if err != nil {
		return Result{}, err
	}
	ctx, stop := context.WithTimeoutCause(ctx, joinTime, fmt.Errorf("%w: more than %v", media.ErrTooSlow, joinTime))
	defer stop()
	if cut.hasAudio() {
		cut.spec.soundtrack = filepath.Join(j.Dir, filepath.Base(path)+".s16")
		defer func() { _ = os.Remove(cut.spec.soundtrack) }()
		if err := cut.mixAudio(ctx); err != nil {
			return Result{}, err
		}
	}
	movie, err := cut.encodeFrames(ctx, path, progress)
	if slow := context.Cause(ctx); err != nil && errors.Is(slow, media.ErrTooSlow) {
		err = slow
	}
	return movie, err
}

// joinCut is a JoinSpec with everything counted in frames.
type joinCut struct {
	spec  Spec // of the joined video
	shots []cutShot
}

// cutShot is a shot, counted in frames of the joined video.
type cutShot struct {
	JoinShot
	number   int // from 1
	facts    media.VideoFacts
	frames   int // of the shot, dissolves included
	dissolve int // frames at its beginning through which the shot before is seen
	leaves   int // frames at its end that are seen through the next shot
}

// plan reads the facts of the videos, and counts the frames of the shots.
func (j JoinSpec) plan() (*joinCut, error) {
	if len(j.Shots) < 1 || len(j.Shots) > maxShots {
		return nil, fmt.Errorf("render: %d shots: there must be 1 to %d", len(j.Shots), maxShots)
	}
	c := &joinCut{}
	for i, s := range j.Shots {
		one := cutShot{JoinShot: s, number: i + 1}
		var err error
		if one.facts, err = fileFacts(s.Path); err != nil {
			return nil, &ShotError{one.number, "can't be read as a video", err}
		}
		c.shots = append(c.shots, one)
	}
	c.spec = Spec{Encoder: j.Encoder, Thumbnails: true, FrameRate: j.FrameRate}
	first := c.shots[0].facts
	c.spec.Width, c.spec.Height = frameSize(j.Width, j.Height, first.Width, first.Height)
	if c.spec.FrameRate == 0 {
		c.spec.FrameRate = min(max(int(first.FrameRate+0.5), 1), maxFrameRate)
	}
	for i := range c.shots {
		if err := c.count(i); err != nil {
			return nil, err
		}
	}
	if most := int(maxJoined.Seconds()) * c.spec.FrameRate; c.spec.Frames > most {
		return nil, &ShotError{len(c.shots), fmt.Sprintf("makes the video longer than the %v that are allowed", maxJoined), nil}
	}
	checked := c.spec
	checked.Frames = 1 // a joined video may be longer than a rendered one
	return c, checked.Check()
}

// count counts the frames of shot i, those before it being counted.
func (c *joinCut) count(i int) error {
	s := &c.shots[i]
	end := s.facts.Duration
	if s.End > 0 {
		end = min(end, s.End)
	}
	s.frames = c.framesOf(end - s.Start)
	if s.frames < 1 {
		return &ShotError{s.number, fmt.Sprintf("has nothing from %v on: its video is %v long", s.Start, s.facts.Duration.Round(time.Millisecond)), nil}
	}
	if i > 0 {
		before := &c.shots[i-1]
		s.dissolve = min(c.framesOf(s.Dissolve), s.frames, before.frames-before.dissolve)
		before.leaves = s.dissolve
	}
	c.spec.Frames += s.frames - s.dissolve
	return nil
}

// framesOf returns how many frames take so long, in whole numbers, so that it is the same on every machine.
func (c *joinCut) framesOf(d time.Duration) int {
	return int((d*time.Duration(c.spec.FrameRate) + time.Second/2) / time.Second)
}

func (c *joinCut) hasAudio() bool {
	for _, s := range c.shots {
		if s.facts.HasAudio {
			return true
		}
	}
	return false
}

// frameSize returns the size of the joined video: what is asked for, else that of the first shot, shrunk if it is too large. Both
// are even.
func frameSize(width, height, firstWidth, firstHeight int) (w, h int) {
	scaled := func(n, by, to int) int { return int(float64(n)*float64(by)/float64(max(to, 1)) + 0.5) }
	switch {
	case width == 0 && height == 0:
		width, height = firstWidth, firstHeight
		if long := max(width, height); long > maxSide {
			width, height = scaled(width, maxSide, long), scaled(height, maxSide, long)
		}
	case width == 0:
		width = scaled(firstWidth, height, firstHeight)
	case height == 0:
		height = scaled(firstHeight, width, firstWidth)
	}
	side := func(n int) int { return min(max((n+1)&^1, minSide), maxSide) }
	return side(width), side(height)
}

func fileFacts(path string) (media.VideoFacts, error) {
	f, err := os.Open(path) //nolint:gosec // the caller's own file
	if err != nil {
		return media.VideoFacts{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return media.VideoFacts{}, err
	}
	facts, err := media.Facts(f, info.Size())
	if err == nil && facts.Width*facts.Height > maxShotPixels {
		err = fmt.Errorf("frames of %dx%d pixels", facts.Width, facts.Height)
	}
	return facts, err
}

// encodeFrames decodes the shots one after another and hands their frames to the encoder.
func (c *joinCut) encodeFrames(ctx context.Context, path string, progress func(done, total int)) (Result, error) {
	enc, err := c.spec.encodeAll(ctx, path)
	if err != nil {
		return Result{}, err
	}
	movie := Result{Path: path, Frames: c.spec.Frames, Width: c.spec.Width, Height: c.spec.Height}
	small := newThumbnails(c.spec)
	frame, done := raster.NewFrame(c.spec.Width, c.spec.Height), 0
	fault := c.eachFrame(ctx, frame, func() error {
		if err := enc.write(&frameJob{frame: frame}); err != nil {
			return err
		}
		for range c.spec.previewCount(done) {
			movie.Previews = append(movie.Previews, frame.JPEG(stillQuality))
		}
		small.collect(frame, done)
		done++
		if progress != nil {
			progress(done, c.spec.Frames)
		}
		return nil
	})
	if fault == nil {
		fault = small.finish(ctx, &movie)
	}
	var shot *ShotError
	if err := enc.finish(fault); errors.As(fault, &shot) && ctx.Err() == nil {
		return Result{}, fault // the encoder only says that its input ended early
	} else if err != nil {
		return Result{}, err
	}
	movie.Last, movie.Poster = movie.Previews[previews-1], movie.Previews[previews/2]
	return movie, nil
}

// eachFrame fills frame with each frame of the joined video and calls take. While one shot dissolves into the next, both are
// decoded.
func (c *joinCut) eachFrame(ctx context.Context, frame *raster.Frame, take func() error) error {
	var before *decoder
	other := raster.NewFrame(frame.W, frame.H)
	defer func() { before.stop() }()
	for i := range c.shots {
		s := &c.shots[i]
		now, err := c.decode(ctx, s)
		if err != nil {
			return err
		}
		for n := range s.frames - s.leaves {
			err := now.read(frame)
			if err == nil && n < s.dissolve {
				if err = before.read(other); err == nil {
					blend(frame.Pix, other.Pix, n, s.dissolve)
				}
			}
			if err == nil {
				err = take()
			}
			if err != nil {
				now.stop()
				return err
			}
		}
		before.stop()
		before = now
	}
	return nil
}

// blend mixes a frame with that of the shot before, which is seen the less the larger n of all is.
func blend(frame, before []byte, n, all int) {
	share := (2*n + 1) * 128 / all // of the new shot, in 256ths, as in the middle of the frame's time
	for i, b := range before {
		frame[i] = byte((int(frame[i])*share + int(b)*(256-share) + 128) >> 8)
	}
}

// decoder is a running ffmpeg that gives frames.
type decoder struct {
	shot   *cutShot
	out    io.Reader
	cancel context.CancelFunc
	wait   func() error
	stderr media.Tail
}

// decode starts to decode the frames of a shot, in the size and the rate of the joined video.
func (c *joinCut) decode(ctx context.Context, s *cutShot) (*decoder, error) {
	running, cancel := context.WithCancel(ctx)
	d := &decoder{shot: s, cancel: cancel}
	filter := fmt.Sprintf("trim=start=%f,setpts=PTS-STARTPTS,fps=%d,scale=iw*sar:ih,scale=%[3]d:%[4]d:force_original_aspect_ratio=decrease:force_divisible_by=2"+
		":out_color_matrix=bt709:out_range=tv,pad=%[3]d:%[4]d:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p,tpad=stop_mode=clone:stop=-1",
		s.Start.Seconds(), c.spec.FrameRate, c.spec.Width, c.spec.Height)
	args := s.input()
	if s.facts.Height >= highDefinition {
		args = append([]string{"-colorspace", "bt709"}, args...) // the video's own colour information has precedence
	}
	args = append(args, "-map", "0:v:0", "-vf", filter, "-frames:v", fmt.Sprint(s.frames), "-f", "rawvideo", "pipe:1")
	cmd := media.Command(running, "ffmpeg", append([]string{"-nostdin", "-v", "error"}, args...)...)
	cmd.Stderr = &d.stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("render: start ffmpeg: %w", err)
	}
	d.out, d.wait = out, cmd.Wait
	return d, nil
}

// highDefinition is the height in pixels from which a video without colour information is read as BT.709, as players do.
const highDefinition = 720

// input returns the arguments of ffmpeg for the video of a shot. It is read as MP4 only: a file that claims to be a video may be
// a playlist that names other files or hosts.
func (s *cutShot) input() []string {
	return []string{"-protocol_whitelist", "file", "-max_pixels", fmt.Sprint(maxShotPixels), "-f", "mov", "-i", "file:" + s.Path}
}

// read fills a frame with the next one of the shot.
func (d *decoder) read(frame *raster.Frame) error {
	_, err := io.ReadFull(d.out, frame.Pix)
	if err == nil {
		return nil
	}
	ended := d.wait()
	d.wait = func() error { return nil }
	return &ShotError{d.shot.number, "can't be read as a video", errors.Join(err, ended, errors.New(d.stderr.String()))}
}

// stop ends the decoder. It may be called on nil.
func (d *decoder) stop() {
	if d == nil {
		return
	}
	d.cancel()
	_ = d.wait() // its frames were read
}
