package sound

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// Rate is the number of samples in a second of each side.
const Rate = 48000

// SampleBytes is the size of a sample of both sides: two integers of 16 bits, little-endian.
const SampleBytes = 4

// Bed is the sound of a scene. Its loudness is -23 LUFS (EBU R 128) minus Quieter.
type Bed struct {
	Sources []Source // what is heard, see Of
	Samples int      // its length
	Seed    uint32   // chooses what happens when
	Loop    bool     // its end goes on with its begin. Otherwise it is faded in and out
	Quieter float64  // decibels
}

const (
	fadeSamples = Rate / 40 // 25 ms: no click, and no gap where two beds are joined
	loopSamples = Rate      // of the end that are mixed with the begin of a loop
)

// WriteTo writes the samples, and implements io.WriterTo. All of them are in memory meanwhile, 8 bytes each.
func (b Bed) WriteTo(w io.Writer) (int64, error) {
	samples := b.mix()
	gain := 1.0
	for range 2 { // the limiter makes loud moments softer, so the second time is more exact
		gain = float64(gain * b.gainFor(samples, gain))
	}
	out := bufio.NewWriterSize(w, 1<<16)
	for _, s := range samples {
		var v [SampleBytes]byte
		for side, x := range s {
			n := uint16(int16(math.Floor(fp.MulAdd(limited(float64(float64(x)*gain)), 32767, 0.5)))) //nolint:gosec // within the range
			v[2*side], v[2*side+1] = byte(n), byte(n>>8)
		}
		_, _ = out.Write(v[:]) // Flush returns the error
	}
	if err := out.Flush(); err != nil {
		return 0, fmt.Errorf("sound: write: %w", err)
	}
	return int64(len(samples)) * SampleBytes, nil
}

// gainFor returns the factor by which the samples, made louder by gain, are to be louder.
func (b Bed) gainFor(samples [][2]float32, gain float64) float64 {
	m := newMeter()
	for _, s := range samples {
		m.add(limited(float64(float64(s[0])*gain)), limited(float64(float64(s[1])*gain)))
	}
	power := m.power()
	if power == 0 {
		return 1
	}
	return math.Sqrt(loudPower/power) * factor(-b.Quieter)
}

// factor returns the factor of amplitudes for a level in decibels.
func factor(decibels float64) float64 { return fp.Exp(float64(decibels * (math.Ln10 / 20))) }

// limited returns a sample that is at most as far from 0 as a peak may be. Those below the knee are not changed.
func limited(x float64) float64 {
	const knee, peak = 0.4, 0.65 // -3.7 dBFS, since encoders overshoot
	size := math.Abs(x)
	if size <= knee {
		return x
	}
	over := float64((size - knee) / (peak - knee))
	return math.Copysign(fp.MulAdd(over/(1+over), peak-knee, knee), x)
}

// mix returns the samples of both sides, all sources together.
func (b Bed) mix() [][2]float32 {
	n := b.Samples
	tail := 0
	if b.Loop {
		tail = min(loopSamples, n/2)
	}
	out := make([][2]float32, n+tail)
	voices, levels := b.voices()
	cut := [2]biquad{highPass(28), highPass(28)} // what nobody hears
	for at := 0; at < len(out); at += blockSize {
		var all block
		for i, v := range voices {
			var one block
			v.add(&one)
			for side := range all {
				for k := range all[side] {
					all[side][k] = fp.MulAdd(one[side][k], levels[i], all[side][k])
				}
			}
		}
		for k := range min(blockSize, len(out)-at) {
			out[at+k] = [2]float32{float32(cut[0].next(all[0][k])), float32(cut[1].next(all[1][k]))}
		}
	}
	if b.Loop {
		return closeLoop(out, tail)
	}
	fadeEnds(out)
	return out
}

// voices returns what makes the sources' sounds, and their levels.
func (b Bed) voices() (voices []voice, levels []float64) {
	for _, s := range b.Sources {
		for i, k := range kinds() {
			if k.name == s.Kind {
				voices = append(voices, k.make(fp.Hash(b.Seed, uint32(i), 11))) //nolint:gosec // a small number
				levels = append(levels, float64(k.level*factor(s.Level)))
			}
		}
	}
	return voices, levels
}

// fadeEnds fades the samples in and out.
func fadeEnds(samples [][2]float32) {
	n := min(fadeSamples, len(samples)/4)
	for i := range n {
		level := fp.Smoothstep(0, float64(n), float64(i))
		for _, s := range []*[2]float32{&samples[i], &samples[len(samples)-1-i]} {
			s[0], s[1] = float32(float64(s[0])*level), float32(float64(s[1])*level)
		}
	}
}

// closeLoop mixes the last samples, which are too many, with the first ones, and returns the others.
func closeLoop(samples [][2]float32, tail int) [][2]float32 {
	out, over := samples[:len(samples)-tail], samples[len(samples)-tail:]
	for i := range over {
		new := math.Sqrt(float64(i) / float64(tail))
		old := math.Sqrt(1 - float64(float64(i)/float64(tail)))
		for side, v := range over[i] {
			out[i][side] = float32(fp.MulAdd(float64(v), old, float64(float64(out[i][side])*new)))
		}
	}
	return out
}
