package render

import "runtime"

// plate is a picture ready to be filmed: levels of falling size, the finest first, each four fifths of the one before, so
// that every part of a frame finds a level that is neither much finer nor much coarser than the frame.
type plate struct {
	levels []level
	scale  float64 // samples of luma of the finest level in one frame height
	ox, oy float64 // where the middle of the frame lies, in samples of luma of the finest level
	cover  *cover  // where the plate is opaque and where it is see-through; nil: opaque everywhere
}

// level is a plate at one size: luma, and chroma at half that size, BT.709 in limited range.
type level struct {
	y, u, v *plane
	a       *plane // opacity, 0 to 255; nil: opaque
	kx, ky  int    // samples of this level in 65536 samples of the finest
}

// raster is a picture as rows of samples 0 to 255 times 16, red, green and blue interleaved, and its opacity.
type raster struct {
	w, h  int
	pix   []int32
	alpha []int32 // nil: opaque
}

// newPlate makes a plate with as many levels as it takes to show it at a size of least (1: its own).
func newPlate(r raster, least float64) *plate {
	p := &plate{}
	if r.alpha != nil {
		p.cover = newCover(r)
	}
	w, h := r.w, r.h
	for {
		l := newLevel(r)
		l.kx, l.ky = r.w<<16/w, r.h<<16/h
		p.levels = append(p.levels, l)
		if float64(r.h) <= float64(h)*least*1.1 || r.w < 48 || r.h < 48 {
			// A raster is five times the size of its plate, and a scene draws a dozen of them one after the other: what they
			// leave behind is cleared away at once, so that a render stays small. It takes a millisecond.
			runtime.GC()
			return p
		}
		r = r.resize(r.w*4/5, r.h*4/5)
	}
}

// newLevel converts red, green and blue to luma and chroma and makes splines of them.
func newLevel(r raster) level {
	w, h := r.w, r.h
	cw, ch := (w+1)/2, (h+1)/2
	luma := make([]int32, w*h)
	cb, cr := make([]int32, cw*ch), make([]int32, cw*ch)
	for y := range h {
		for x := range w {
			i := y*w + x
			red, green, blue := r.pix[3*i], r.pix[3*i+1], r.pix[3*i+2]
			// BT.709, limited range, in 14-bit fractions: Y is 16 to 235, Cb and Cr are 16 to 240.
			luma[i] = 16<<4 + (2992*red+10064*green+1016*blue+1<<13)>>14
			c := y/2*cw + x/2
			// The last column and row of an odd size count twice.
			n := int32(1)
			if x == w-1 {
				n += int32(w & 1)
			}
			if y == h-1 {
				n *= 1 + int32(h&1)
			}
			cb[c] += n * ((-1649*red - 5547*green + 7196*blue) >> 10)
			cr[c] += n * ((7196*red - 6536*green - 660*blue) >> 10)
		}
	}
	for i := range cb {
		cb[i] = 128<<4 + (cb[i]+1<<5)>>6
		cr[i] = 128<<4 + (cr[i]+1<<5)>>6
	}
	l := level{y: newPlane(luma, w, h), u: newPlane(cb, cw, ch), v: newPlane(cr, cw, ch)}
	if r.alpha != nil {
		l.a = newPlane(r.alpha, w, h)
	}
	return l
}

// cover counts, in blocks of samples, what is opaque and what can be seen at all.
type cover struct {
	w, h        int
	full, there []int32 // sums over all blocks above and to the left
}

const blockBits = 4

func newCover(r raster) *cover {
	c := &cover{w: (r.w-1)>>blockBits + 1, h: (r.h-1)>>blockBits + 1}
	full, there := make([]bool, c.w*c.h), make([]bool, c.w*c.h)
	for i := range full {
		full[i] = true
	}
	for y := range r.h {
		for x := range r.w {
			b := y>>blockBits*c.w + x>>blockBits
			a := r.alpha[y*r.w+x]
			full[b] = full[b] && a >= 255<<4
			there[b] = there[b] || a > 8
		}
	}
	c.full, c.there = c.sum(full), c.sum(there)
	return c
}

func (c *cover) sum(marks []bool) []int32 {
	out := make([]int32, (c.w+1)*(c.h+1))
	for y := range c.h {
		for x := range c.w {
			n := out[y*(c.w+1)+x+1] + out[(y+1)*(c.w+1)+x] - out[y*(c.w+1)+x]
			if marks[y*c.w+x] {
				n++
			}
			out[(y+1)*(c.w+1)+x+1] = n
		}
	}
	return out
}

// of says whether a cell with these corners sees only opaque samples, and whether it sees any that are not clear.
func (c *cover) of(s [4]spot) (full, there bool) {
	// The kernel reaches two samples further, and so it does at coarser levels: one block more is looked at all round.
	x0, x1 := min(s[0].x, s[1].x, s[2].x, s[3].x), max(s[0].x, s[1].x, s[2].x, s[3].x)
	y0, y1 := min(s[0].y, s[1].y, s[2].y, s[3].y), max(s[0].y, s[1].y, s[2].y, s[3].y)
	left, right := max(0, min(c.w-1, x0>>(fine+blockBits)-1)), max(0, min(c.w-1, x1>>(fine+blockBits)+1))
	top, bottom := max(0, min(c.h-1, y0>>(fine+blockBits)-1)), max(0, min(c.h-1, y1>>(fine+blockBits)+1))
	w := c.w + 1
	count := func(sums []int32) int32 {
		return sums[(bottom+1)*w+right+1] - sums[top*w+right+1] - sums[(bottom+1)*w+left] + sums[top*w+left]
	}
	return count(c.full) == int32((right-left+1)*(bottom-top+1)), count(c.there) > 0
}
