package render

import "encoding/binary"

const (
	cell     = 32 // pixels; positions are exact at the corners of cells and linear within
	cellBits = 5
	phases   = 128
)

// frame is one picture of the video as the encoder takes it: planar 4:2:0, chroma sited left.
type frame struct {
	w, h    int
	pix     []byte // all of Y, then U, then V
	y, u, v []byte
}

func newFrame(w, h int) *frame {
	f := &frame{w: w, h: h, pix: make([]byte, w*h*3/2)}
	n := w * h
	f.y, f.u, f.v = f.pix[:n], f.pix[n:n+n/4], f.pix[n+n/4:]
	return f
}

// weights are the four weights of the cubic B-spline at each of the phases between two samples. They are positive and
// their sum is 128.
type weights struct {
	one  [phases][4]uint64
	four [phases]uint64 // the same four in the lanes of one word, last weight lowest
}

func newWeights() *weights {
	out := new(weights)
	for p := range phases {
		t := float64(p) / phases
		t2, s := float64(t*t), 1-t
		w := [4]float64{
			float64(float64(s*s)*s) / 6,
			mad(float64(t2*t), 0.5, -t2) + 2.0/3,
			mad(float64(float64(s*s)*s), 0.5, -float64(s*s)) + 2.0/3,
			float64(t2*t) / 6,
		}
		q := roundWeights(w, t)
		for i, n := range q {
			out.one[p][i] = uint64(n)
			out.four[p] |= uint64(n) << (16 * (3 - i))
		}
	}
	return out
}

// roundWeights turns w into 128ths whose sum is 128 and whose centre of gravity is as near to t as it can be, because a
// wrong centre of gravity would be seen as a shiver of the picture.
func roundWeights(w [4]float64, t float64) [4]int {
	var best [4]int
	least := 1e9
	var base [4]int
	for i := range w {
		base[i] = int(float64(w[i] * 128))
	}
	for m := range 81 {
		q, sum, n := base, 0, m
		off, err := -t, 0.0
		for i := range q {
			q[i] += n % 3
			n /= 3
			sum += q[i]
			off = mad(float64(q[i])/128, float64(i-1), off)
			d := mad(w[i], 128, -float64(q[i]))
			err = mad(d, d, err)
		}
		if sum != 128 {
			continue
		}
		if score := mad(float64(off*off), 200000, err); score < least {
			least, best = score, q
		}
	}
	return best
}

// spot is a position in a plane of luma, in samples with fine fraction bits.
type spot struct{ x, y int }

// span samples n neighbours of a plane into out, from the position (x, y) on, (dx, dy) apart.
func (p *plane) span(out []byte, x, y, dx, dy int, k *weights) {
	const one = 0x0001000100010001
	stride := p.stride
	pix := p.pix
	base := (border-1)*stride + 2*(border-1)
	for i := range out {
		o := base + (y>>fine)*stride + (x>>fine)*2
		fy := &k.one[y>>(fine-7)&(phases-1)]
		s := binary.LittleEndian.Uint64(pix[o:])*fy[0] + binary.LittleEndian.Uint64(pix[o+stride:])*fy[1] +
			binary.LittleEndian.Uint64(pix[o+2*stride:])*fy[2] + binary.LittleEndian.Uint64(pix[o+3*stride:])*fy[3]
		s = (s + 64*one) >> 7 & (511 * one)
		c := int(s*k.four[x>>(fine-7)&(phases-1)]>>48+64)>>7 - lift
		if uint(c) > 255 {
			c = ^(c >> 63) & 255
		}
		out[i] = byte(c)
		x += dx
		y += dy
	}
}

// fill draws the cell whose upper left pixel is (x0, y0) from a plate; the corners are where the plate is seen.
func (p *plate) fill(f *frame, x0, y0 int, c [4]spot, k *weights) {
	w, h := min(cell, f.w-x0), min(cell, f.h-y0)
	for y := range h {
		lx, ly := c[0].x+(c[2].x-c[0].x)*y>>cellBits, c[0].y+(c[2].y-c[0].y)*y>>cellBits
		rx, ry := c[1].x+(c[3].x-c[1].x)*y>>cellBits, c[1].y+(c[3].y-c[1].y)*y>>cellBits
		o := (y0+y)*f.w + x0
		p.y.span(f.y[o:o+w], lx, ly, (rx-lx)>>cellBits, (ry-ly)>>cellBits, k)
	}
	for y := range h / 2 {
		// A sample of chroma lies between two rows of luma, in the column of the left one.
		at := 4*y + 1
		lx, ly := c[0].x+(c[2].x-c[0].x)*at>>(cellBits+1), c[0].y+(c[2].y-c[0].y)*at>>(cellBits+1)
		rx, ry := c[1].x+(c[3].x-c[1].x)*at>>(cellBits+1), c[1].y+(c[3].y-c[1].y)*at>>(cellBits+1)
		dx, dy := (rx-lx)>>cellBits, (ry-ly)>>cellBits
		// In the plate it lies in the middle of four samples of luma.
		lx, ly = (lx-1<<(fine-1))>>1, (ly-1<<(fine-1))>>1
		o := (y0/2+y)*f.w/2 + x0/2
		p.u.span(f.u[o:o+w/2], lx, ly, dx, dy, k)
		p.v.span(f.v[o:o+w/2], lx, ly, dx, dy, k)
	}
}

// shoot draws a whole frame of a plate. at maps a pixel's position to the plate.
func (p *plate) shoot(f *frame, at func(x, y int) spot, nodes []spot, k *weights) {
	across := (f.w+cell-1)/cell + 1
	down := (f.h+cell-1)/cell + 1
	for j := range down {
		for i := range across {
			s := at(i*cell, j*cell)
			nodes[j*across+i] = p.within(s)
		}
	}
	for j := range down - 1 {
		for i := range across - 1 {
			n := j*across + i
			p.fill(f, i*cell, j*cell, [4]spot{nodes[n], nodes[n+1], nodes[n+across], nodes[n+across+1]}, k)
		}
	}
}

// within keeps a spot inside what the plate's border covers.
func (p *plate) within(s spot) spot {
	const reach = border - 4
	return spot{
		max(-reach<<fine, min((p.y.w+reach-1)<<fine, s.x)),
		max(-reach<<fine, min((p.y.h+reach-1)<<fine, s.y)),
	}
}
