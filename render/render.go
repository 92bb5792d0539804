package render

import (
	"context"
	"runtime"
	"sync"
)

// Movie is the result of Render.
type Movie struct {
	Path     string   // where the MP4 lies
	Frames   int      // how many frames it has
	Previews [][]byte // five JPEGs of whole frames, evenly spaced over the video from its first frame to its last
	Last     []byte   // the last frame as a JPEG
}

// previews is how many stills a Movie has.
const previews = 5

// Render makes the video that spec asks for and writes it to path as an MP4. progress, which may be nil, is called with
// the frames done of the frames asked, never twice at once. When ctx ends, the encoder's whole process group is ended,
// the file is removed and ctx's error is returned.
func Render(ctx context.Context, spec Spec, path string, progress func(done, total int)) (Movie, error) {
	if err := spec.Check(); err != nil {
		return Movie{}, err
	}
	film := newFilm(spec)
	if err := ctx.Err(); err != nil {
		return Movie{}, err
	}
	enc, err := spec.encode(ctx, path)
	if err != nil {
		return Movie{}, err
	}
	movie := Movie{Path: path, Frames: spec.Frames}
	done := 0
	fault := film.run(ctx, func(f *frame) error {
		if err := enc.write(f); err != nil {
			return err
		}
		for k := range previews {
			if k*(spec.Frames-1)/(previews-1) == done {
				movie.Previews = append(movie.Previews, f.jpeg(88))
			}
		}
		if done++; progress != nil {
			progress(done, spec.Frames)
		}
		return nil
	})
	if err := enc.close(fault); err != nil {
		return Movie{}, err
	}
	movie.Last = movie.Previews[previews-1]
	return movie, nil
}

// run draws the frames on all cores and hands them to take one by one, in order, until take fails or ctx ends.
func (f *film) run(ctx context.Context, take func(*frame) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	// Two frames a worker: one being drawn while the other waits for the encoder.
	free := make(chan *frame, 2*workers)
	for range cap(free) {
		free <- newFrame(f.spec.Width, f.spec.Height)
	}
	type job struct {
		frame *frame
		n     int
		done  chan struct{}
	}
	jobs := make(chan job)
	order := make(chan job, cap(free))
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			p := newPainter(f)
			for j := range jobs {
				p.draw(j.frame, j.n)
				close(j.done)
			}
		})
	}
	group.Go(func() {
		defer close(order)
		defer close(jobs)
		for n := range f.spec.Frames {
			select {
			case <-ctx.Done():
				return
			case next := <-free:
				j := job{next, n, make(chan struct{})}
				order <- j
				jobs <- j
			}
		}
	})
	var fault error
	for j := range order {
		<-j.done
		if fault == nil {
			if fault = take(j.frame); fault != nil {
				stop()
			}
		}
		free <- j.frame
	}
	group.Wait()
	if fault == nil {
		fault = context.Cause(ctx)
	}
	return fault
}
