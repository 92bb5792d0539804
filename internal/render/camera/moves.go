package camera

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed moves.tsv
var moveTable string

// move is what the camera does in one clause of a prompt: the meaning of a row of the table of moves, or of a whole
// clause.
type move struct {
	change     Pose
	from, to   float64  // the part of the clause's time that the change takes
	ramp       float64  // see pathSegment
	shake      float64  // strength of the shaking; 1: a camera held by hand
	speed      float64  // factor for changes
	driftSpeed float64  // factor for the drift of clouds and water
	shutter    float64  // how long the shutter is open, in frames
	hold       bool     // the camera must not move
	names      []string // of the rows of the table that it is made of
}

// phrase is a group of words with a meaning for the camera.
type phrase struct {
	words []string
	weak  bool // counts only if the clause is about a camera
	move  *move
}

// parseMoves reads the table of moves. The head of the table describes its form.
func parseMoves(table string) []phrase {
	var out []phrase
	for line := range strings.Lines(table) {
		phrases, meaning, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		m := &move{to: 1, ramp: 0.25, speed: 1, driftSpeed: 1, shutter: 0.5}
		for _, word := range strings.Fields(meaning) {
			name, value, _ := strings.Cut(word, "=")
			n, _ := strconv.ParseFloat(value, 64)
			if !m.set(name, n) {
				panic("camera: unknown name " + name + " in the table of moves") // the table is part of the program
			}
		}
		name, _, _ := strings.Cut(phrases, "|")
		m.names = []string{strings.TrimPrefix(name, "~")}
		for p := range strings.SplitSeq(phrases, "|") {
			p, weak := strings.CutPrefix(p, "~")
			out = append(out, phrase{strings.Fields(p), weak, m})
		}
	}
	return out
}

// set sets the field that a name of the table stands for. It reports whether there is one.
func (m *move) set(name string, n float64) bool {
	const degree = 0.017453292519943295
	switch name {
	case "x":
		m.change.X = n
	case "y":
		m.change.Y = -n
	case "z":
		m.change.Z = float64(n * Focal)
	case "pan":
		m.change.Pan = float64(n * degree)
	case "tilt":
		m.change.Tilt = float64(n * degree)
	case "roll":
		m.change.Roll = float64(n * degree)
	case "zoom":
		m.change.Zoom = n
	case "from":
		m.from = n
	case "to":
		m.to = n
	case "ramp":
		m.ramp = n
	case "shake":
		m.shake = n
	case "speed":
		m.speed = n
	case "haste":
		m.driftSpeed = n
	case "shutter":
		m.shutter = n
	case "hold":
		m.hold = true
	default:
		return false
	}
	return true
}

// fillers are words that may occur within a phrase without changing its meaning.
const fillers = " to the a an slowly slow gently smoothly smooth quickly fast rapidly steadily its camera shot very towards from is then slightly "

// matches returns how many of the words, from the first on, form the phrase; 0 if they do not.
func (p *phrase) matches(text []string) int {
	n := 0
	for i, w := range p.words {
		for i > 0 && n < len(text) && !isForm(text[n], w) && strings.Contains(fillers, " "+text[n]+" ") {
			n++
		}
		if n == len(text) || !isForm(text[n], w) {
			return 0
		}
		n++
	}
	return n
}

// isForm reports whether a word of a prompt is a form of a verb or noun of the table: pans, panning and panned are pan.
func isForm(word, plain string) bool {
	rest, ok := strings.CutPrefix(word, plain)
	if !ok {
		// dolly, dollies; move, moving; crane, craning
		stem := strings.TrimRight(plain, "ey")
		rest, ok = strings.CutPrefix(word, stem)
		return ok && len(stem) > 2 && stem != plain && (rest == "ies" || rest == "ied" || rest == "ing")
	}
	last := plain[len(plain)-1:]
	switch rest {
	case "", "s", "es", "d", "ed", "ing", "ward", "wards", last + "ing", last + "ed", "'s":
		return true
	}
	return false
}
