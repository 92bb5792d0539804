package sound

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// blockSize is how many samples are made at a time. What moves slowly (gains, pitches, filters) is computed once a block.
const (
	blockSize = 64
	blockTime = float64(blockSize) / Rate // in seconds
)

// block holds samples of the left and the right side.
type block [2][blockSize]float64

// noise is a generator of white noise: Marsaglia's xorshift of 32 bits. It must not be 0.
type noise uint32

// newNoise returns the n-th generator of a seed.
func newNoise(seed uint32, n int) noise { return noise(fp.Hash(seed, uint32(n), 7) | 1) } //nolint:gosec // a small number

// next returns the next sample, from -1 to 1.
func (n *noise) next() float64 {
	x := uint32(*n)
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	*n = noise(x)
	return float64(float64(int32(x)) * (1.0 / (1 << 31))) //nolint:gosec // all bits are wanted
}

// unit returns a random number from 0 to 1.
func (n *noise) unit() float64 { return float64((n.next() + 1) / 2) }

// between returns a random number from a to b.
func (n *noise) between(a, b float64) float64 { return fp.Lerp(a, b, n.unit()) }

// biquad is a filter of second order, in the transposed direct form II. Its coefficients are those of Robert Bristow-Johnson's
// Audio EQ Cookbook.
type biquad struct{ b0, b1, b2, a1, a2, z1, z2 float64 }

// next filters a sample.
func (q *biquad) next(x float64) float64 {
	y := fp.MulAdd(q.b0, x, q.z1)
	q.z1 = fp.MulAdd(q.b1, x, fp.MulAdd(-q.a1, y, q.z2))
	q.z2 = fp.MulAdd(q.b2, x, float64(-q.a2*y))
	return y
}

// set sets the coefficients, all divided by a0, and keeps the state.
func (q *biquad) set(b0, b1, b2, a0, a1, a2 float64) {
	q.b0, q.b1, q.b2, q.a1, q.a2 = b0/a0, b1/a0, b2/a0, a1/a0, a2/a0
}

// angle returns cosine and "alpha" of the cookbook for a frequency in Hz and a quality.
func angle(hz, quality float64) (cos, alpha float64) {
	sin, cos := fp.SinCos(hz * (2 * math.Pi / Rate))
	return cos, sin / (2 * quality)
}

// setBandPass makes q a band-pass, which passes its middle unchanged.
func (q *biquad) setBandPass(hz, quality float64) {
	cos, alpha := angle(hz, quality)
	q.set(alpha, 0, -alpha, 1+alpha, float64(-2*cos), 1-alpha)
}

// setLowPass makes q a low-pass without a resonance.
func (q *biquad) setLowPass(hz float64) {
	cos, alpha := angle(hz, flat)
	q.set((1-cos)/2, 1-cos, (1-cos)/2, 1+alpha, float64(-2*cos), 1-alpha)
}

// flat is the quality of a low-pass or high-pass without a resonance.
const flat = 0.7071

func bandPass(hz, quality float64) (q biquad) { q.setBandPass(hz, quality); return q }
func lowPass(hz float64) (q biquad)           { q.setLowPass(hz); return q }

func highPass(hz float64) (q biquad) {
	cos, alpha := angle(hz, flat)
	q.set((1+cos)/2, -1-cos, (1+cos)/2, 1+alpha, float64(-2*cos), 1-alpha)
	return q
}

// drift is a number that wanders smoothly between 0 and 1.
type drift struct {
	rnd      noise
	seconds  float64 // from one turn to the next, about
	from, to float64
	at, step float64 // where it is between the two, 0 to 1
}

func newDrift(seed uint32, n int, seconds float64) *drift {
	d := &drift{rnd: newNoise(seed, n), seconds: seconds}
	d.from, d.to, d.at = d.rnd.unit(), d.rnd.unit(), d.rnd.unit()
	d.turn()
	return d
}

func (d *drift) turn() { d.step = blockTime / float64(d.seconds*d.rnd.between(0.6, 1.4)) }

// next returns the number for the next block.
func (d *drift) next() float64 {
	if d.at += d.step; d.at >= 1 {
		d.at = 0
		d.from, d.to = d.to, d.rnd.unit()
		d.turn()
	}
	return fp.Lerp(d.from, d.to, fp.Smoothstep(0, 1, d.at))
}

// hiss is noise in stereo through filters, the same on both sides.
type hiss struct {
	rnd    [2]noise
	filter [2][]biquad
	gain   [2]float64 // of the last sample
}

func newHiss(seed uint32, n int, filters ...biquad) *hiss {
	h := &hiss{rnd: [2]noise{newNoise(seed, n), newNoise(^seed, n)}}
	for side := range h.filter {
		h.filter[side] = append([]biquad(nil), filters...)
	}
	return h
}

// add adds the next block. The gain goes from that of the block before to gain. pan is from -1 (left) to 1 (right).
func (h *hiss) add(out *block, gain, pan float64) {
	for side, to := range [2]float64{float64(gain * min(1, 1-pan)), float64(gain * min(1, 1+pan))} {
		rnd, filter, samples := h.rnd[side], h.filter[side], &out[side]
		level, step := h.gain[side], float64((to-h.gain[side])/blockSize)
		for i := range samples {
			x := rnd.next()
			for k := range filter {
				x = filter[k].next(x)
			}
			level += step
			samples[i] = fp.MulAdd(x, level, samples[i])
		}
		h.rnd[side], h.gain[side] = rnd, to
	}
}
