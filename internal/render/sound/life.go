package sound

import "github.com/filmgate/filmgate/internal/render/fp"

// chorus is animals that sing, and the air between them.
type chorus struct {
	air, shimmer *hiss
	loud         [2]float64 // gains of both
	songs        []song
}

func (c *chorus) add(out *block) {
	c.air.add(out, c.loud[0], 0)
	c.shimmer.add(out, c.loud[1], 0)
	for i := range c.songs {
		c.songs[i].add(out)
	}
}

// newBirds returns four birds by day.
func newBirds(seed uint32) voice {
	c := &chorus{air: newHiss(seed, 1, lowPass(500), highPass(60)), shimmer: newHiss(seed, 2, bandPass(3000, 0.4)), loud: [2]float64{0.12, 0.008}}
	for i := range 4 {
		rnd := newNoise(seed, 10+i)
		c.songs = append(c.songs, song{
			notes: [2]float64{2, 7}, length: [2]float64{0.045, 0.16}, gap: [2]float64{0.02, 0.09}, pause: [2]float64{0.5, 2.6}, slide: [2]float64{0.72, 1.3},
			pitch: fp.MulAdd(float64(i), 850, rnd.between(2100, 2700)), gain: rnd.between(0.12, 0.4), pan: float64(rnd.next() * 0.8),
			wait: int(rnd.between(0.05, 1) * Rate), rnd: rnd,
		})
	}
	return c
}

// newInsects returns crickets by night.
func newInsects(seed uint32) voice {
	c := &chorus{air: newHiss(seed, 1, lowPass(400), highPass(60)), shimmer: newHiss(seed, 2, bandPass(5600, 12), bandPass(5600, 12)), loud: [2]float64{0.12, 0.16}}
	for i := range 6 {
		rnd := newNoise(seed, 10+i)
		pause := rnd.between(0.22, 0.5)
		c.songs = append(c.songs, song{
			notes: [2]float64{3, 3}, length: [2]float64{0.016, 0.02}, gap: [2]float64{0.012, 0.014}, pause: [2]float64{pause, pause * 1.15}, slide: [2]float64{1, 1},
			pitch: rnd.between(3900, 5100), gain: rnd.between(0.06, 0.3), pan: float64(rnd.next() * 0.9), wait: int(rnd.between(0, 0.4) * Rate), rnd: rnd,
		})
	}
	return c
}

// crowd is people who talk all at once: some near by, and many far away. No words are said.
type crowd struct {
	far     *hiss
	murmur  *drift
	talkers [9]talker
}

// talker is a voice that says syllables: the pulses of a throat through two formants.
type talker struct {
	rnd              noise
	formants         [2]biquad
	pitch, phase     float64 // Hz; 0 to 1
	loud             float64 // of the last sample
	at, step         float64 // at goes from 0 to 1 with each syllable
	hz               [2][2]float64
	stress, tune     float64
	pan              [2]float64
	syllables, pause int // left of the sentence; syllables of silence after it
}

func newCrowd(seed uint32) voice {
	c := &crowd{far: newHiss(seed, 1, bandPass(480, 0.6), lowPass(1500)), murmur: newDrift(seed, 2, 0.25)}
	for i := range c.talkers {
		t := &c.talkers[i]
		t.rnd = newNoise(seed, 10+i)
		t.pitch = t.rnd.between(90, 130)
		if i&1 == 1 {
			t.pitch = t.rnd.between(165, 230)
		}
		t.pan = panned(t.rnd.between(0.8, 1.9), float64(t.rnd.next()*0.8))
		t.say()
		t.hz[0] = t.hz[1]
		t.at = t.rnd.unit()
	}
	return c
}

// say begins the next syllable, or a moment of silence.
func (t *talker) say() {
	t.at, t.step = 0, blockTime/t.rnd.between(0.13, 0.27)
	t.hz[0] = t.hz[1]
	t.hz[1] = [2]float64{t.rnd.between(300, 780), t.rnd.between(900, 2200)}
	t.stress, t.tune = t.rnd.between(0.4, 1), t.rnd.between(0.9, 1.15)
	if t.syllables--; t.syllables < 0 {
		t.stress = 0
		if t.pause--; t.pause < 0 {
			t.syllables, t.pause = int(t.rnd.between(4, 14)), int(t.rnd.between(1, 6))
		}
	}
}

func (c *crowd) add(out *block) {
	c.far.add(out, fp.MulAdd(c.murmur.next(), 0.22, 0.2), 0)
	for i := range c.talkers {
		c.talkers[i].add(out)
	}
}

func (t *talker) add(out *block) {
	if t.at += t.step; t.at >= 1 {
		t.say()
	}
	along := fp.Smoothstep(0, 0.5, t.at)
	for i := range t.formants {
		t.formants[i].setBandPass(fp.Lerp(t.hz[0][i], t.hz[1][i], along), 6)
	}
	open, _ := fp.SinCos(float64(t.at * 3.14159))
	to := float64(max(0, open) * t.stress)
	step := float64((to - t.loud) / blockSize)
	hz := float64(t.pitch*fp.Lerp(1, t.tune, along)) / Rate
	for i := range blockSize {
		t.phase += hz
		pulse := 0.02
		if t.phase >= 1 {
			t.phase--
			pulse = -3
		}
		v := fp.MulAdd(t.formants[1].next(pulse), 0.5, t.formants[0].next(pulse))
		t.loud += step
		v = float64(v * t.loud)
		out[0][i] = fp.MulAdd(v, t.pan[0], out[0][i])
		out[1][i] = fp.MulAdd(v, t.pan[1], out[1][i])
	}
}
