package render

import "encoding/binary"

// strand is a cell of a band on its way through weave.
type strand struct {
	patch
	level        *level
	how          course
	luma, chroma sides
	x, dx        uint // where its mixed row is read
	// Its row of a plane, mixed: 24 samples of two bytes, and room beyond, because positions are masked rather than checked.
	mixed [96]byte
	other [72]byte
}

// course is how the rows of a cell run through the rows of a level.
type course int

const (
	astray   course = iota // anyhow
	slanting               // so little across that four samples can be taken for level
	leaning                // so little across that half of them can
	straight               // so little across that all can
)

// course tells how the rows of a cell run.
func (p *patch) course() course {
	// Within a twentieth of a pixel, nobody sees the difference.
	const still = 1 << fine / 20
	_, _, top, rise := p.row(0)
	_, _, bottom, fall := p.row(8 * cell)
	tilt := max(rise, -rise, fall, -fall)
	switch {
	// 24 samples are enough for 16 pixels up to four thirds of a sample wide.
	case p.nx < cell || min(top, bottom) <= 0 || max(top, bottom) > 4<<fine/3 || tilt*4 > still:
		return astray
	// Where pixels are narrow, half the samples are more than half the pixels.
	case tilt*cell/2 > still, tilt*cell > still && min(top, bottom) < 3<<fine/4:
		return slanting
	case tilt*cell > still:
		return leaning
	}
	return straight
}

// sides walks down a patch, row by row: along its left side, and how far the right side is from there.
type sides struct{ x, y, w, h, dx, dy, dw, dh int }

// sides begins eighths/8 pixels from the top and walks step/8 pixels at a time.
func (p *patch) sides(eighths, step int) sides {
	const bits = cellBits + 3
	x, y, w, h := p.c[2].x-p.c[0].x, p.c[2].y-p.c[0].y, p.c[1].x-p.c[0].x, p.c[1].y-p.c[0].y
	dw, dh := p.c[3].x-p.c[2].x-w, p.c[3].y-p.c[2].y-h
	return sides{
		p.c[0].x<<bits + x*eighths, p.c[0].y<<bits + y*eighths, w<<bits + dw*eighths, h<<bits + dh*eighths,
		x * step, y * step, dw * step, dh * step,
	}
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
// row of every cell is mixed from four rows of its level, four samples at a time, then its pixels are read from four
// samples of the mixed row: by then these have reached memory, and nobody waits for a word that is still being written.
func weave(f *frame, band []strand, y0, ny int, k *weights) {
	for i := range ny {
		o := (y0 + i) * f.w
		for n := range band {
			band[n].mixLuma(k)
		}
		for n := range band {
			c := &band[n]
			read((*[cell]byte)(f.y[o+c.x0:]), &c.mixed, c.x, c.dx, k)
		}
	}
	for i := range ny / 2 {
		o := (y0/2 + i) * f.w / 2
		for n := range band {
			band[n].mixChroma(k)
		}
		for n := range band {
			c := &band[n]
			at := o + c.x0/2
			readBoth((*[cell / 2]byte)(f.u[at:]), (*[cell / 2]byte)(f.v[at:]), &c.mixed, &c.other, c.x, c.dx, k)
		}
	}
}

// mixLuma mixes the next row of luma.
func (c *strand) mixLuma(k *weights) {
	x, y, dx, dy := c.luma.next()
	c.x, c.dx = uint(x)&(1<<fine-1), uint(dx)
	words := 6
	if (c.x+(cell-1)*c.dx)>>fine <= 16 {
		words = 5
	}
	p := c.level.y
	switch x >>= fine; c.how {
	case straight:
		p.mix((*[72]byte)(c.mixed[:]), x, y+dy*(cell/2), words, k)
	case leaning:
		p.mix((*[72]byte)(c.mixed[:]), x, y+dy*(cell/4), 3, k)
		p.mix((*[72]byte)(c.mixed[24:]), x+12, y+dy*(cell*3/4), 3, k)
	default:
		p.slant((*[72]byte)(c.mixed[:]), x, y, dy<<fine/dx, words, k)
	}
}

// mixChroma mixes the next row of chroma.
func (c *strand) mixChroma(k *weights) {
	x, y, dx, dy := c.chroma.next()
	x, y = chroma(x), chroma(y)
	c.x, c.dx = uint(x)&(1<<fine-1), uint(dx)
	words := 4
	if (c.x+(cell/2-1)*c.dx)>>fine <= 8 {
		words = 3
	}
	// Half as many pixels lie in a row, and colours are soft: what slants in luma is straight enough in chroma.
	x >>= fine
	y += dy * (cell / 4)
	c.level.u.mix((*[72]byte)(c.mixed[:]), x, y, words, k)
	c.level.v.mix(&c.other, x, y, words, k)
}

// at is where in pix the samples begin that the kernel needs for the sample x of row y.
func (p *plane) at(x, y int) int { return (border-1+y)*p.stride + 2*(border-1+x) }

// blend mixes four samples of each of four rows.
func blend(r0, r1, r2, r3 []byte, w *[4]uint64, mask uint64) uint64 {
	s := binary.LittleEndian.Uint64(r0)*w[0] + binary.LittleEndian.Uint64(r1)*w[1] +
		binary.LittleEndian.Uint64(r2)*w[2] + binary.LittleEndian.Uint64(r3)*w[3]
	return (s + 64*lanes) >> 7 & mask
}

// mix mixes samples around the height y, from the one before x on, 4 to a word, 3 to 6 words.
func (p *plane) mix(to *[72]byte, x, y, words int, k *weights) {
	const size = 6 * 8
	pix, o := p.pix, p.at(x, y>>fine)
	w, mask := &k.one[y>>(fine-7)&(phases-1)], k.mask
	r0, r1, r2, r3 := (*[size]byte)(pix[o:]), (*[size]byte)(pix[o+p.stride:]), (*[size]byte)(pix[o+2*p.stride:]), (*[size]byte)(pix[o+3*p.stride:])
	binary.LittleEndian.PutUint64(to[0:], blend(r0[0:], r1[0:], r2[0:], r3[0:], w, mask))
	binary.LittleEndian.PutUint64(to[8:], blend(r0[8:], r1[8:], r2[8:], r3[8:], w, mask))
	binary.LittleEndian.PutUint64(to[16:], blend(r0[16:], r1[16:], r2[16:], r3[16:], w, mask))
	if words < 4 {
		return
	}
	binary.LittleEndian.PutUint64(to[24:], blend(r0[24:], r1[24:], r2[24:], r3[24:], w, mask))
	if words < 5 {
		return
	}
	binary.LittleEndian.PutUint64(to[32:], blend(r0[32:], r1[32:], r2[32:], r3[32:], w, mask))
	if words < 6 {
		return
	}
	binary.LittleEndian.PutUint64(to[40:], blend(r0[40:], r1[40:], r2[40:], r3[40:], w, mask))
}

// slant mixes samples, 4 to a word, along a line that leaves its row: rise is how much higher it is at each sample.
func (p *plane) slant(to *[72]byte, x, y, rise, words int, k *weights) {
	for i := range words {
		o := p.at(x+4*i, y>>fine)
		w := &k.one[y>>(fine-7)&(phases-1)]
		r0, r1, r2, r3 := (*[8]byte)(p.pix[o:]), (*[8]byte)(p.pix[o+p.stride:]), (*[8]byte)(p.pix[o+2*p.stride:]), (*[8]byte)(p.pix[o+3*p.stride:])
		binary.LittleEndian.PutUint64(to[8*i&63:], blend(r0[:], r1[:], r2[:], r3[:], w, k.mask))
		y += 4 * rise
	}
}

// read takes pixels dx apart from a mixed row.
//
//go:noinline
func read(out *[cell]byte, mixed *[96]byte, x, dx uint, k *weights) {
	_, _, _ = out[0], mixed[0], k.four[0] // else all three are looked at for nil in each turn
	for i := 0; i < cell; i += 2 {
		out[i] = k.level[(binary.LittleEndian.Uint64(mixed[x>>(fine-1)&62:])*k.four[x>>(fine-7)&(phases-1)]+64<<48)>>55]
		x += dx
		out[i+1] = k.level[(binary.LittleEndian.Uint64(mixed[x>>(fine-1)&62:])*k.four[x>>(fine-7)&(phases-1)]+64<<48)>>55]
		x += dx
	}
}

// readBoth takes the same pixels from two mixed rows.
//
//go:noinline
func readBoth(out, out2 *[cell / 2]byte, mixed *[96]byte, mixed2 *[72]byte, x, dx uint, k *weights) {
	_, _, _, _, _ = out[0], out2[0], mixed[0], mixed2[0], k.four[0]
	for i := range out {
		w := k.four[x>>(fine-7)&(phases-1)]
		at := x >> (fine - 1) & 62
		out[i] = k.level[(binary.LittleEndian.Uint64(mixed[at:])*w+64<<48)>>55]
		out2[i] = k.level[(binary.LittleEndian.Uint64(mixed2[at:])*w+64<<48)>>55]
		x += dx
	}
}
