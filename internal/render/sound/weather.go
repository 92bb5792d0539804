package sound

import "github.com/filmgate/filmgate/internal/render/fp"

// voice is one kind of sound.
type voice interface {
	// add adds the next block.
	add(out *block)
}

// wind is noise in two bands whose pitch and strength follow the gusts, over a low roar.
type wind struct {
	roar, body, whistle *hiss
	gust, turn          *drift
}

func newWind(seed uint32) voice {
	return &wind{
		roar: newHiss(seed, 1, lowPass(140), highPass(30)), body: newHiss(seed, 2, bandPass(300, 1), bandPass(300, 1)), whistle: newHiss(seed, 3, bandPass(900, 7)),
		gust: newDrift(seed, 4, 1.9), turn: newDrift(seed, 5, 3.1),
	}
}

func (w *wind) add(out *block) {
	gust, turn := w.gust.next(), w.turn.next()
	for side := range w.body.filter {
		for i := range w.body.filter[side] {
			w.body.filter[side][i].setBandPass(fp.MulAdd(gust, 420, 180), 0.9)
		}
		w.whistle.filter[side][0].setBandPass(fp.MulAdd(gust, 500, fp.MulAdd(turn, 250, 500)), 9)
	}
	w.roar.add(out, fp.MulAdd(gust, 0.8, 0.8), 0)
	w.body.add(out, fp.MulAdd(float64(gust*gust), 1, 0.35), float64((turn-0.5)*0.7))
	w.whistle.add(out, float64(gust*gust*0.14), float64((0.5-turn)*0.9))
}

// rain is a broad hiss, a low patter, and drops near by.
type rain struct {
	hiss, patter *hiss
	drops        *pings
	strength     *drift
}

func newRain(seed uint32) voice {
	return &rain{
		hiss: newHiss(seed, 1, highPass(1400), lowPass(9000)), patter: newHiss(seed, 2, bandPass(480, 0.5)),
		drops:    &pings{every: 1.0 / 260, hz: [2]float64{1800, 7500}, decay: [2]float64{0.0006, 0.003}, rise: 1, rnd: newNoise(seed, 3)},
		strength: newDrift(seed, 4, 2.5),
	}
}

func (r *rain) add(out *block) {
	strength := fp.MulAdd(r.strength.next(), 0.3, 0.85)
	r.hiss.add(out, float64(strength*0.3), 0)
	r.patter.add(out, float64(strength*0.2), 0)
	r.drops.add(out, strength)
}

// thunder is claps that break and roll away, over a far rumble.
type thunder struct {
	rumble, roll, crack *hiss
	rnd                 noise
	flutter             *drift
	wait                float64 // seconds until the next clap
	age, long           float64 // of this clap, in seconds
	pan                 float64
}

func newThunder(seed uint32) voice {
	t := &thunder{
		rumble: newHiss(seed, 1, lowPass(110), highPass(30)), roll: newHiss(seed, 2, lowPass(400), lowPass(400), highPass(30)),
		crack: newHiss(seed, 3, bandPass(1500, 0.5)), rnd: newNoise(seed, 4), flutter: newDrift(seed, 5, 0.12), age: 100, long: 1,
	}
	t.wait = t.rnd.between(0.1, 0.6)
	return t
}

func (t *thunder) add(out *block) {
	t.age += blockTime
	if t.wait -= blockTime; t.wait <= 0 {
		t.wait, t.age, t.long, t.pan = t.rnd.between(6, 11), 0, t.rnd.between(1.1, 1.9), float64(t.rnd.next()*0.6)
	}
	left := 0.0 // what is left of the clap
	if x := t.age / t.long; x < 9 {
		left = fp.Exp(-x)
	}
	cutoff := fp.MulAdd(float64(left*left), 1500, 130)
	for side := range t.roll.filter {
		t.roll.filter[side][0].setLowPass(cutoff)
		t.roll.filter[side][1].setLowPass(cutoff)
	}
	rise := fp.Smoothstep(0, 0.03, t.age)
	flutter := fp.MulAdd(t.flutter.next(), 0.9, 0.25)
	t.rumble.add(out, 0.5, 0)
	t.roll.add(out, float64(float64(rise*left)*float64(flutter*5)), t.pan)
	crack := float64(left * left)
	crack = float64(crack * crack)
	t.crack.add(out, float64(float64(rise*crack*crack)*float64(flutter*1.2)), t.pan)
}
