package camera

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed moves.tsv
var moveTable string

// move is what the camera does: the meaning of a row of the table of moves.
type move struct {
	change     Pose
	from, to   float64 // the part of the time of its step that the change takes
	ramp       float64 // see pathSegment
	shake      float64 // strength of the shaking; 1: a camera held by hand
	speed      float64 // factor for changes
	driftSpeed float64 // factor for the drift of clouds and water
	shutter    float64 // how long the shutter is open, in frames
	hold       bool    // the camera must not move
}

// parseMoves reads the table of moves, by their names. The head of the table describes its form.
func parseMoves(table string) map[string]move {
	out := map[string]move{}
	for line := range strings.Lines(table) {
		name, meaning, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		m := move{to: 1, ramp: 0.25, speed: 1, driftSpeed: 1, shutter: 0.5}
		for _, word := range strings.Fields(meaning) {
			name, value, _ := strings.Cut(word, "=")
			n, _ := strconv.ParseFloat(value, 64)
			if !m.set(name, n) {
				panic("camera: unknown name " + name + " in the table of moves") // the table is part of the program
			}
		}
		out[name] = m
	}
	return out
}

// degree is one degree in radians.
const degree = 0.017453292519943295

// set sets the field that a name of the table stands for. It reports whether there is one.
func (m *move) set(name string, n float64) bool {
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
