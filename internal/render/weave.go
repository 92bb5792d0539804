package render

import "encoding/binary"

// strand is a cell of a band on its way through weave.
type strand struct {
	x0           int // its first column of pixels
	level        *level
	how          course
	luma, chroma sides
}

// course is how the rows of a cell run through the rows of a level: how many samples side by side can be taken to lie at
// one height.
type course int

const (
	astray   course = 0 // none
	steep    course = 2
	slanting course = 4
	leaning  course = 8
	straight course = 24 // all
)

// still is what nobody sees: a twentieth of a sample.
const still = 1 << fine / 20

// course tells how the rows of a cell run.
func (p *patch) course() course {
	_, _, top, rise := p.row(0)
	_, _, bottom, fall := p.row(8 * cell)
	// 24 samples are enough for 16 pixels up to four thirds of a sample wide.
	narrow, wide := min(top, bottom), max(top, bottom)
	if p.nx < cell || narrow < 1<<fine/4 || wide > 4<<fine/3 {
		return astray
	}
	return courseOf(max(rise, -rise, fall, -fall), cell, narrow)
}

// courseOf is the course of n pixels that are wide samples apart, each tilt samples higher or lower than the one before.
func courseOf(tilt, n, wide int) course {
	slope := tilt << fine / wide
	if tilt*n <= still {
		return straight
	}
	// The samples that are taken for level lie around the one in the middle.
	for _, how := range [...]course{leaning, slanting, steep} {
		if slope*(int(how)-1)/2 <= still {
			return how
		}
	}
	return astray
}

// thread is a row of a cell, of luma or of both planes of chroma: first it is mixed from the rows of the plane, then its
// pixels are read from what was mixed. The assembly knows its fields.
type thread struct {
	plane *plane
	other *plane // the second plane of chroma; of luma nil
	x     int    // the first sample that is mixed, one before that which the first pixel lies behind
	y     int    // the height of the first sample, or of the first few where not all lie at one height
	climb int    // how much higher the next few samples lie; 0: all lie at y
	few   int    // how many they are
	at    uint32 // where the first pixel lies behind its sample
	apart uint32 // how far the pixels are apart
	to    int    // the column of the first pixel

	mixed, mixedOther [72]byte
}

// sides walks down a patch, row by row: along its left side, and how far the right side is from there.
type sides struct{ x, y, w, h, dx, dy, dw, dh int }

// walk begins s eighths/8 pixels from the top, to walk step/8 pixels at a time.
func (p *patch) walk(s *sides, eighths, step int) {
	const bits = cellBits + 3
	x, y, w, h := p.c[2].x-p.c[0].x, p.c[2].y-p.c[0].y, p.c[1].x-p.c[0].x, p.c[1].y-p.c[0].y
	dw, dh := p.c[3].x-p.c[2].x-w, p.c[3].y-p.c[2].y-h
	s.x, s.y, s.w, s.h = p.c[0].x<<bits+x*eighths, p.c[0].y<<bits+y*eighths, w<<bits+dw*eighths, h<<bits+dh*eighths
	s.dx, s.dy, s.dw, s.dh = x*step, y*step, dw*step, dh*step
}

// next returns the row reached, as patch.row does, and walks on.
func (s *sides) next() (x, y, dx, dy int) {
	const bits = cellBits + 3
	x, y, dx, dy = s.x>>bits, s.y>>bits, s.w>>(bits+cellBits), s.h>>(bits+cellBits)
	s.x += s.dx
	s.y += s.dy
	s.w += s.dw
	s.h += s.dh
	return x, y, dx, dy
}

// weave draws the cells that lie side by side in a band, row by row, because memory is read fastest in rows. First the
// row of every cell is mixed from four rows of its level, then its pixels are read from four samples of the mixed row: by
// then these have reached memory, and nobody waits for a word that is still being written.
func weave(f *frame, b *brush, y0, ny int) {
	threads := b.threads[:len(b.band)]
	for n := range b.band {
		c := &b.band[n]
		threads[n].of(c.level.y, nil, c.x0)
	}
	for i := range ny {
		for n := range b.band {
			c := &b.band[n]
			x, y, dx, dy := c.luma.next()
			threads[n].lay(x, y, dx, dy, cell, c.how)
		}
		b.k.mix(threads, b.k)
		o := (y0 + i) * f.w
		b.k.read(threads, f.y[o:o+f.w], b.k)
	}
	for n := range b.band {
		c := &b.band[n]
		threads[n].of(c.level.u, c.level.v, c.x0/2)
	}
	for i := range ny / 2 {
		for n := range b.band {
			c := &b.band[n]
			x, y, dx, dy := c.chroma.next()
			threads[n].lay(chroma(x), chroma(y), dx, dy, cell/2, c.how)
		}
		b.k.mix(threads, b.k)
		o := (y0/2 + i) * f.w / 2
		b.k.readPairs(threads, f.u[o:o+f.w/2], f.v[o:o+f.w/2], b.k)
	}
}

// of says which planes the row is of, and the column where it begins.
func (t *thread) of(p, other *plane, to int) { t.plane, t.other, t.to = p, other, to }

// samples is how many are mixed: as many as the row's pixels may need. The assembly knows them too.
func (t *thread) samples() int {
	if t.other != nil {
		return 16
	}
	return 24
}

// lay begins a row of n pixels, dx and dy apart, at (x, y).
func (t *thread) lay(x, y, dx, dy, n int, how course) {
	t.x, t.at, t.apart = x>>fine-1, uint32(x&(1<<fine-1)), uint32(dx)
	t.y, t.climb, t.few = y+dy*n/2, 0, int(straight)
	if how != straight {
		slope := dy << fine / dx
		t.few, t.climb = int(how), int(how)*slope
		// The first sample lies before the first pixel, and the first few around their middle.
		t.y = y - (slope*(1<<fine+int(t.at)))>>fine + slope*(t.few-1)/2
	}
}

// begin makes c a strand of a cell that is seen in l.
func (c *strand) begin(p *patch, l *level, how course) {
	lo, hi := p.c[0], p.c[0]
	for _, at := range p.c[1:] {
		lo.x, lo.y, hi.x, hi.y = min(lo.x, at.x), min(lo.y, at.y), max(hi.x, at.x), max(hi.y, at.y)
	}
	l.y.guard(lo.x>>fine, lo.y>>fine, hi.x>>fine, hi.y>>fine)
	l.u.guard(chroma(lo.x)>>fine, chroma(lo.y)>>fine, chroma(hi.x)>>fine, chroma(hi.y)>>fine)
	c.x0, c.level, c.how = p.x0, l, how
	p.walk(&c.luma, 0, 8)
	p.walk(&c.chroma, 4, 16)
}

// guard panics unless rows of 24 samples, and the few bytes that are touched beyond, can begin in all of an area. A row of
// a course may leave it by two samples upwards and downwards. The assembly looks at no bounds.
func (p *plane) guard(left, top, right, bottom int) {
	_ = p.pix[p.at(left-1, top-2)]
	_ = p.pix[p.at(right+2*int(straight), bottom+2+3)]
}

// loom is what weaves: the routines that take most of a render's time.
type loom struct {
	// mix mixes the samples around the height of each thread.
	mix func(threads []thread, k *weights)
	// read takes the pixels of each thread, 16 in a row, from what was mixed.
	read func(threads []thread, row []byte, k *weights)
	// readPairs does so, 8 in a row, for both planes of chroma.
	readPairs func(threads []thread, u, v []byte, k *weights)
	// lay lays colour over the row by alpha, 16 pixels from where each thread begins; layHalf 8.
	lay, layHalf func(threads []thread, row, colour, alpha []byte)
}

// plainLoom works on every machine.
func plainLoom() loom {
	return loom{mixPlain, readPlain, readPairsPlain, layPlain(cell), layPlain(cell / 2)}
}

// mixPlain mixes four samples to a word.
func mixPlain(threads []thread, k *weights) {
	for i := range threads {
		t := &threads[i]
		t.plane.mix(&t.mixed, t, k)
		if t.other != nil {
			t.other.mix(&t.mixedOther, t, k)
		}
	}
}

// mix mixes the samples of a thread.
func (p *plane) mix(to *[72]byte, t *thread, k *weights) {
	if t.climb == 0 {
		p.mixRow(to, t.x, t.y, t.samples(), k)
		return
	}
	y := t.y
	for n := 0; n < t.samples(); n += t.few {
		w := &k.one[y>>(fine-7)&(phases-1)]
		for word := range (t.few + 3) / 4 {
			o := p.at(t.x+n+4*word, y>>fine)
			r0, r1, r2, r3 := (*[8]byte)(p.pix[o:]), (*[8]byte)(p.pix[o+p.stride:]), (*[8]byte)(p.pix[o+2*p.stride:]), (*[8]byte)(p.pix[o+3*p.stride:])
			binary.LittleEndian.PutUint64(to[(2*n+8*word)&63:], blend(r0[:], r1[:], r2[:], r3[:], w, k.mask))
		}
		y += t.climb
	}
}

func readPlain(threads []thread, row []byte, k *weights) {
	for i := range threads {
		t := &threads[i]
		t.read((*[cell]byte)(row[t.to:])[:], &t.mixed, k)
	}
}

func readPairsPlain(threads []thread, u, v []byte, k *weights) {
	for i := range threads {
		t := &threads[i]
		t.read((*[cell / 2]byte)(u[t.to:])[:], &t.mixed, k)
		t.read((*[cell / 2]byte)(v[t.to:])[:], &t.mixedOther, k)
	}
}

func layPlain(n int) func(threads []thread, row, colour, alpha []byte) {
	return func(threads []thread, row, colour, alpha []byte) {
		for i := range threads {
			at := threads[i].to
			mix(row[at:at+n], colour[at:at+n], alpha[at:at+n])
		}
	}
}

// read reads pixels from a mixed row.
func (t *thread) read(out []byte, mixed *[72]byte, k *weights) {
	x, dx := uint(t.at), uint(t.apart)
	_, _ = mixed[0], k.four[0] // else both are looked at for nil in each turn
	for i := range out {
		out[i] = k.level[(binary.LittleEndian.Uint64(mixed[x>>(fine-1)&62:])*k.four[x>>(fine-7)&(phases-1)]+64<<48)>>55]
		x += dx
	}
}

// at is where in pix the sample x of the row above row y begins, of the four that the kernel needs the first.
func (p *plane) at(x, y int) int { return (border-1+y)*p.stride + 2*(border+x) }

// blend mixes four samples of each of four rows.
func blend(r0, r1, r2, r3 []byte, w *[4]uint64, mask uint64) uint64 {
	s := binary.LittleEndian.Uint64(r0)*w[0] + binary.LittleEndian.Uint64(r1)*w[1] +
		binary.LittleEndian.Uint64(r2)*w[2] + binary.LittleEndian.Uint64(r3)*w[3]
	return (s + 64*lanes) >> 7 & mask
}

// mixRow mixes 16 or 24 samples around the height y, 4 to a word.
func (p *plane) mixRow(to *[72]byte, x, y, samples int, k *weights) {
	const size = 6 * 8
	pix, o := p.pix, p.at(x, y>>fine)
	w, mask := &k.one[y>>(fine-7)&(phases-1)], k.mask
	r0, r1, r2, r3 := (*[size]byte)(pix[o:]), (*[size]byte)(pix[o+p.stride:]), (*[size]byte)(pix[o+2*p.stride:]), (*[size]byte)(pix[o+3*p.stride:])
	binary.LittleEndian.PutUint64(to[0:], blend(r0[0:], r1[0:], r2[0:], r3[0:], w, mask))
	binary.LittleEndian.PutUint64(to[8:], blend(r0[8:], r1[8:], r2[8:], r3[8:], w, mask))
	binary.LittleEndian.PutUint64(to[16:], blend(r0[16:], r1[16:], r2[16:], r3[16:], w, mask))
	binary.LittleEndian.PutUint64(to[24:], blend(r0[24:], r1[24:], r2[24:], r3[24:], w, mask))
	if samples == 16 {
		return
	}
	binary.LittleEndian.PutUint64(to[32:], blend(r0[32:], r1[32:], r2[32:], r3[32:], w, mask))
	binary.LittleEndian.PutUint64(to[40:], blend(r0[40:], r1[40:], r2[40:], r3[40:], w, mask))
}
