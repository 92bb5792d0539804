package raster

import (
	"image"
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// blurred is a part of a frame, blurred.
type blurred struct{ y, u, v *blurredPlane }

// blurredPlane is a part of a plane of w x h samples, with eight bits of fraction.
type blurredPlane struct {
	w, h int
	part image.Rectangle
	pix  []uint16
}

// newBlur blurs a part of a frame, with even corners, by the standard deviation given for each of the frame's rows, in pixels.
func newBlur(f *Frame, rows []float64, part image.Rectangle) *blurred {
	chroma := make([]float64, f.H/2)
	for y := range chroma {
		chroma[y] = rows[2*y] / 2
	}
	half := image.Rect(part.Min.X/2, part.Min.Y/2, part.Max.X/2, part.Max.Y/2)
	w, h := f.W/2, f.H/2
	return &blurred{blurPlane(f.Y, f.W, f.H, rows, part), blurPlane(f.U, w, h, chroma, half), blurPlane(f.V, w, h, chroma, half)}
}

// passes is how often the mean of neighbours is taken, which together are nearly a Gaussian.
const passes = 3

// blurPlane blurs a part of a plane of w x h samples.
func blurPlane(pix []byte, w, h int, rows []float64, part image.Rectangle) *blurredPlane {
	out := &blurredPlane{w: w, h: h, part: part, pix: make([]uint16, part.Dx()*part.Dy())}
	reach, most := make([]int, part.Dy()), 0 // half the width of the mean, in 256ths
	for y := range reach {
		reach[y] = reachFor(rows[part.Min.Y+y])
		most = max(most, reach[y])
	}
	m := means{pad: most>>8 + 2}
	n := part.Dx()
	m.line, m.sums = make([]uint16, n+2*m.pad), make([]uint32, n+2*m.pad+1)
	for y := range part.Dy() {
		to := out.pix[y*n : (y+1)*n]
		for x, v := range pix[(part.Min.Y+y)*w+part.Min.X:][:n] {
			to[x] = uint16(v) << 8
		}
		for range passes {
			m.across(to, reach[y])
		}
	}
	m.rows = make([]uint32, (part.Dy()+2*m.pad+1)*n)
	for range passes {
		m.down(out.pix, n, reach)
	}
	return out
}

// reachFor returns half the width of the mean, in 256ths of a sample, that taken three times has a standard deviation.
func reachFor(deviation float64) int {
	one := float64(deviation*deviation) / passes // the variance of each
	wide := math.Sqrt(fp.MulAdd(12, one, 1))
	if wide < 3 { // no more than three samples, the outer ones in part
		wide = 1 / (1 - min(one, 2./3))
	}
	return int(fp.MulAdd(wide, 128, 0.5))
}

// means is memory for means of neighbours. Beyond its ends a row or a column goes on as it ends, for pad samples.
type means struct {
	pad  int
	line []uint16
	sums []uint32 // of all samples before each
	rows []uint32 // the same for columns
}

// ends returns where the neighbours of sample 0 begin and end, which are reach 256ths away: whole samples and 256ths, and the factor for
// their mean.
func (m *means) ends(reach int) (low, lowPart, high, highPart int, factor uint64) {
	a, b := m.pad<<8+128-reach, m.pad<<8+128+reach
	return a >> 8, a & 255, b >> 8, b & 255, (1<<40 + uint64(reach)) / uint64(2*reach)
}

// across replaces each sample of a row by the mean of its neighbours.
func (m *means) across(row []uint16, reach int) {
	n := len(row)
	for x := range m.pad {
		m.line[x], m.line[m.pad+n+x] = row[0], row[n-1]
	}
	copy(m.line[m.pad:], row)
	sum := uint32(0)
	for x, v := range m.line {
		sum += uint32(v)
		m.sums[x+1] = sum
	}
	low, lowPart, high, highPart, factor := m.ends(reach)
	a, b, av, bv := m.sums[low:], m.sums[high:], m.line[low:], m.line[high:]
	for x := range row {
		all := (b[x]-a[x])<<8 + uint32(highPart)*uint32(bv[x]) - uint32(lowPart)*uint32(av[x])
		row[x] = uint16((uint64(all)*factor + 1<<39) >> 40)
	}
}

// down replaces each sample of columns by the mean of its neighbours, with a reach for each row.
func (m *means) down(pix []uint16, n int, reach []int) {
	h := len(reach)
	for y := range h + 2*m.pad {
		from := pix[max(0, min(h-1, y-m.pad))*n:][:n]
		above, here := m.rows[y*n:(y+1)*n], m.rows[(y+1)*n:(y+2)*n]
		for x, v := range from {
			here[x] = above[x] + uint32(v)
		}
	}
	for y := range h {
		low, lowPart, high, highPart, factor := m.ends(reach[y])
		a, an := m.rows[(y+low)*n:][:n], m.rows[(y+low+1)*n:][:n]
		b, bn := m.rows[(y+high)*n:][:n], m.rows[(y+high+1)*n:][:n]
		for x := range n {
			all := (b[x]-a[x])<<8 + uint32(highPart)*(bn[x]-b[x]) - uint32(lowPart)*(an[x]-a[x])
			pix[y*n+x] = uint16((uint64(all)*factor + 1<<39) >> 40)
		}
	}
}

// put writes the blurred frame into f, which may be larger.
func (b *blurred) put(f *Frame) {
	b.y.each(f.Y, f.W, nil)
	b.u.each(f.U, f.W/2, nil)
	b.v.each(f.V, f.W/2, nil)
}

// blend writes the blurred part over f, of which it lets through as much as the other says.
func (b *blurred) blend(f *Frame, through *blurred) {
	b.y.each(f.Y, f.W, through.y)
	b.u.each(f.U, f.W/2, through.u)
	b.v.each(f.V, f.W/2, through.v)
}

// each writes the plane into one whose rows have w samples, over as much of it as through says; nil: over nothing.
func (p *blurredPlane) each(to []byte, w int, through *blurredPlane) {
	k := w / p.w
	out := image.Rect(p.part.Min.X*k, p.part.Min.Y*k, p.part.Max.X*k, p.part.Max.Y*k)
	colour, left := make([]uint16, out.Dx()), make([]uint16, out.Dx())
	for y := out.Min.Y; y < out.Max.Y; y++ {
		p.row(colour, y, k)
		if through != nil {
			through.row(left, y, k)
		}
		line := to[y*w+out.Min.X:][:out.Dx()]
		for x, c := range colour {
			v := uint32(c) + (uint32(line[x])*uint32(left[x])+127)/255 + dither(x, y)
			line[x] = byte(min(255<<8, v) >> 8)
		}
	}
}

// dither returns what is added before the fraction is cut off, in a pattern of four by four, so that soft gradients show no bands.
func dither(x, y int) uint32 {
	return [16]uint32{8, 136, 40, 168, 200, 72, 232, 104, 56, 184, 24, 152, 248, 120, 216, 88}[y&3<<2|x&3]
}

// row writes row y of the plane enlarged k times, of which the samples between are on lines between those of the plane.
func (p *blurredPlane) row(out []uint16, y, k int) {
	n, last := p.part.Dx(), p.part.Dy()-1
	if k == 1 {
		copy(out, p.pix[(y-p.part.Min.Y)*n:][:n])
		return
	}
	at, part := between(y-p.part.Min.Y*k, k)
	above, below := p.pix[at*n:][:n], p.pix[min(at+1, last)*n:][:n]
	for x := range out {
		i, kx := between(x, k)
		next := min(i+1, n-1)
		top := uint32(above[i])*(256-kx) + uint32(above[next])*kx
		low := uint32(below[i])*(256-kx) + uint32(below[next])*kx
		out[x] = uint16((uint64(top)*uint64(256-part) + uint64(low)*uint64(part) + 1<<15) >> 16)
	}
}

// between returns the sample at or before position i of what is enlarged k times, and how far on the way to the next it is, of 256.
func between(i, k int) (at int, part uint32) {
	p := max(0, (2*i+1)*128/k-128)
	return p >> 8, uint32(p & 255)
}
