package sound

import "github.com/filmgate/filmgate/internal/render/fp"

// fire is a low flutter, and crackles that come in showers.
type fire struct {
	roar, breath    *hiss
	crackle, snap   *pings
	flutter, shower *drift
}

func newFire(seed uint32) voice {
	return &fire{
		roar: newHiss(seed, 1, lowPass(260), highPass(40)), breath: newHiss(seed, 2, bandPass(900, 0.5)),
		crackle: &pings{every: 1.0 / 45, hz: [2]float64{1500, 6500}, decay: [2]float64{0.0004, 0.003}, rise: 1, rnd: newNoise(seed, 3)},
		snap:    &pings{every: 1.0 / 5, hz: [2]float64{500, 2200}, decay: [2]float64{0.001, 0.006}, rise: 0.8, evenly: 0.2, rnd: newNoise(seed, 4)},
		flutter: newDrift(seed, 5, 0.11), shower: newDrift(seed, 6, 0.5),
	}
}

func (f *fire) add(out *block) {
	flutter, shower := f.flutter.next(), f.shower.next()
	f.roar.add(out, fp.MulAdd(flutter, 0.5, 0.2), 0)
	f.breath.add(out, fp.MulAdd(flutter, 0.05, 0.03), 0)
	f.crackle.add(out, fp.MulAdd(float64(shower*shower), 2.4, 0.15))
	f.snap.add(out, fp.MulAdd(shower, 1.2, 0.4))
}

// engine is a motor: its pulses through the exhaust, and the noise of its wheels.
type engine struct {
	road         *hiss
	exhaust      [2][3]biquad // of each side
	speed, wear  *drift
	rnd          noise
	phase, pulse float64
	cylinder     int
}

func newEngine(seed uint32) voice {
	e := &engine{road: newHiss(seed, 1, lowPass(900), highPass(90)), speed: newDrift(seed, 2, 2.2), wear: newDrift(seed, 3, 0.3), rnd: newNoise(seed, 4)}
	for side := range e.exhaust {
		spread := float64(float64(side) * 12)
		e.exhaust[side] = [3]biquad{bandPass(120+spread, 1.2), bandPass(310-spread, 2), bandPass(720+spread, 2)}
	}
	return e
}

func (e *engine) add(out *block) {
	speed := e.speed.next()
	hz := fp.MulAdd(speed, 26, fp.MulAdd(e.wear.next(), 2, 48)) / Rate
	for i := range blockSize {
		if e.phase += hz; e.phase >= 1 {
			e.phase--
			e.cylinder = (e.cylinder + 1) & 3
			e.pulse = fp.MulAdd(e.rnd.next(), 0.12, [4]float64{1, 0.78, 0.93, 0.7}[e.cylinder])
		}
		e.pulse = float64(e.pulse * 0.985)
		x := float64(e.pulse * fp.MulAdd(e.rnd.next(), 0.25, 1))
		for side := range e.exhaust {
			f := &e.exhaust[side]
			v := fp.MulAdd(f[1].next(x), 0.5, fp.MulAdd(f[2].next(x), 0.3, f[0].next(x)))
			out[side][i] += v
		}
	}
	e.road.add(out, fp.MulAdd(speed, 0.12, 0.1), 0)
}

// city is the hum of far streets, and vehicles that pass.
type city struct {
	hum, air *hiss
	swell    *drift
	passing  [2]passing
}

// passing is one vehicle after another, from one side to the other.
type passing struct {
	tyres, motor *hiss
	rnd          noise
	at, step     float64 // at goes from 0 to 1 with each
	side, loud   float64
}

func newCity(seed uint32) voice {
	c := &city{hum: newHiss(seed, 1, lowPass(190), highPass(40)), air: newHiss(seed, 2, bandPass(600, 0.4), lowPass(2500)), swell: newDrift(seed, 3, 2)}
	for i := range c.passing {
		p := &c.passing[i]
		p.tyres, p.motor, p.rnd = newHiss(seed, 10+i, bandPass(900, 0.6)), newHiss(seed, 20+i, bandPass(170, 1)), newNoise(seed, 30+i)
		p.begin()
		p.at = float64(float64(i)*0.5) + float64(p.rnd.unit()*0.3)
	}
	return c
}

func (p *passing) begin() {
	p.at, p.step = 0, blockTime/p.rnd.between(3.5, 7)
	p.loud, p.side = p.rnd.between(0.3, 1), 1
	if p.rnd.next() < 0 {
		p.side = -1
	}
}

func (c *city) add(out *block) {
	swell := c.swell.next()
	c.hum.add(out, fp.MulAdd(swell, 0.3, 0.8), 0)
	c.air.add(out, fp.MulAdd(swell, 0.05, 0.09), 0)
	for i := range c.passing {
		p := &c.passing[i]
		if p.at += p.step; p.at >= 1 {
			p.begin()
		}
		near := float64(fp.Smoothstep(0.1, 0.5, p.at) * fp.Smoothstep(0.9, 0.5, p.at))
		near = float64(float64(near*near) * p.loud)
		pan := float64(float64(fp.Lerp(-0.8, 0.8, p.at)) * p.side)
		p.tyres.add(out, float64(near*0.35), pan)
		p.motor.add(out, float64(near*0.7), pan)
	}
}

// room is a quiet room, or quiet air: what a microphone hears of nothing.
type room struct {
	low, air *hiss
	breath   *drift
}

func newRoom(seed uint32) voice {
	return &room{low: newHiss(seed, 1, lowPass(170), highPass(45)), air: newHiss(seed, 2, lowPass(900), lowPass(2200), highPass(90)), breath: newDrift(seed, 3, 3)}
}

func (r *room) add(out *block) {
	breath := r.breath.next()
	r.low.add(out, fp.MulAdd(breath, 0.12, 0.8), 0)
	r.air.add(out, fp.MulAdd(breath, 0.02, 0.16), 0)
}
