package render

import (
	_ "embed"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed moves.tsv
var moveTable string

// move is one row of the table of moves: phrases that mean the same, and what the camera then does.
type move struct {
	phrases []string
	change  pose
	speed   float64 // a factor for the other moves; 0: the row is no word of speed
	hold    bool    // the camera stands still
}

// readMoves reads the table. Each row has phrases, divided by bars, and what they mean, divided by a tab.
func readMoves(table string) []move {
	var out []move
	for line := range strings.Lines(table) {
		phrases, meaning, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		m := move{phrases: strings.Split(phrases, "|")}
		for _, word := range strings.Fields(meaning) {
			name, value, _ := strings.Cut(word, "=")
			n, _ := strconv.ParseFloat(value, 64)
			m.set(name, n)
		}
		out = append(out, m)
	}
	return out
}

func (m *move) set(name string, n float64) {
	const degree = 0.017453292519943295
	switch name {
	case "x":
		m.change.x = n
	case "y":
		m.change.y = n
	case "z":
		m.change.z = float64(n * focal)
	case "pan":
		m.change.pan = float64(n * degree)
	case "tilt":
		m.change.tilt = float64(n * degree)
	case "roll":
		m.change.roll = float64(n * degree)
	case "zoom":
		m.change.zoom = n
	case "speed":
		m.speed = n
	case "hold":
		m.hold = true
	}
}

// plain lowers the words of a prompt and divides them by single spaces, so that a phrase can be looked for between spaces.
func plain(prompt string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(prompt), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r > 127)
	}), " ") + " "
}

// direct finds the camera's path in the words of a prompt. Words that name no move leave the choice to the seed.
func direct(prompt string, seed uint32) path {
	text := plain(prompt)
	speed, hold, found := 1.0, false, false
	var change pose
	moves := readMoves(moveTable)
	for {
		// The longest phrase wins, so that "zoom out" is not taken for "zoom".
		var best *move
		length := 0
		phrase := ""
		for i := range moves {
			for _, p := range moves[i].phrases {
				if len(p) > length && strings.Contains(text, " "+p+" ") {
					best, length, phrase = &moves[i], len(p), p
				}
			}
		}
		if best == nil {
			break
		}
		text = strings.ReplaceAll(text, " "+phrase+" ", " / ")
		switch {
		case best.speed > 0:
			speed = float64(speed * best.speed)
		case best.hold:
			hold = true
		default:
			found = true
			change = change.plus(best.change, 1)
		}
	}
	if hold && !found {
		return path{}
	}
	if !found {
		change = gentle(seed)
	}
	return path{legs: []leg{{0, 1, pose{}.plus(change, speed), 0.25}}}
}

// gentle is the move of a video whose words name none.
func gentle(seed uint32) pose {
	r := rand.New(rand.NewPCG(uint64(seed), 0x6d6f7665))
	side := 1 - 2*float64(r.IntN(2))
	return pose{x: 0.06 * side, z: 0.12 + 0.08*float64(r.IntN(100))/100, pan: -0.015 * side}
}
