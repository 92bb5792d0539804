package camera

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/filmgate/filmgate/internal/render/directions"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/task"
)

// Plan is what a prompt, or the caller, wants of the camera.
type Plan struct {
	Path       Path
	DriftSpeed float64 // factor for the drift of clouds and water
	Shutter    float64 // how long the shutter is open, in frames
	Moves      []Move  // what was understood of the prompt, by the time of its beginning
	Aims       []Aim   // what moves go to; see AimAt
	Racks      []Rack  // where focus goes; see NewLensPath
}

// Move is one move of the camera that a prompt names.
type Move struct {
	Name     string  // as the table of moves has it: "pan left"
	From, To float64 // times of [0,1]
}

// NewPlan reads the camera's moves from a prompt for a video of the length given, or takes the caller's values if there are
// any. If the prompt names no move, the camera holds nearly still; the seed chooses which way it drifts.
func NewPlan(prompt string, seconds float64, values *task.Camera, seed uint32) Plan {
	d := Plan{DriftSpeed: 1, Shutter: 0.5}
	table := parseMoves(moveTable)
	if values != nil {
		d.add([]step{{moves: []move{valuesMove(values, table)}, to: 1}}, seed)
		return d
	}
	read := directions.Read(prompt, seconds)
	steps := d.steps(read.Steps, table)
	speed := 1.0
	for _, style := range read.Styles {
		m := table[style.Name]
		speed, d.DriftSpeed = float64(speed*m.speed), float64(d.DriftSpeed*m.driftSpeed)
		d.Shutter = max(d.Shutter, m.shutter)
		if len(steps) > 0 && m.speed == 1 && m.driftSpeed == 1 {
			m.change = Pose{} // it gives way to the moves that are named
		}
		if m.change != (Pose{}) || m.shake > 0 {
			steps = withStyle(steps, m)
			d.Moves = append(d.Moves, Move{style.Name, 0, 1})
		}
	}
	if len(steps) == 0 {
		steps = []step{{moves: []move{defaultMove(seed)}, to: 1}}
	}
	for i := range steps {
		for k := range steps[i].moves {
			steps[i].moves[k].change = Pose{}.plus(steps[i].moves[k].change, speed)
		}
	}
	d.add(steps, seed)
	return d
}

// step is moves at the same time, from one time of [0,1] to another.
type step struct {
	moves    []move
	from, to float64
}

// steps returns the meaning of the steps that were read, and lists them in the plan.
func (d *Plan) steps(read []directions.Step, table map[string]move) []step {
	var out []step
	for _, s := range read {
		next := step{from: s.From, to: s.To}
		for _, said := range s.Moves {
			m := table[said.Name]
			m.change = Pose{}.plus(m.change, said.Factor).measured(said)
			m.shake = float64(m.shake * min(said.Factor, 1.5))
			d.Shutter = max(d.Shutter, m.shutter)
			d.DriftSpeed = max(d.DriftSpeed, m.driftSpeed)
			next.moves = append(next.moves, m)
			d.Moves = append(d.Moves, Move{said.Name, s.From, s.To})
			if said.Name == directions.RackFocus {
				d.Racks = append(d.Racks, Rack{said.Source, said.Target, s.From, s.To})
			} else if said.Target != "" {
				d.Aims = append(d.Aims, Aim{said.Target, s.From, s.To})
			}
		}
		out = append(out, next)
	}
	return out
}

// withStyle adds a shot to the whole video.
func withStyle(steps []step, m move) []step {
	if len(steps) == 0 {
		return []step{{moves: []move{m}, to: 1}}
	}
	steps[0].moves = append(steps[0].moves, m)
	return steps
}

// measured returns the change as far as words say it in figures: degrees of a turn, or how much larger a zoom makes things.
func (p Pose) measured(said directions.Move) Pose {
	if said.Times > 1 && p.Zoom != 0 {
		p.Zoom = math.Copysign(logarithm(min(said.Times, 8)), p.Zoom)
	}
	if said.Degrees <= 0 {
		return p
	}
	if p.X != 0 && p.Pan != 0 { // an orbit's usual way is an eighth of a circle
		return Pose{}.plus(p, fp.Clamp(said.Degrees/45, 0.3, 2.5))
	}
	for _, axis := range []*float64{&p.Pan, &p.Tilt, &p.Roll} {
		if *axis != 0 {
			*axis = math.Copysign(float64(min(said.Degrees, 75)*degree), *axis)
		}
	}
	return p
}

// logarithm returns the natural logarithm of a number of [1,8], by Newton's method, because math.Log is not the same on every
// machine.
func logarithm(n float64) float64 {
	z := 1.0
	for range 8 {
		z = z - 1 + n/fp.Exp(z)
	}
	return z
}

// add appends steps to the path, one after another.
func (d *Plan) add(steps []step, seed uint32) {
	rnd := rand.New(rand.NewPCG(uint64(seed), 0x7368616b65))
	for i, s := range steps {
		part := s.to - s.from
		for _, segment := range merged(s.moves) {
			segment.from, segment.to = fp.MulAdd(segment.from, part, s.from), fp.MulAdd(segment.to, part, s.from)
			d.Path.segments = append(d.Path.segments, segment)
		}
		shake := 0.0
		for _, m := range s.moves {
			shake = max(shake, m.shake)
		}
		if shake > 0 {
			// The shaking goes on until the camera must not move.
			end := 1.0
			if n := slices.IndexFunc(steps[i:], func(o step) bool { return len(o.moves) == 1 && o.moves[0].hold }); n > 0 {
				end = steps[i+n].from
			}
			d.Path.shake = append(d.Path.shake, shakeWaves(rnd, shake, s.from, end)...)
		}
	}
}

// merged returns the path's segments for moves at the same time. Words may name one move in several ways, so each axis
// follows the move that changes it most, not their sum.
func merged(moves []move) []pathSegment {
	var out []pathSegment
	for _, m := range moves {
		found := false
		for k := range out {
			if o := &out[k]; o.from == m.from && o.to == m.to {
				o.change, o.ramp, found = o.change.stronger(m.change), m.ramp, true
			}
		}
		if !found {
			out = append(out, pathSegment{from: m.from, to: m.to, change: m.change, ramp: m.ramp})
		}
	}
	return out
}

// shakeWaves returns the waves of a camera held by hand: slow and wide ones, quick and small ones.
func shakeWaves(rnd *rand.Rand, size, from, to float64) []shakeWave {
	var out []shakeWave
	for _, waves := range []float64{3, 7, 11, 19, 31} {
		k := float64(size*0.03) / (waves + 2)
		var p Pose
		for _, axis := range []*float64{&p.X, &p.Y, &p.Pan, &p.Tilt, &p.Roll} {
			*axis = float64(k * fp.MulAdd(2, float64(rnd.Float64()), -1))
		}
		p.Pan, p.Tilt = p.Pan*2, p.Tilt*2
		out = append(out, shakeWave{p, waves * (0.8 + float64(0.4*rnd.Float64())), 6 * rnd.Float64(), from, to})
	}
	return out
}

// defaultMove returns the move of a prompt that names none: nearly nothing, as a camera on a tripod is not quite a picture.
func defaultMove(seed uint32) move {
	r := rand.New(rand.NewPCG(uint64(seed), 0x6d6f7665))
	side := 1 - float64(2*r.IntN(2))
	m := move{to: 1, ramp: 0.3, speed: 1}
	m.change = Pose{X: float64(0.004 * side), Z: 0.012 + float64(0.004*r.Float64())}
	return m
}

// valuesMove turns the caller's values into a move.
func valuesMove(c *task.Camera, table map[string]move) move {
	if m, ok := table[c.Preset]; ok {
		return m
	}
	m := move{to: 1, ramp: 0.25, speed: 1}
	for _, v := range []struct {
		name   string
		factor float64
		value  float64
	}{{"x", 0.03, c.Horizontal}, {"y", 0.022, c.Vertical}, {"pan", 1, c.Pan}, {"tilt", 0.8, c.Tilt}, {"roll", 1.5, c.Roll}, {"zoom", -0.045, c.Zoom}} {
		_ = m.set(v.name, float64(v.factor*v.value)) // the names above are all known
	}
	return m
}
