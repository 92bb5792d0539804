package render

import (
	"math"
	"runtime"

	"github.com/filmgate/filmgate/internal/panics"
)

// ink gives the colour and the opacity (0 to 1) of a layer at a point in frame heights from the frame's middle, down positive.
type shader func(x, y float64) (rgb, float64)

// strip is an ink that works out once what is the same in a whole column, the outline of a ridge for instance.
type columnShader func(x float64) func(y float64) (rgb, float64)

// columns is the ink as a strip that keeps nothing.
func (i shader) columns() columnShader {
	return func(x float64) func(y float64) (rgb, float64) {
		return func(y float64) (rgb, float64) { return i(x, y) }
	}
}

// addLayer makes a layer of an ink, as large as the camera ever sees of it between the heights top and bottom, with detail
// samples for each pixel of the frame.
func (s *scene) addLayer(l layer, detail, top, bottom float64, with columnShader) {
	lo, hi := bounds{0, top}, bounds{0, bottom}
	seen := [2]float64{9, -9}
	for i := range 33 {
		shot := s.film.shot(float64(i)/32, false)
		const step = 0.15 // more than lies between two points of the frame's border
		a, b := shot.extentBetween(&l, top-step, bottom+step)
		lo.x, hi.x = min(lo.x, a.x), max(hi.x, b.x)
		seen[0], seen[1] = min(seen[0], a.y), max(seen[1], b.y)
	}
	const margin = 0.02
	wide := s.film.wide() + float64(math.Abs(l.dx)*s.film.shot(1, false).seconds)
	lo.x, hi.x = max(-wide, lo.x-margin), min(wide, hi.x+margin)
	lo.y, hi.y = max(lo.y, seen[0]-margin), min(hi.y, seen[1]+margin)
	if hi.y-lo.y < 0.01 {
		return
	}
	// Of ground, what lies between the horizon and the camera's feet.
	small, large := s.film.sizes(max(0, mulAdd(l.near.slope, 0.3, l.near.base)))
	res := float64(float64(float64(s.film.spec.Height)*detail) * min(1.6, large))
	// What a wide move sees of a near layer is large, and is passed quickly: it is drawn a little coarser.
	const most = 1.5
	frame := float64(float64(s.film.spec.Width) * float64(s.film.spec.Height))
	if area := float64(float64((hi.x-lo.x)*(hi.y-lo.y)) * float64(res*res)); area > float64(most*frame) {
		res = float64(res * math.Sqrt(float64(most*frame)/area))
	}
	w, h := max(8, int(float64((hi.x-lo.x)*res))), max(8, int(float64((hi.y-lo.y)*res)))
	s.addSampledLayer(l, w, h, res, lo, min(1, small/large/detail), func(x int) func(y int) (rgb, float64) {
		column := with(mulAdd(float64(x)+0.5, 1/res, lo.x))
		return func(y int) (rgb, float64) { return column(mulAdd(float64(y)+0.5, 1/res, lo.y)) }
	})
}

// clearance is how many clear samples are left round what a layer shows, so that the blocks of its cover at its edge are
// clear, and so is what cells see that reach over it.
const clearance = 3 << blockBits

// addSampledLayer paints w x h samples of a layer whose upper left corner lies at lo, on all cores, and puts it before the others.
// What is clear all along an edge is cut away.
func (s *scene) addSampledLayer(l layer, w, h int, res float64, lo bounds, least float64, at func(x int) func(y int) (rgb, float64)) {
	r := s.canvas.bitmap(0, w, h, len(s.out.layers) == 0)
	const band = 32 // columns painted by one core, so that cores don't write to the same lines of memory
	parallel((w+band-1)/band, func(k int) {
		for x := k * band; x < min(w, (k+1)*band); x++ {
			column := at(x)
			for y := range h {
				c, a := column(y)
				s.put(&r, x, y, c, a)
			}
		}
	})
	x0, y0, ok := r.crop()
	if !ok {
		return
	}
	l.mipmap = newMipmap(r, least, &s.canvas)
	l.scale = res
	l.ox, l.oy = mulAdd(-lo.x, res, -0.5-float64(x0)), mulAdd(-lo.y, res, -0.5-float64(y0))
	s.out.layers = append(s.out.layers, &l)
}

// crop cuts away what is clear and returns the corner that is left; ok is false where nothing can be seen.
func (r *bitmap) crop() (x0, y0 int, ok bool) {
	if r.alpha == nil {
		return 0, 0, true
	}
	left, top, right, bottom := r.w, r.h, 0, 0
	for y := range r.h {
		for x, a := range r.alpha[y*r.w : (y+1)*r.w] {
			if a > 0 {
				left, right = min(left, x), max(right, x+1)
				top, bottom = min(top, y), y+1
			}
		}
	}
	if right == 0 {
		return 0, 0, false
	}
	left, top = max(0, left-clearance), max(0, top-clearance)
	right, bottom = min(r.w, right+clearance), min(r.h, bottom+clearance)
	w := right - left
	for y := top; y < bottom; y++ {
		copy(r.pix[3*(y-top)*w:3*(y-top+1)*w], r.pix[3*(y*r.w+left):])
		copy(r.alpha[(y-top)*w:(y-top+1)*w], r.alpha[y*r.w+left:])
	}
	r.w, r.h = w, bottom-top
	r.pix, r.alpha = r.pix[:3*r.w*r.h], r.alpha[:r.w*r.h]
	return left, top, true
}

// put writes one sample of a layer.
func (s *scene) put(r *bitmap, x, y int, c rgb, a float64) {
	if s.graded {
		c = s.grade(c)
	}
	i := y*r.w + x
	// The last four bits are spread at random, so that soft gradients show no bands.
	grain := hash(uint32(x), uint32(y), 0)
	pix := r.pix[3*i : 3*i+3]
	pix[0], pix[1], pix[2] = sample(c.r, grain>>28), sample(c.g, grain>>24&15), sample(c.b, grain>>20&15)
	if r.alpha != nil {
		r.alpha[i] = uint16(clamp(mulAdd(a, 255<<4, 0.5), 0, 255<<4))
	}
}

// sample is a value of 0 to 255 as a raster holds it, with grain of 0 to 15.
func sample(v float64, grain uint32) uint16 {
	return uint16(max(0, min(255<<4, int32(float64(v*16))+int32(grain)-8)))
}

// parallel calls do for each of n parts of a work, on all cores.
func parallel(n int, do func(k int)) {
	var group panics.Group
	workers := min(n, runtime.GOMAXPROCS(0))
	for first := range workers {
		group.Go(func() {
			for k := first; k < n; k += workers {
				do(k)
			}
		})
	}
	group.Wait()
}
