package sound

import "github.com/filmgate/filmgate/internal/render/fp"

// Loudness is measured as ITU-R BS.1770-5 and EBU R 128 say: the power of K-weighted samples in blocks of 400 ms that overlap by
// three quarters, without the blocks that are silent or much softer than the others. Powers are not converted to decibels, since
// a logarithm is not the same on every machine.
const (
	stepSamples = Rate / 10 // a quarter of a block
	stepsABlock = 4

	// Powers of loudness, 10 to the power (LUFS + 0.691) / 10.
	loudPower   = 0.0058762        // -23 LUFS, EBU R 128's level
	silentPower = 1.1724653045e-07 // -70 LUFS: blocks below it don't count
)

// meter measures loudness.
type meter struct {
	weight [2][2]biquad
	sum    float64   // of this step
	count  int       // samples of this step
	steps  []float64 // the sums of the whole steps
}

func newMeter() *meter {
	// The coefficients are those of the recommendation, for 48 kHz.
	shelf := biquad{b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285, a1: -1.69065929318241, a2: 0.73248077421585}
	cut := biquad{b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621}
	return &meter{weight: [2][2]biquad{{shelf, cut}, {shelf, cut}}}
}

// add adds samples of both sides.
func (m *meter) add(left, right float64) {
	l := m.weight[0][1].next(m.weight[0][0].next(left))
	r := m.weight[1][1].next(m.weight[1][0].next(right))
	m.sum = fp.MulAdd(l, l, fp.MulAdd(r, r, m.sum))
	if m.count++; m.count == stepSamples {
		m.steps = append(m.steps, m.sum)
		m.sum, m.count = 0, 0
	}
}

// power returns the power of what was added, as loud as it is heard; 0 = silence. What is shorter than a block is one block.
func (m *meter) power() float64 {
	if len(m.steps) < stepsABlock {
		sum, samples := m.sum, float64(len(m.steps)*stepSamples+m.count)
		for _, s := range m.steps {
			sum += s
		}
		return sum / max(samples, 1)
	}
	var blocks []float64
	for i := range len(m.steps) - stepsABlock + 1 {
		sum := 0.0
		for _, s := range m.steps[i : i+stepsABlock] {
			sum += s
		}
		blocks = append(blocks, sum/(stepsABlock*stepSamples))
	}
	loud := meanAbove(blocks, silentPower)
	return meanAbove(blocks, max(silentPower, float64(loud/10))) // -10 LU
}

// meanAbove returns the mean of the powers above a gate, or 0 if there are none.
func meanAbove(powers []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for _, p := range powers {
		if p > gate {
			sum, n = sum+p, n+1
		}
	}
	return sum / float64(max(n, 1))
}
