package raster

import "encoding/binary"

const (
	// border is how many samples a plane repeats beyond each edge, so that sampling needs no bounds checks: borderReach, two
	// for the kernel, and the samples of one word.
	border = 28
	// reach is how far beyond an edge a plane may be sampled.
	reach = 18
	// coefficientOffset keeps spline coefficients, which can be below black, positive.
	coefficientOffset = 128
	// fractionBits is the number of fraction bits of a position in a plane.
	fractionBits = 20
)

// plane is one channel of a level as coefficients of a cubic spline: two bytes each, little-endian, raised by
// coefficientOffset and held in nine bits. Nine bits times the seven of a weight fill a 16-bit lane exactly, so that
// one 64-bit multiplication works on four neighbours at once.
type plane struct {
	w, h   int
	stride int // bytes from row to row
	pix    []byte
}

// newPlane makes the spline through the samples of a channel, w to a row, on all cores. The samples are 0 to 255 times
// 16. They are overwritten.
func newPlane(rows []int32, w, h int) *plane {
	p := &plane{w: w, h: h, stride: 2 * (w + 2*border)}
	p.pix = make([]byte, p.stride*(h+2*border)+8)
	parallel(h, func(y int) { prefilter(rows[y*w : (y+1)*w]) })
	// Columns are filtered together, so that memory is read in rows.
	const band = 256
	parallel((w+band-1)/band, func(k int) { p.filterDown(rows, k*band, min(w, (k+1)*band)) })
	for y := range h {
		line := p.line(y)
		for x := range border {
			copy(line[2*x:], line[2*border:2*border+2])
			copy(line[2*(border+w+x):], line[2*(border+w-1):2*(border+w)])
		}
	}
	for y := range border {
		copy(p.line(y-border), p.line(0))
		copy(p.line(h+y), p.line(h-1))
	}
	return p
}

// line returns row y with its borders.
func (p *plane) line(y int) []byte { return p.pix[(y+border)*p.stride:][:p.stride] }

const pole = -17560 // (√3-2) * 65536

// steadyState returns the state of the recursive filter after a long constant input.
func steadyState(c int64) int64 { return c * 65536 / (65536 - pole) }

// coefficient converts the filter's state to a coefficient, with its gain of 6.
func coefficient(acc int64) int32 { return int32((acc*6*-pole>>16 + 1<<11) >> 12) }

// stored returns a coefficient as a plane holds it.
func stored(c int32) uint16 { return uint16(max(0, min(511, (c+8)>>4+coefficientOffset))) }

// prefilter turns samples into the coefficients of the cubic B-spline that passes through them, by a recursive filter
// forwards and backwards, in 16-bit fractions. Beyond its ends the signal is taken to be constant.
func prefilter(s []int32) {
	if len(s) < 2 {
		return
	}
	acc := steadyState(int64(s[0]) << 12)
	for i, v := range s {
		acc = int64(v)<<12 + (pole*acc)>>16
		s[i] = int32(acc)
	}
	acc = steadyState(acc)
	for i := len(s) - 1; i >= 0; i-- {
		acc = int64(s[i]) + (pole*acc)>>16
		s[i] = coefficient(acc)
	}
}

// filterDown does the same down the columns from x0 to x1, and stores the coefficients.
func (p *plane) filterDown(rows []int32, x0, x1 int) {
	if p.h < 2 {
		for i, v := range rows[x0:x1] {
			binary.LittleEndian.PutUint16(p.line(0)[2*(x0+i+border):], stored(v))
		}
		return
	}
	sums := make([]int64, x1-x0)
	for i := range sums {
		sums[i] = steadyState(int64(rows[x0+i]) << 12)
	}
	for y := range p.h {
		row := rows[y*p.w+x0 : y*p.w+x1]
		for i, v := range row {
			sums[i] = int64(v)<<12 + (pole*sums[i])>>16
			row[i] = int32(sums[i])
		}
	}
	for i := range sums {
		sums[i] = steadyState(sums[i])
	}
	for y := p.h - 1; y >= 0; y-- {
		row := rows[y*p.w+x0 : y*p.w+x1]
		to := p.line(y)[2*(x0+border):][:2*len(row)]
		for i, v := range row {
			sums[i] = int64(v) + (pole*sums[i])>>16
			binary.LittleEndian.PutUint16(to[2*i:], stored(coefficient(sums[i])))
		}
	}
}
