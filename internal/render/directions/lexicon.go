package directions

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/render/words"
)

//go:embed lexicon.tsv
var lexiconTable string

//go:embed verbs.tsv
var verbTable string

// sense is the meaning of a phrase. kind is the first word of the lexicon's meaning: "verb", "dir", "camera", "no", ….
type sense struct {
	kind     string
	verb     string  // a row of verbs.tsv
	dir      string  // of a verb: its direction always; of a direction: itself
	or       string  // a verb's direction if none is named
	move     string  // a row of the camera's table
	n        float64 // a factor, a number, seconds or a share
	strength string  // "weak", "cam" or "": when a verb counts
	hint     bool    // a direction that counts only if no other is named
	place    bool    // a direction only after from or to
	behind   bool    // a preposition after its noun
	style    bool    // a shot that gives way to moves
	bare     bool    // a unit that needs no "for"
	sudden   bool    // of a verb: it is made in a moment
	reveals  bool
	side     string // of a rack: "to" or "from" if what stands before it comes into focus or leaves it
	forms    bool   // English: the first word is found in all its forms
}

// phrase is a group of words with a meaning.
type phrase struct {
	words []string
	*sense
}

// lexicon holds the phrases by the first two letters of their first word, or by their first character if it is written
// without spaces.
type lexicon map[string][]phrase

// The tables ready to be searched: the lexicon, what finds its words when they are misspelt, and the verbs. They are as constant as the
// texts that they are parsed from, which takes ninety times as long as to read a prompt, and is done for the first one.
var (
	known    = sync.OnceValue(parseLexicon)
	misspelt = sync.OnceValue(func() typos { return known().typos() })
	verbRows = sync.OnceValue(parseVerbs)
)

// parseLexicon reads the lexicon. The head of the table describes its form.
func parseLexicon() lexicon {
	out := lexicon{}
	for line := range strings.Lines(lexiconTable) {
		phrases, meaning, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		s := parseSense(meaning)
		for p := range strings.SplitSeq(phrases, "|") {
			w := phraseWords(p)
			k := bucket(w[0])
			out[k] = append(out[k], phrase{w, s})
		}
	}
	return out
}

// parseSense reads a meaning. It panics at a name that it does not know, since the table is part of the program.
func parseSense(meaning string) *sense {
	s := &sense{}
	texts := map[string]*string{"verb": &s.verb, "dir": &s.dir, "or": &s.or, "move": &s.move, "size": &s.dir}
	flags := map[string]*bool{"style": &s.style, "hint": &s.hint, "place": &s.place, "behind": &s.behind, "bare": &s.bare, "sudden": &s.sudden, "reveal": &s.reveals}
	for i, word := range strings.Fields(meaning) {
		name, value, _ := strings.Cut(word, "=")
		n, err := strconv.ParseFloat(value, 64)
		if i == 0 {
			s.kind = name
		}
		switch text, flag := texts[name], flags[name]; {
		case text != nil:
			*text = strings.ReplaceAll(value, ".", " ")
		case err == nil:
			s.n = n
		case name == "weak" || name == "cam":
			s.strength = name
		case s.kind == "rack" && (name == "to" || name == "from"):
			s.side = name
		case flag != nil && i > 0:
			*flag = true
		case i > 0:
			panic("directions: unknown name " + name + " in the lexicon")
		}
	}
	s.forms = s.kind == "verb" || s.kind == "hold" || s.kind == "still" || s.reveals
	return s
}

// bucket returns the key of a word in a lexicon.
func bucket(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	if words.Unspaced(r) {
		return word[:n]
	}
	_, m := utf8.DecodeRuneInString(word[n:])
	return word[:n+m]
}

// verbRow is a row of verbs.tsv: the family of moves for each axis.
type verbRow map[string]string

func parseVerbs() map[string]verbRow {
	out := map[string]verbRow{}
	for line := range strings.Lines(verbTable) {
		if f := strings.Fields(line); f[0] != "#" && len(f) == 8 {
			out[f[0]] = verbRow{"side": f[1], "height": f[2], "depth": f[3], "turn": f[4], "around": f[5], "over": f[6], "along": f[7]}
		}
	}
	return out
}

// axisOf returns the axis of a direction.
func axisOf(dir string) string {
	switch dir {
	case "left", "right":
		return "side"
	case "up", "down":
		return "height"
	case "in", "out":
		return "depth"
	case "clockwise", "counterclockwise":
		return "turn"
	}
	return dir
}

// opposite returns the direction opposite to a direction.
func opposite(dir string) string {
	pairs := []string{"left", "right", "up", "down", "in", "out", "clockwise", "counterclockwise"}
	if i := slices.Index(pairs, dir); i >= 0 {
		return pairs[i^1]
	}
	return dir
}

// name returns the name of the move that a verb makes in a direction; "" if it makes none.
func (v verbRow) name(dir string) string {
	family := v[axisOf(dir)]
	switch family {
	case "", "-":
		return ""
	case "flyover":
		return family
	case "push":
		return map[bool]string{true: "pull out", false: "push in"}[dir == "out"]
	case "roll":
		return "roll " + map[bool]string{true: "counterclockwise", false: "clockwise"}[dir == "counterclockwise" || dir == "left"]
	case "orbit":
		// Clockwise as seen from above: past the near side it goes to the left.
		return "orbit " + map[bool]string{true: "left", false: "right"}[dir == "left" || dir == "clockwise"]
	}
	if dir == "around" || dir == "along" {
		dir = "right"
	}
	return family + " " + map[bool]string{true: "up", false: dir}[dir == "over"]
}
