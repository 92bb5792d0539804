package raster

// mipmap is a picture at falling sizes, the finest first, each four fifths of the one before. Every part of a frame
// finds a level that is neither much finer nor much coarser than the frame.
type mipmap struct {
	levels   []level
	scale    float64   // samples of luma of the finest level in one frame height
	ox, oy   float64   // the middle of the frame, in samples of luma of the finest level
	coverage *coverage // which parts are opaque and which are transparent; nil: opaque everywhere
}

// level is a picture at one size: luma, and chroma at half that size, BT.709 in limited range.
type level struct {
	y, u, v *plane
	a       *plane // opacity, 0 to 255; nil: opaque
	kx, ky  int    // samples of this level per 65536 samples of the finest
}

// bitmap is a picture as rows of samples 0 to 255 times 16, red, green and blue interleaved, and its opacity.
type bitmap struct {
	w, h  int
	pix   []uint16
	alpha []uint16 // nil: opaque
}

// Canvas is memory for painting layers. It is reused for each level of each layer, so that a render needs little.
type Canvas struct {
	pix, alpha   [2][]uint16 // bitmaps, used by turns
	luma, cb, cr []int32
}

// bitmap returns one of two bitmaps in the size given. Its content is left over from its last use.
func (c *Canvas) bitmap(turn, w, h int, opaque bool) bitmap {
	r := bitmap{w: w, h: h, pix: grown(&c.pix[turn&1], 3*w*h)}
	if !opaque {
		r.alpha = grown(&c.alpha[turn&1], w*h)
	}
	return r
}

// grown returns a slice of length n in the memory of buffer, or in new memory if that is too small.
func grown[T any](buffer *[]T, n int) []T {
	if cap(*buffer) < n {
		*buffer = make([]T, n)
	}
	return (*buffer)[:n]
}

// newMipmap makes as many levels as are needed to show a bitmap at the size least (1: its own). The bitmap must be the
// canvas's for an even turn, or not the canvas's at all.
func newMipmap(r bitmap, least float64, e *Canvas) *mipmap {
	p := &mipmap{}
	if r.alpha != nil {
		p.coverage = newCoverage(r)
	}
	w, h := r.w, r.h
	for turn := 1; ; turn++ {
		l := newLevel(r, e)
		l.kx, l.ky = r.w<<16/w, r.h<<16/h
		p.levels = append(p.levels, l)
		if float64(r.h) <= float64(h)*least*1.1 || r.w < 48 || r.h < 48 {
			return p
		}
		smaller := e.bitmap(turn, r.w*4/5, r.h*4/5, r.alpha == nil)
		r.resize(smaller)
		r = smaller
	}
}

// newLevel converts red, green and blue to luma and chroma, and these to splines.
func newLevel(r bitmap, e *Canvas) level {
	cw, ch := (r.w+1)/2, (r.h+1)/2
	luma, cb, cr := grown(&e.luma, r.w*r.h), grown(&e.cb, cw*ch), grown(&e.cr, cw*ch)
	parallel(ch, func(c int) {
		cb, cr := cb[c*cw:(c+1)*cw], cr[c*cw:(c+1)*cw]
		clear(cb)
		clear(cr)
		for y := 2 * c; y < min(2*c+2, r.h); y++ {
			r.convert(y, luma[y*r.w:(y+1)*r.w], cb, cr)
		}
		for i := range cb {
			cb[i] = 128<<4 + (cb[i]+1<<5)>>6
			cr[i] = 128<<4 + (cr[i]+1<<5)>>6
		}
	})
	l := level{y: newPlane(luma, r.w, r.h), u: newPlane(cb, cw, ch), v: newPlane(cr, cw, ch)}
	if r.alpha != nil {
		for i, a := range r.alpha {
			luma[i] = int32(a)
		}
		l.a = newPlane(luma, r.w, r.h)
	}
	return l
}

// convert writes the luma of row y and adds its chroma, four samples to one, in 64ths.
func (r *bitmap) convert(y int, luma, cb, cr []int32) {
	// The last column and row of an odd size count twice.
	times := int32(1)
	if y == r.h-1 {
		times += int32(r.h & 1)
	}
	row := r.pix[3*y*r.w : 3*(y+1)*r.w]
	for x := range luma {
		red, green, blue := int32(row[3*x]), int32(row[3*x+1]), int32(row[3*x+2])
		// BT.709, limited range, in 14-bit fractions: Y is 16 to 235, Cb and Cr are 16 to 240.
		luma[x] = 16<<4 + (2992*red+10064*green+1016*blue+1<<13)>>14
		n := times
		if x == r.w-1 {
			n *= 1 + int32(r.w&1)
		}
		cb[x/2] += n * ((-1649*red - 5547*green + 7196*blue) >> 10)
		cr[x/2] += n * ((7196*red - 6536*green - 660*blue) >> 10)
	}
}

// coverage counts, in blocks of samples, the opaque and the visible ones.
type coverage struct {
	w, h            int
	opaque, visible []int32 // sums over all blocks above and to the left
}

const blockBits = 4

func newCoverage(r bitmap) *coverage {
	c := &coverage{w: (r.w-1)>>blockBits + 1, h: (r.h-1)>>blockBits + 1}
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
	c.opaque, c.visible = c.sum(full), c.sum(there)
	return c
}

func (c *coverage) sum(marks []bool) []int32 {
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

// tile reports whether a tile with these corners sees only opaque samples, and whether it sees any visible ones.
func (c *coverage) tile(s [4]samplePos) (full, there bool) {
	// The kernel reaches two samples further, also at coarser levels, so one more block is checked on each side.
	x0, x1 := min(s[0].x, s[1].x, s[2].x, s[3].x), max(s[0].x, s[1].x, s[2].x, s[3].x)
	y0, y1 := min(s[0].y, s[1].y, s[2].y, s[3].y), max(s[0].y, s[1].y, s[2].y, s[3].y)
	left, right := max(0, min(c.w-1, x0>>(fractionBits+blockBits)-1)), max(0, min(c.w-1, x1>>(fractionBits+blockBits)+1))
	top, bottom := max(0, min(c.h-1, y0>>(fractionBits+blockBits)-1)), max(0, min(c.h-1, y1>>(fractionBits+blockBits)+1))
	w := c.w + 1
	count := func(sums []int32) int32 {
		return sums[(bottom+1)*w+right+1] - sums[top*w+right+1] - sums[(bottom+1)*w+left] + sums[top*w+left]
	}
	return count(c.opaque) == int32((right-left+1)*(bottom-top+1)), count(c.visible) > 0
}
