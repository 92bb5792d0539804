package camera

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/words"
	"github.com/filmgate/filmgate/internal/task"
)

// Plan is what a prompt, or the caller, wants of the camera.
type Plan struct {
	Path       Path
	DriftSpeed float64 // factor for the drift of clouds and water
	Shutter    float64 // how long the shutter is open, in frames
	Moves      []Move  // what was understood of the prompt, by the time of its beginning
}

// Move is one move of the camera that a prompt names.
type Move struct {
	Name     string  // as the table of moves has it: "pan left"
	From, To float64 // times of [0,1]
}

// NewPlan reads the camera's moves from a prompt, or takes the caller's values if there are any. If the prompt names no
// move, the seed chooses one.
func NewPlan(prompt string, values *task.Camera, seed uint32) Plan {
	d := Plan{DriftSpeed: 1, Shutter: 0.5}
	haste := normalSpeed
	table := parseMoves(moveTable)
	if values != nil {
		d.add([]move{valuesMove(values, table)}, seed)
		return d
	}
	var moves []move
	for _, clause := range clauses(words.Split(prompt)) {
		m, ok := parseClause(table, clause)
		if m.hold {
			m.change, m.shake, m.names, ok = Pose{}, 0, []string{holdName}, true
		}
		haste.include(m.driftSpeed)
		d.Shutter = max(d.Shutter, m.shutter)
		if !ok && len(moves) > 0 {
			moves[len(moves)-1].speed *= m.speed
		}
		if ok {
			moves = append(moves, m)
		}
	}
	if len(moves) == 0 {
		moves = []move{defaultMove(seed)}
	}
	d.DriftSpeed = haste.factor()
	d.add(moves, seed)
	return d
}

// holdName is what Plan.Moves calls a camera that must not move.
const holdName = "static"

// add appends the moves to the path, one after another, each for the same time.
func (d *Plan) add(moves []move, seed uint32) {
	rnd := rand.New(rand.NewPCG(uint64(seed), 0x7368616b65))
	part := 1 / float64(max(1, len(moves)))
	for i, m := range moves {
		start := float64(float64(i) * part)
		d.Path.segments = append(d.Path.segments, pathSegment{
			from: fp.MulAdd(m.from, part, start), to: fp.MulAdd(m.to, part, start),
			change: Pose{}.plus(m.change, m.speed), ramp: m.ramp,
		})
		for _, name := range m.names {
			d.Moves = append(d.Moves, Move{name, start, start + part})
		}
		if m.shake > 0 {
			// The shaking goes on until the camera must not move.
			end := 1.0
			if n := slices.IndexFunc(moves[i:], func(o move) bool { return o.hold }); n > 0 {
				end = float64(float64(i+n) * part)
			}
			d.Path.shake = append(d.Path.shake, shakeWaves(rnd, m.shake, start, end)...)
		}
	}
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

// clauses splits the words at those that say that one move follows another.
func clauses(text []string) [][]string {
	out := [][]string{nil}
	for i, w := range text {
		if w == "then" || w == "finally" || w == "afterwards" || w == "followed" && i+1 < len(text) && text[i+1] == "by" {
			out = append(out, nil)
			continue
		}
		out[len(out)-1] = append(out[len(out)-1], w)
	}
	return out
}

// speedRange is the slowest and the fastest factor that words ask for. Only the strongest word of each kind counts.
type speedRange struct{ slow, fast float64 }

var normalSpeed = speedRange{1, 1}

// include adds the factor of one word.
func (t *speedRange) include(k float64) { t.slow, t.fast = min(t.slow, k), max(t.fast, k) }

// factor returns the product of the slowest and the fastest factor.
func (t speedRange) factor() float64 { return float64(t.slow * t.fast) }

// parseClause returns the move that the words of a clause name. ok is false if they name none.
func parseClause(table []phrase, text []string) (m move, ok bool) {
	m = move{to: 1, ramp: 0.25, speed: 1, driftSpeed: 1, shutter: 0.5}
	speed, haste := normalSpeed, normalSpeed
	camera := len(text) <= 5
	for _, w := range text {
		camera = camera || strings.Contains(" camera shot movement motion lens cinematography view drone ", " "+w+" ")
	}
	for i := 0; i < len(text); i++ {
		// The longest phrase counts, so that "zoom out" is not taken for "zoom".
		var best *phrase
		length := 0
		for k := range table {
			p := &table[k]
			if n := p.matches(text[i:]); n > 0 && (camera || !p.weak) && (best == nil || len(p.words) > len(best.words)) {
				best, length = p, n
			}
		}
		if best == nil {
			continue
		}
		// Words of speed within a phrase ("zooms slowly in") count as well.
		for _, w := range text[i : i+length] {
			if !slices.Contains(best.words, w) {
				speed.include(speedOf(table, w))
			}
		}
		m.take(best.move)
		speed.include(best.move.speed)
		haste.include(best.move.driftSpeed)
		if moves := best.move.change != (Pose{}) || best.move.shake > 0; moves || best.move.hold {
			ok = ok || moves
			m.names = append(m.names, best.move.names...)
		}
		i += length - 1
	}
	m.speed, m.driftSpeed = speed.factor(), haste.factor()
	return m, ok
}

// speedOf returns the speed that a single word asks for; 1 if it asks for none.
func speedOf(table []phrase, word string) float64 {
	for _, p := range table {
		if len(p.words) == 1 && p.words[0] == word && p.move.change == (Pose{}) {
			return p.move.speed
		}
	}
	return 1
}

// take adds the meaning of one phrase, except its speeds. A clause may name one move in several ways, so each axis
// follows the phrase that moves it most, not their sum.
func (m *move) take(o *move) {
	m.change = m.change.stronger(o.change)
	m.shutter = max(m.shutter, o.shutter)
	m.shake = max(m.shake, o.shake)
	m.hold = m.hold || o.hold
	if o.from > 0 || o.to < 1 {
		m.from, m.to, m.ramp = o.from, o.to, o.ramp
	}
}

// defaultMove returns the move of a prompt that names none.
func defaultMove(seed uint32) move {
	r := rand.New(rand.NewPCG(uint64(seed), 0x6d6f7665))
	side := 1 - float64(2*r.IntN(2))
	m := move{to: 1, ramp: 0.3, speed: 1}
	m.change = Pose{X: float64(0.07 * side), Z: 0.13 + float64(0.08*r.Float64()), Pan: float64(-0.02 * side)}
	return m
}

// valuesMove turns the caller's values into a move.
func valuesMove(c *task.Camera, table []phrase) move {
	for _, p := range table {
		if c.Preset != "" && len(p.words) == 1 && p.words[0] == c.Preset {
			m := *p.move
			m.names = nil // it is no word of the prompt's
			return m
		}
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
