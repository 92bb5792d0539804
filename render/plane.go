package render

import "encoding/binary"

const (
	// border is how many samples a plane is continued beyond each edge, so that the sampler needs no bounds of its own:
	// two for the kernel and the rest for cells that reach over the frame's edge.
	border = 72
	// lift keeps spline coefficients, which swing below black, positive.
	lift = 128
	// fine is the number of fraction bits of a position in a plane.
	fine = 20
)

// plane is one channel of a plate as coefficients of a cubic spline, two bytes each, little-endian, raised by lift and
// held in nine bits. Nine bits times the seven of a weight fill a 16-bit lane exactly, so that one 64-bit multiplication
// works on four neighbours at once.
type plane struct {
	w, h   int
	stride int // bytes from row to row
	pix    []byte
}

// newPlane makes the spline through the samples of a channel, w to a row. The samples are 0 to 255 times 16.
func newPlane(samples []int32, w, h int) *plane {
	p := &plane{w: w, h: h, stride: 2 * (w + 2*border)}
	p.pix = make([]byte, p.stride*(h+2*border)+8)
	rows := make([]int32, len(samples))
	copy(rows, samples)
	for y := range h {
		prefilter(rows[y*w:], w, 1)
	}
	for x := range w {
		prefilter(rows[x:], h, w)
	}
	for y := -border; y < h+border; y++ {
		line := p.pix[(y+border)*p.stride:]
		from := rows[max(0, min(h-1, y))*w:]
		for x := -border; x < w+border; x++ {
			c := (from[max(0, min(w-1, x))]+8)>>4 + lift
			binary.LittleEndian.PutUint16(line[2*(x+border):], uint16(max(0, min(511, c))))
		}
	}
	return p
}

// prefilter turns n samples, step apart, into the coefficients of the cubic B-spline that passes through them: a
// recursive filter forth and back with the pole √3-2, in 16-bit fractions.
func prefilter(s []int32, n, step int) {
	const pole = -17560 // (√3-2) * 65536
	if n < 2 {
		return
	}
	at := func(i int) *int32 { return &s[i*step] }
	// The signal is taken to go on constantly beyond its ends.
	c := int64(*at(0)) << 12
	flat := c * 65536 / (65536 - pole)
	acc := flat
	wide := make([]int64, n)
	for i := range n {
		acc = int64(*at(i))<<12 + (pole*acc)>>16
		wide[i] = acc
	}
	// Gain 6, and the tail of the way back for a constant: c/(1-pole).
	acc = wide[n-1] * 65536 / (65536 - pole)
	for i := n - 1; i >= 0; i-- {
		acc = wide[i] + (pole*acc)>>16
		*at(i) = int32((acc*6*17560>>16 + 1<<11) >> 12)
	}
}
