package sound

import "github.com/filmgate/filmgate/internal/render/fp"

// sea is waves that swell, break and run out, over the roar of the others.
type sea struct {
	roar  *hiss
	waves [3]wave
}

// wave is one wave after another.
type wave struct {
	water, foam   *hiss
	rnd           noise
	at, step, pan float64 // at goes from 0 to 1 with each wave
	height        float64
}

func newSea(seed uint32) voice {
	s := &sea{roar: newHiss(seed, 1, lowPass(260), highPass(40))}
	for i := range s.waves {
		w := &s.waves[i]
		w.water, w.foam = newHiss(seed, 10+i, lowPass(500), highPass(80)), newHiss(seed, 20+i, highPass(1500), lowPass(7000))
		w.rnd = newNoise(seed, 30+i)
		w.begin()
		w.at = float64(float64(i)/3) + float64(w.rnd.unit()*0.2) // the waves take turns
	}
	return s
}

func (w *wave) begin() {
	w.at, w.step = 0, blockTime/w.rnd.between(6, 9)
	w.pan, w.height = float64(w.rnd.next()*0.6), w.rnd.between(0.7, 1)
}

func (s *sea) add(out *block) {
	s.roar.add(out, 0.7, 0)
	for i := range s.waves {
		s.waves[i].add(out)
	}
}

func (w *wave) add(out *block) {
	if w.at += w.step; w.at >= 1 {
		w.begin()
	}
	const breaks = 0.35 // when the wave breaks
	swell, foam := fp.Smoothstep(0, breaks, w.at), fp.Smoothstep(breaks-0.12, breaks+0.08, w.at)
	ebb := fp.Smoothstep(1, breaks, w.at)
	left := float64(ebb * w.height)
	for side := range w.water.filter {
		w.water.filter[side][0].setLowPass(fp.MulAdd(float64(swell*left), 900, 250))
	}
	w.water.add(out, float64(float64(swell*swell)*left), w.pan)
	w.foam.add(out, float64(float64(foam*left)*float64(left*0.22)), w.pan)
}

// river is a rush of water and its bubbles.
type river struct {
	rush, low       *hiss
	bubbles, splash *pings
	flow            *drift
}

func newRiver(seed uint32) voice {
	return &river{
		rush: newHiss(seed, 1, bandPass(1100, 0.5), lowPass(4000)), low: newHiss(seed, 2, bandPass(320, 0.8)),
		bubbles: &pings{every: 1.0 / 45, hz: [2]float64{350, 1600}, decay: [2]float64{0.008, 0.05}, rise: 1.5, evenly: 0.2, rnd: newNoise(seed, 3)},
		splash:  &pings{every: 1.0 / 60, hz: [2]float64{1500, 3600}, decay: [2]float64{0.003, 0.012}, rise: 1.2, rnd: newNoise(seed, 4)},
		flow:    newDrift(seed, 5, 1.3),
	}
}

func (r *river) add(out *block) {
	flow := fp.MulAdd(r.flow.next(), 0.4, 0.8)
	r.rush.add(out, float64(flow*0.16), 0)
	r.low.add(out, float64(flow*0.16), 0)
	r.bubbles.add(out, flow)
	r.splash.add(out, flow)
}

// deep is what is heard under water: a dull roar, and bubbles that rise.
type deep struct {
	roar    *hiss
	bubbles *pings
	near    *drift
}

func newDeep(seed uint32) voice {
	return &deep{
		roar:    newHiss(seed, 1, lowPass(220), lowPass(400), highPass(35)),
		bubbles: &pings{every: 1.0 / 26, hz: [2]float64{140, 620}, decay: [2]float64{0.02, 0.06}, rise: 1.8, evenly: 0.1, rnd: newNoise(seed, 2)},
		near:    newDrift(seed, 3, 0.9),
	}
}

func (d *deep) add(out *block) {
	near := d.near.next()
	d.roar.add(out, fp.MulAdd(near, 0.2, 0.9), 0)
	d.bubbles.add(out, fp.MulAdd(float64(near*near), 2.5, 0.05))
}
