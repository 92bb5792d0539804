package film

import (
	"context"
	"os"
	"runtime"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/task"
)

// Result describes a finished render.
type Result struct {
	Path     string        // path of the MP4
	Raw      string        // path of the same without the watermark; "" unless Spec.RawPath
	Frames   int           // number of frames
	Width    int           // pixels
	Height   int           // pixels
	Previews [][]byte      // five JPEGs of whole frames, evenly spaced over the video from its first frame to its last
	Last     []byte        // the last frame as a JPEG
	Poster   []byte        // the frame in the middle as a JPEG
	Sprite   media.Picture // a JPEG of 5 x 5 small frames, evenly spaced, row by row; empty unless Spec.Thumbnails
	Hover    media.Picture // a short animated WebP, 320 pixels wide at most; empty unless Spec.Thumbnails, or if ffmpeg lacks libwebp

	Understood *task.Understood // what was read in the prompt; nil of a joined video
}

// previews is how many previews a Result has, and stillQuality their JPEG quality.
const (
	previews     = 5
	stillQuality = 88
)

// Render makes the video that spec asks for and writes it to path as an MP4. progress, which may be nil, is called with
// the frames done of the frames asked, never twice at once. If ctx ends, the encoders' process groups are ended, the
// files are removed and ctx's error is returned.
func Render(ctx context.Context, spec Spec, path string, progress func(done, total int)) (Result, error) {
	if err := spec.Check(); err != nil {
		return Result{}, err
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if spec.Audio {
		spec.soundtrack = path + ".s16"
		defer func() { _ = os.Remove(spec.soundtrack) }()
		if err := spec.writeSoundBed(); err != nil {
			return Result{}, err
		}
	}
	// The encoders start while the film is set up.
	enc, err := spec.encodeAll(ctx, path)
	if err != nil {
		return Result{}, err
	}
	film := newFilm(spec)
	movie := Result{Path: path, Raw: spec.RawPath, Frames: spec.Frames, Width: spec.Width, Height: spec.Height, Understood: film.understood()}
	fault := film.drawAll(ctx, func(p *frameJob) error {
		if err := enc.write(p); err != nil {
			return err
		}
		for range spec.previewCount(p.n) {
			movie.Previews = append(movie.Previews, p.jpeg)
		}
		if progress != nil {
			progress(p.n+1, spec.Frames)
		}
		return nil
	})
	if fault == nil && film.thumbnails != nil {
		// Meanwhile the encoders work on their last frames.
		fault = film.thumbnails.finish(ctx, &movie)
	}
	if err := enc.finish(fault); err != nil {
		return Result{}, err
	}
	movie.Last, movie.Poster = movie.Previews[previews-1], movie.Previews[previews/2]
	return movie, nil
}

// previewCount returns how many of the previews show frame n: in a very short video one frame can be several.
func (s Spec) previewCount(n int) int {
	count := 0
	for k := range previews {
		if k*(s.Frames-1)/(previews-1) == n {
			count++
		}
	}
	return count
}

// frameJob is a frame to draw, and the drawn frame on its way to the encoder.
type frameJob struct {
	frame *raster.Frame
	raw   *raster.Frame // the same without the watermark; nil if not asked for
	n     int
	jpeg  []byte // a sharp JPEG of it, if a preview is due
	err   error  // the panic of drawing it; nil: none
	done  chan struct{}
}

// drawAll draws the frames on all cores and hands them to take one by one, in order, until take fails or ctx ends.
func (f *film) drawAll(ctx context.Context, take func(*frameJob) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	// Two frames a worker: one being drawn while the other waits for the encoder.
	free := make(chan *frameJob, 2*workers)
	for range cap(free) {
		p := &frameJob{frame: raster.NewFrame(f.spec.Width, f.spec.Height), done: make(chan struct{}, 1)}
		if f.spec.RawPath != "" {
			p.raw = raster.NewFrame(f.spec.Width, f.spec.Height)
		}
		free <- p
	}
	jobs := make(chan *frameJob)
	order := make(chan *frameJob, cap(free))
	var group panics.Group
	for range workers {
		group.Go(func() { f.drawFrames(jobs) })
	}
	group.Go(func() {
		defer close(order)
		defer close(jobs)
		for n := range f.spec.Frames {
			select {
			case <-ctx.Done():
				return
			case next := <-free:
				next.n = n
				order <- next
				jobs <- next
			}
		}
	})
	var fault error
	for j := range order {
		<-j.done
		if fault == nil {
			if fault = j.err; fault == nil {
				fault = take(j)
			}
			if fault != nil {
				stop()
			}
		}
		free <- j
	}
	group.Wait()
	if fault == nil {
		fault = context.Cause(ctx)
	}
	return fault
}

// drawFrames draws frames until there are no more. A frame that panics is done too, with the panic as its error.
func (f *film) drawFrames(jobs <-chan *frameJob) {
	var p *frameRenderer
	for j := range jobs {
		j.err = panics.Catch(func() error {
			if p == nil {
				p = newFrameRenderer(f)
			}
			p.render(j)
			return nil
		})
		j.done <- struct{}{}
	}
}
