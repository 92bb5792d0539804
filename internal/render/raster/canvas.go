package raster

import (
	"runtime"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render/fp"
)

// Sample is one sample of a layer: red, green, blue and opacity, each 0 to 255 times 16.
type Sample struct{ R, G, B, A uint16 }

// clearance is how many transparent samples are kept round the visible part of a layer, so that the blocks of its
// coverage at the edge, and the tiles that reach over the edge, are transparent.
const clearance = 3 << blockBits

// Paint draws w x h samples of a layer on all cores, res to a frame height, with the upper left corner at corner. at is
// called for a function that draws a column. Transparent edges are cut off. Paint keeps mipmap levels down to the size
// least (1: as painted). It reports whether anything is visible; if not, the layer stays without samples.
func (c *Canvas) Paint(l *Layer, w, h int, opaque bool, res float64, corner Bounds, least float64, at func(x int) func(y int) Sample) bool {
	r := c.bitmap(0, w, h, opaque)
	const band = 32 // columns painted by one core, so that cores don't write to the same lines of memory
	parallel((w+band-1)/band, func(k int) {
		for x := k * band; x < min(w, (k+1)*band); x++ {
			column := at(x)
			for y := range h {
				r.put(y*w+x, column(y))
			}
		}
	})
	x0, y0, ok := r.crop()
	if !ok {
		return false
	}
	l.mipmap = newMipmap(r, least, c)
	l.scale = res
	l.ox, l.oy = fp.MulAdd(-corner.X, res, -0.5-float64(x0)), fp.MulAdd(-corner.Y, res, -0.5-float64(y0))
	return true
}

// put writes sample i.
func (r *bitmap) put(i int, s Sample) {
	pix := r.pix[3*i : 3*i+3]
	pix[0], pix[1], pix[2] = s.R, s.G, s.B
	if r.alpha != nil {
		r.alpha[i] = s.A
	}
}

// crop cuts off transparent edges and returns the position of the new corner. ok is false if nothing is visible.
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

// parallel calls do for each k of [0,n), on all cores.
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
