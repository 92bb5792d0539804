package sound

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// tone is a sine that begins, changes its pitch and ends: a drop, a crackle or a note.
type tone struct {
	wait     int     // samples until it begins
	length   int     // samples from its begin to its end
	at       int     // samples that it has had
	from, to float64 // its pitch in Hz at its begin and its end
	re, im   float64 // where it is on its circle
	decay    float64 // what is left of it after a sample; 1 = it does not decay
	swells   bool    // it swells and dies away, rather than begin at once
	gain     [2]float64
}

// done reports whether the tone has ended.
func (t *tone) done() bool { return t.at >= t.length }

// envelope returns how loud the tone is after as many samples, beside its decay.
func (t *tone) envelope(at int) float64 {
	if !t.swells {
		return 1
	}
	sin, _ := fp.SinCos(float64(at) / float64(t.length) * math.Pi)
	return float64(sin * sin)
}

// add adds the next block.
func (t *tone) add(out *block) {
	if t.wait >= blockSize {
		t.wait -= blockSize
		return
	}
	begin := t.wait
	n := min(blockSize-begin, t.length-t.at)
	sin, cos := fp.SinCos(fp.Lerp(t.from, t.to, float64(t.at)/float64(t.length)) * (2 * math.Pi / Rate))
	sin, cos = float64(sin*t.decay), float64(cos*t.decay)
	level := t.envelope(t.at)
	step := (t.envelope(t.at+n) - level) / float64(n)
	re, im := t.re, t.im
	for i := begin; i < begin+n; i++ {
		re, im = fp.MulAdd(re, cos, float64(-im*sin)), fp.MulAdd(re, sin, float64(im*cos))
		v := float64(im * level)
		level += step
		out[0][i] = fp.MulAdd(v, t.gain[0], out[0][i])
		out[1][i] = fp.MulAdd(v, t.gain[1], out[1][i])
	}
	t.re, t.im, t.wait = re, im, 0
	t.at += n
}

// panned returns the gains of both sides for a tone at a place from -1 (left) to 1 (right).
func panned(gain, pan float64) [2]float64 {
	return [2]float64{float64(gain * (1 - pan) / 2), float64(gain * (1 + pan) / 2)}
}

// pings is many short tones at random times: drops, bubbles, crackles.
type pings struct {
	every  float64    // seconds from one to the next, about
	hz     [2]float64 // lowest and highest pitch
	decay  [2]float64 // shortest and longest time in seconds in which one decays to a third
	rise   float64    // pitch at its end divided by that at its begin
	evenly float64    // the share of loudness that all have alike, 0 to 1; most of the others are soft
	rnd    noise
	tones  [32]tone
	wait   float64 // samples until the next
}

// start begins the tones of the next block and returns.
func (p *pings) start(rate float64) {
	for p.wait < blockSize {
		p.begin(int(p.wait))
		p.wait += max(1, p.every/rate*Rate*p.rnd.between(0.1, 1.9))
	}
	p.wait -= blockSize
}

// begin begins a tone in as many samples, if there is a free one.
func (p *pings) begin(wait int) {
	for i := range p.tones {
		t := &p.tones[i]
		if !t.done() {
			continue
		}
		u, v := p.rnd.unit(), p.rnd.unit()
		low := fp.Lerp(p.hz[0], p.hz[1], float64(u*u))
		seconds := fp.Lerp(p.decay[0], p.decay[1], float64(v*v))
		loud := p.rnd.unit()
		loud = fp.Lerp(float64(loud*loud)*float64(loud*loud), 1, p.evenly)
		*t = tone{
			wait: wait, length: int(seconds * 5 * Rate), from: low, to: float64(low * p.rise), re: 1,
			decay: 1 - 1/float64(seconds*Rate), gain: panned(loud, p.rnd.next()),
		}
		return
	}
}

// add adds the next block, with rate times as many tones as usual.
func (p *pings) add(out *block, rate float64) {
	p.start(rate)
	for i := range p.tones {
		if t := &p.tones[i]; !t.done() {
			t.add(out)
		}
	}
}

// song is an animal's voice: phrases of a few notes, and pauses.
type song struct {
	notes         [2]float64 // fewest and most notes in a phrase
	length        [2]float64 // of a note, in seconds
	gap           [2]float64 // between two notes, in seconds
	pause         [2]float64 // between two phrases, in seconds
	slide         [2]float64 // pitch at the end of a note divided by that at its begin
	pitch         float64    // Hz
	gain, pan     float64
	rnd           noise
	tones         [2]tone
	left          int        // notes of this phrase
	wait          int        // samples until the next note
	motif, slides [2]float64 // the two kinds of notes of this phrase: their pitches as factors, and their slides
	seconds       float64    // length of the notes of this phrase
}

// add adds the next block.
func (s *song) add(out *block) {
	if s.wait -= blockSize; s.wait <= 0 {
		if s.left == 0 {
			s.newPhrase()
		}
		s.sing()
	}
	for i := range s.tones {
		if t := &s.tones[i]; !t.done() {
			t.add(out)
		}
	}
}

func (s *song) newPhrase() {
	s.left = int(s.rnd.between(s.notes[0], s.notes[1]+0.99))
	s.seconds = s.rnd.between(s.length[0], s.length[1])
	for i := range s.motif {
		s.motif[i] = s.rnd.between(0.85, 1.15)
		s.slides[i] = s.rnd.between(s.slide[0], s.slide[1])
	}
	if s.slide[0] == s.slide[1] {
		s.motif = [2]float64{1, 1} // an insect has one pitch
	}
}

// sing begins a note.
func (s *song) sing() {
	kind := s.left & 1
	s.left--
	pitch := float64(s.pitch * s.motif[kind])
	n := int(s.seconds * Rate)
	s.tones[kind] = tone{length: n, from: pitch, to: float64(pitch * s.slides[kind]), re: 1, decay: 1, swells: true, gain: panned(s.gain, s.pan)}
	s.wait = n + int(s.rnd.between(s.gap[0], s.gap[1])*Rate)
	if s.left == 0 {
		s.wait += int(s.rnd.between(s.pause[0], s.pause[1]) * Rate)
	}
}
