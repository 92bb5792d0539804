package raster

import (
	"encoding/binary"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// phases is the number of positions between two samples.
const phases = 128

// splineWeights are the four weights of the cubic B-spline at each of the phases between two samples. They are positive
// and their sum is 128.
type splineWeights struct {
	rowKernels
	byColumn [phases]uint64 // in the lanes of one word, last weight lowest
	// toByte converts a stored sample to a byte.
	toByte [512]byte
	// mask keeps nine bits of each lane. It is not a constant, because the compiler would then split the store of a masked
	// word into pieces, and the next load would wait for them.
	mask  uint64
	byRow [phases][4]uint64
	// lanes is byRow with each weight in all four lanes. packed has a byte for each weight, first weight lowest.
	lanes  [phases][4]uint64
	packed [phases]uint32
}

func newSplineWeights() *splineWeights {
	out := &splineWeights{rowKernels: newRowKernels(), mask: 511 * lanes}
	for p := range phases {
		t := float64(float64(p) / phases)
		t2, s := float64(t*t), 1-t
		w := [4]float64{
			float64(float64(s*s)*s) / 6,
			fp.MulAdd(float64(t2*t), 0.5, -t2) + 2.0/3,
			fp.MulAdd(float64(float64(s*s)*s), 0.5, -float64(s*s)) + 2.0/3,
			float64(t2*t) / 6,
		}
		q := roundWeights(w, t)
		for i, n := range q {
			out.byRow[p][i] = uint64(n)
			out.byColumn[p] |= uint64(n) << (16 * (3 - i))
			out.lanes[p][i] = uint64(n) * lanes
			out.packed[p] |= uint32(n) << (8 * i)
		}
	}
	for i := range out.toByte {
		out.toByte[i] = byte(max(0, min(255, i-coefficientOffset)))
	}
	return out
}

// roundWeights rounds w to 128ths whose sum is 128 and whose centre of gravity is as near to t as possible. A wrong
// centre of gravity would make a moving picture tremble.
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
			off = fp.MulAdd(float64(q[i])/128, float64(i-1), off)
			d := fp.MulAdd(w[i], 128, -float64(q[i]))
			err = fp.MulAdd(d, d, err)
		}
		if sum != 128 {
			continue
		}
		if score := fp.MulAdd(float64(off*off), 200000, err); score < least {
			least, best = score, q
		}
	}
	return best
}

// span samples len(out) pixels of a plane into out, from the position (x, y) on, (dx, dy) apart.
func (p *plane) span(out []byte, x, y, dx, dy int, k *splineWeights) {
	// If the position hardly leaves its row, the rows can be mixed once for all pixels, which halves the work.
	n := len(out)
	const maxRowError = 1 << fractionBits / 20
	for n >= 8 && max(dy, -dy)*n > maxRowError {
		n /= 2
	}
	if n < 8 || dx <= 0 || dx > 3<<fractionBits {
		p.scatter(out, x, y, dx, dy, k)
		return
	}
	for len(out) > n {
		p.row(out[:n], x, y+dy*n/2, dx, k)
		out = out[n:]
		x += dx * n
		y += dy * n
	}
	p.row(out, x, y+dy*len(out)/2, dx, k)
}

// lanes has a 1 in each of the four 16-bit lanes of a word.
const lanes = 0x0001000100010001

// row samples pixels that are dx apart and all at the height y.
func (p *plane) row(out []byte, x, y, dx int, k *splineWeights) {
	var mixed [264]byte
	first := x >> fractionBits
	m := 2*((x+dx*(len(out)-1))>>fractionBits-first) + 8
	m = min((m+7)&^7, 256)
	o := (border-1+y>>fractionBits)*p.stride + 2*(border-1+first)
	w := &k.byRow[y>>(fractionBits-7)&(phases-1)]
	w0, w1, w2, w3 := w[0], w[1], w[2], w[3]
	r0 := p.pix[o:][:m]
	r1 := p.pix[o+p.stride:][:m]
	r2 := p.pix[o+2*p.stride:][:m]
	r3 := p.pix[o+3*p.stride:][:m]
	to := mixed[:m]
	for len(to) >= 8 && len(r0) >= 8 && len(r1) >= 8 && len(r2) >= 8 && len(r3) >= 8 {
		s := binary.LittleEndian.Uint64(r0)*w0 + binary.LittleEndian.Uint64(r1)*w1 +
			binary.LittleEndian.Uint64(r2)*w2 + binary.LittleEndian.Uint64(r3)*w3
		binary.LittleEndian.PutUint64(to, (s+64*lanes)>>7&k.mask)
		to, r0, r1, r2, r3 = to[8:], r0[8:], r1[8:], r2[8:], r3[8:]
	}
	x &= 1<<fractionBits - 1
	for i := range out {
		s := binary.LittleEndian.Uint64(mixed[x>>(fractionBits-1)&254:])
		out[i] = k.toByte[(s*k.byColumn[x>>(fractionBits-7)&(phases-1)]+64<<48)>>55]
		x += dx
	}
}

// scatter samples pixels at any positions, one by one.
func (p *plane) scatter(out []byte, x, y, dx, dy int, k *splineWeights) {
	stride := p.stride
	pix := p.pix
	base := (border-1)*stride + 2*(border-1)
	for i := range out {
		o := base + (y>>fractionBits)*stride + (x>>fractionBits)*2
		w := &k.byRow[y>>(fractionBits-7)&(phases-1)]
		s := binary.LittleEndian.Uint64(pix[o:o+8])*w[0] + binary.LittleEndian.Uint64(pix[o+stride:o+stride+8])*w[1]
		o += 2 * stride
		s += binary.LittleEndian.Uint64(pix[o:o+8])*w[2] + binary.LittleEndian.Uint64(pix[o+stride:o+stride+8])*w[3]
		s = (s + 64*lanes) >> 7 & k.mask
		out[i] = k.toByte[(s*k.byColumn[x>>(fractionBits-7)&(phases-1)]+64<<48)>>55]
		x += dx
		y += dy
	}
}
