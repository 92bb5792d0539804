package raster

import "encoding/binary"

// tile is a tile of a row of tiles while it is drawn.
type tile struct {
	x0           int // its first column of pixels
	level        *level
	run          runLength
	luma, chroma tileEdges
}

// runLength is how many neighbouring samples of a tile's row can be taken from one height of the level.
type runLength int

const (
	noRun   runLength = 0 // not even one: each pixel needs its own position
	run2    runLength = 2
	run4    runLength = 4
	run8    runLength = 8
	fullRun runLength = 24 // the whole row
)

// maxRowError is an error of height that is invisible: a twentieth of a sample.
const maxRowError = 1 << fractionBits / 20

// runLength returns the run length for the rows of a tile.
func (p *patch) runLength() runLength {
	_, _, top, rise := p.row(0)
	_, _, bottom, fall := p.row(8 * tileSize)
	// 24 samples are enough for 16 pixels up to four thirds of a sample wide.
	narrow, wide := min(top, bottom), max(top, bottom)
	if p.nx < tileSize || narrow < 1<<fractionBits/4 || wide > 4<<fractionBits/3 {
		return noRun
	}
	return runLengthOf(max(rise, -rise, fall, -fall), tileSize, narrow)
}

// runLengthOf returns the run length for n pixels that are wide samples apart and tilt samples higher or lower each.
func runLengthOf(tilt, n, wide int) runLength {
	slope := tilt << fractionBits / wide
	if tilt*n <= maxRowError {
		return fullRun
	}
	// The height of a run is that of its middle.
	for _, how := range [...]runLength{run8, run4, run2} {
		if slope*(int(how)-1)/2 <= maxRowError {
			return how
		}
	}
	return noRun
}

// scanline is a row of a tile, of luma or of both planes of chroma. It is drawn in two steps: samples are mixed from
// four rows of the plane, then pixels are read from the mixed samples. The assembly knows its fields.
type scanline struct {
	plane    *plane
	other    *plane // the second plane of chroma; nil for luma
	x        int    // the first sample that is mixed, one before the sample at or before the first pixel
	y        int    // the height of the first run of samples
	rise     int    // how much lower each next run is; 0: all samples are at y
	run      int    // samples in a run
	fraction uint32 // distance of the first pixel from its sample
	step     uint32 // distance between pixels
	to       int    // the column of the first pixel

	mixed, mixedOther [72]byte
}

// tileEdges walks down a patch row by row: its position on the left edge, and the distance to the right edge.
type tileEdges struct{ x, y, w, h, dx, dy, dw, dh int }

// edges starts s at eighths/8 pixels from the top, in steps of step/8 pixels.
func (p *patch) edges(s *tileEdges, eighths, step int) {
	const bits = tileBits + 3
	x, y, w, h := p.corners[2].x-p.corners[0].x, p.corners[2].y-p.corners[0].y, p.corners[1].x-p.corners[0].x, p.corners[1].y-p.corners[0].y
	dw, dh := p.corners[3].x-p.corners[2].x-w, p.corners[3].y-p.corners[2].y-h
	s.x, s.y, s.w, s.h = p.corners[0].x<<bits+x*eighths, p.corners[0].y<<bits+y*eighths, w<<bits+dw*eighths, h<<bits+dh*eighths
	s.dx, s.dy, s.dw, s.dh = x*step, y*step, dw*step, dh*step
}

// next returns the current row, as patch.row does, and goes to the next.
func (s *tileEdges) next() (x, y, dx, dy int) {
	const bits = tileBits + 3
	x, y, dx, dy = s.x>>bits, s.y>>bits, s.w>>(bits+tileBits), s.h>>(bits+tileBits)
	s.x += s.dx
	s.y += s.dy
	s.w += s.dw
	s.h += s.dh
	return x, y, dx, dy
}

// resample draws the tiles of a row of tiles, row by row, because memory is read fastest in rows. It mixes the samples
// of all tiles first and reads the pixels after, so that no load waits for a store.
func resample(f *Frame, b *Resampler, y0, ny int) {
	scanlines := b.scanlines[:len(b.tiles)]
	for n := range b.tiles {
		c := &b.tiles[n]
		scanlines[n].setPlanes(c.level.y, nil, c.x0)
	}
	for i := range ny {
		for n := range b.tiles {
			c := &b.tiles[n]
			x, y, dx, dy := c.luma.next()
			scanlines[n].setRow(x, y, dx, dy, tileSize, c.run)
		}
		b.k.mix(scanlines, b.k)
		o := (y0 + i) * f.W
		b.k.read(scanlines, f.Y[o:o+f.W], b.k)
	}
	for n := range b.tiles {
		c := &b.tiles[n]
		scanlines[n].setPlanes(c.level.u, c.level.v, c.x0/2)
	}
	for i := range ny / 2 {
		for n := range b.tiles {
			c := &b.tiles[n]
			x, y, dx, dy := c.chroma.next()
			scanlines[n].setRow(chroma(x), chroma(y), dx, dy, tileSize/2, c.run)
		}
		b.k.mix(scanlines, b.k)
		o := (y0/2 + i) * f.W / 2
		b.k.readPairs(scanlines, f.U[o:o+f.W/2], f.V[o:o+f.W/2], b.k)
	}
}

// setPlanes sets the planes that the row is read from, and the column of its first pixel.
func (t *scanline) setPlanes(p, other *plane, to int) { t.plane, t.other, t.to = p, other, to }

// samples returns how many samples are mixed: as many as the row's pixels may need. The assembly knows the numbers too.
func (t *scanline) samples() int {
	if t.other != nil {
		return 16
	}
	return 24
}

// setRow sets a row of n pixels, dx and dy apart, that begins at (x, y).
func (t *scanline) setRow(x, y, dx, dy, n int, how runLength) {
	t.x, t.fraction, t.step = x>>fractionBits-1, uint32(x&(1<<fractionBits-1)), uint32(dx)
	t.y, t.rise, t.run = y+dy*n/2, 0, int(fullRun)
	if how != fullRun {
		slope := dy << fractionBits / dx
		t.run, t.rise = int(how), int(how)*slope
		// The first sample is before the first pixel, and the height of a run is that of its middle.
		t.y = y - (slope*(1<<fractionBits+int(t.fraction)))>>fractionBits + slope*(t.run-1)/2
	}
}

// set makes c a tile that shows a patch of the level l.
func (c *tile) set(p *patch, l *level, how runLength) {
	lo, hi := p.corners[0], p.corners[0]
	for _, at := range p.corners[1:] {
		lo.x, lo.y, hi.x, hi.y = min(lo.x, at.x), min(lo.y, at.y), max(hi.x, at.x), max(hi.y, at.y)
	}
	l.y.guard(lo.x>>fractionBits, lo.y>>fractionBits, hi.x>>fractionBits, hi.y>>fractionBits)
	l.u.guard(chroma(lo.x)>>fractionBits, chroma(lo.y)>>fractionBits, chroma(hi.x)>>fractionBits, chroma(hi.y)>>fractionBits)
	c.x0, c.level, c.run = p.x0, l, how
	p.edges(&c.luma, 0, 8)
	p.edges(&c.chroma, 4, 16)
}

// guard panics unless rows of 24 samples, and the few bytes that are read beyond, lie within the plane for all of an
// area. Runs may leave the area by two samples upwards and downwards. The assembly checks no bounds.
func (p *plane) guard(left, top, right, bottom int) {
	_ = p.pix[p.at(left-1, top-2)]
	_ = p.pix[p.at(right+2*int(fullRun), bottom+2+3)]
}

// rowKernels are the inner loops that take most of a render's time. There is a plain Go version of each, and one in
// AVX2 assembly on amd64; their pixels are the same to the bit.
type rowKernels struct {
	// mix mixes the samples of each scanline from four rows of its plane.
	mix func(scanlines []scanline, k *splineWeights)
	// read reads the pixels of each scanline, 16 in a row, from the mixed samples.
	read func(scanlines []scanline, row []byte, k *splineWeights)
	// readPairs does so, 8 in a row, for both planes of chroma.
	readPairs func(scanlines []scanline, u, v []byte, k *splineWeights)
	// blend blends colour over the row by alpha, 16 pixels for each scanline; blendHalf 8.
	blend, blendHalf func(scanlines []scanline, row, colour, alpha []byte)
}

// plainRowKernels returns the kernels in plain Go.
func plainRowKernels() rowKernels {
	return rowKernels{mixPlain, readPlain, readPairsPlain, blendPlain(tileSize), blendPlain(tileSize / 2)}
}

// mixPlain mixes the samples of each scanline, four to a word.
func mixPlain(scanlines []scanline, k *splineWeights) {
	for i := range scanlines {
		t := &scanlines[i]
		t.plane.mix(&t.mixed, t, k)
		if t.other != nil {
			t.other.mix(&t.mixedOther, t, k)
		}
	}
}

// mix mixes the samples of a scanline.
func (p *plane) mix(to *[72]byte, t *scanline, k *splineWeights) {
	if t.rise == 0 {
		p.mixRow(to, t.x, t.y, t.samples(), k)
		return
	}
	y := t.y
	for n := 0; n < t.samples(); n += t.run {
		w := &k.byRow[y>>(fractionBits-7)&(phases-1)]
		for word := range (t.run + 3) / 4 {
			o := p.at(t.x+n+4*word, y>>fractionBits)
			r0, r1, r2, r3 := (*[8]byte)(p.pix[o:]), (*[8]byte)(p.pix[o+p.stride:]), (*[8]byte)(p.pix[o+2*p.stride:]), (*[8]byte)(p.pix[o+3*p.stride:])
			binary.LittleEndian.PutUint64(to[(2*n+8*word)&63:], mixWords(r0[:], r1[:], r2[:], r3[:], w, k.mask))
		}
		y += t.rise
	}
}

func readPlain(scanlines []scanline, row []byte, k *splineWeights) {
	for i := range scanlines {
		t := &scanlines[i]
		t.read((*[tileSize]byte)(row[t.to:])[:], &t.mixed, k)
	}
}

func readPairsPlain(scanlines []scanline, u, v []byte, k *splineWeights) {
	for i := range scanlines {
		t := &scanlines[i]
		t.read((*[tileSize / 2]byte)(u[t.to:])[:], &t.mixed, k)
		t.read((*[tileSize / 2]byte)(v[t.to:])[:], &t.mixedOther, k)
	}
}

func blendPlain(n int) func(scanlines []scanline, row, colour, alpha []byte) {
	return func(scanlines []scanline, row, colour, alpha []byte) {
		for i := range scanlines {
			at := scanlines[i].to
			blendBytes(row[at:at+n], colour[at:at+n], alpha[at:at+n])
		}
	}
}

// read reads pixels from a mixed row.
func (t *scanline) read(out []byte, mixed *[72]byte, k *splineWeights) {
	x, dx := uint(t.fraction), uint(t.step)
	_, _ = mixed[0], k.byColumn[0] // else both are checked for nil in each turn
	for i := range out {
		out[i] = k.toByte[(binary.LittleEndian.Uint64(mixed[x>>(fractionBits-1)&62:])*k.byColumn[x>>(fractionBits-7)&(phases-1)]+64<<48)>>55]
		x += dx
	}
}

// at returns the offset in pix of the sample x of the row above y, the first of the four rows that the kernel needs.
func (p *plane) at(x, y int) int { return (border-1+y)*p.stride + 2*(border+x) }

// mixWords mixes four samples of each of four rows.
func mixWords(r0, r1, r2, r3 []byte, w *[4]uint64, mask uint64) uint64 {
	s := binary.LittleEndian.Uint64(r0)*w[0] + binary.LittleEndian.Uint64(r1)*w[1] +
		binary.LittleEndian.Uint64(r2)*w[2] + binary.LittleEndian.Uint64(r3)*w[3]
	return (s + 64*lanes) >> 7 & mask
}

// mixRow mixes 16 or 24 samples around the height y, 4 to a word.
func (p *plane) mixRow(to *[72]byte, x, y, samples int, k *splineWeights) {
	const size = 6 * 8
	pix, o := p.pix, p.at(x, y>>fractionBits)
	w, mask := &k.byRow[y>>(fractionBits-7)&(phases-1)], k.mask
	r0, r1, r2, r3 := (*[size]byte)(pix[o:]), (*[size]byte)(pix[o+p.stride:]), (*[size]byte)(pix[o+2*p.stride:]), (*[size]byte)(pix[o+3*p.stride:])
	binary.LittleEndian.PutUint64(to[0:], mixWords(r0[0:], r1[0:], r2[0:], r3[0:], w, mask))
	binary.LittleEndian.PutUint64(to[8:], mixWords(r0[8:], r1[8:], r2[8:], r3[8:], w, mask))
	binary.LittleEndian.PutUint64(to[16:], mixWords(r0[16:], r1[16:], r2[16:], r3[16:], w, mask))
	binary.LittleEndian.PutUint64(to[24:], mixWords(r0[24:], r1[24:], r2[24:], r3[24:], w, mask))
	if samples == 16 {
		return
	}
	binary.LittleEndian.PutUint64(to[32:], mixWords(r0[32:], r1[32:], r2[32:], r3[32:], w, mask))
	binary.LittleEndian.PutUint64(to[40:], mixWords(r0[40:], r1[40:], r2[40:], r3[40:], w, mask))
}
