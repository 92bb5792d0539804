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
	show := newShow(spec)
	if err := ctx.Err(); err != nil {
		return Movie{}, err
	}
	enc, err := spec.encode(ctx, path)
	if err != nil {
		return Movie{}, err
	}
	movie := Movie{Path: path, Frames: spec.Frames}
	done := 0
	fault := show.run(ctx, func(f *frame) error {
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

// show is everything that the frames of one video are drawn from.
type show struct {
	spec        Spec
	path        path
	first, last *still
	weights     *weights
}

func newShow(spec Spec) *show {
	s := &show{spec: spec, path: direct(spec.Prompt, spec.Seed), weights: newWeights()}
	const detail = 1.5
	if spec.First != nil {
		s.first = newStill(cover(spec.First, spec.Width, spec.Height, detail))
	}
	if spec.Last != nil {
		s.last = newStill(cover(spec.Last, spec.Width, spec.Height, detail))
	}
	if s.first == nil && s.last == nil {
		const margin = 1.6
		h := int(float64(spec.Height) * margin)
		p := newPlate(paint(spec.Seed, h*spec.Width/spec.Height, h))
		p.scale = float64(spec.Height)
		s.first = newStill(p)
	}
	return s
}

func newStill(p *plate) *still {
	return &still{plate: p, near: 1, edge: bounds{float64(p.y.w) / 2 / p.scale, float64(p.y.h) / 2 / p.scale}}
}

// run draws the frames on all cores and hands them to take one by one, in order, until take fails or ctx ends.
func (s *show) run(ctx context.Context, take func(*frame) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	// Two frames a worker: one being drawn while the other waits for the encoder.
	free := make(chan *frame, 2*workers)
	for range cap(free) {
		free <- newFrame(s.spec.Width, s.spec.Height)
	}
	type job struct {
		f    *frame
		n    int
		done chan struct{}
	}
	jobs := make(chan job)
	order := make(chan job, cap(free))
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			d := newDrawer(s)
			for j := range jobs {
				d.draw(j.f, j.n)
				close(j.done)
			}
		})
	}
	group.Go(func() {
		defer close(order)
		defer close(jobs)
		for n := range s.spec.Frames {
			select {
			case <-ctx.Done():
				return
			case f := <-free:
				j := job{f, n, make(chan struct{})}
				order <- j
				jobs <- j
			}
		}
	})
	var fault error
	for j := range order {
		<-j.done
		if fault == nil {
			if fault = take(j.f); fault != nil {
				stop()
			}
		}
		free <- j.f
	}
	group.Wait()
	if fault == nil {
		fault = context.Cause(ctx)
	}
	return fault
}

// drawer draws frames of a show with memory of its own.
type drawer struct {
	*show
	nodes []spot
	other *frame
}

func newDrawer(s *show) *drawer {
	w, h := s.spec.Width, s.spec.Height
	return &drawer{show: s, nodes: make([]spot, (w/cell+2)*(h/cell+2)), other: newFrame(w, h)}
}

// draw fills f with frame n of the video.
func (d *drawer) draw(f *frame, n int) {
	t := 0.0
	if d.spec.Frames > 1 {
		t = float64(n) / float64(d.spec.Frames-1)
	}
	now := d.path.at(t)
	// Against the pose at the end, the path arrives on the last picture exactly.
	left := now.plus(d.path.at(1), -1)
	switch {
	case d.last == nil:
		d.shoot(f, d.first, now)
	case d.first == nil:
		d.shoot(f, d.last, left)
	default:
		mix := int(float64(smooth(0.3, 0.7, t) * 256))
		if mix < 256 {
			d.shoot(f, d.first, now)
		}
		if mix > 0 {
			d.shoot(d.other, d.last, left)
			for i, v := range d.other.pix {
				f.pix[i] += byte((int(v) - int(f.pix[i])) * mix >> 8)
			}
		}
	}
}

func (d *drawer) shoot(f *frame, s *still, p pose) {
	s.plate.shoot(f, s.aim(p.view(), f.w, f.h), d.nodes, d.weights)
}
