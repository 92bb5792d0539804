package scene

import (
	"github.com/filmgate/filmgate/internal/render/cutout"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/words"

	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed scene.tsv
var sceneTable string

// sceneSpec is what a prompt asks to be drawn.
type sceneSpec struct {
	hour, far, ground, near string
	location                string // a plan of plans.txt; "": a landscape
	shot, backdrop          string // "product", and what is behind it; "": neither
	things, particles       map[string]bool
	frame                   string // of view.go
	style
	subjects []cutout.Subject // nouns that are drawn as cut-outs
	named    bool             // the words name an hour, a place or a thing, and not only a mood
	signs    []string         // texts that stand on boards
	neon     bool             // the boards' letters shine
	unwanted *sceneSpec       // what must not be visible; nil: nothing
}

// has reports whether a thing is asked for.
func (s *sceneSpec) has(thing string) bool { return s.things[thing] }

// parseScene reads a scene from a prompt. known is false if no word of it is in the table.
func parseScene(prompt string) (s sceneSpec, known bool) {
	s = sceneSpec{things: map[string]bool{}, particles: map[string]bool{}, style: plainStyle()}
	text := words.Split(prompt)
	s.subjects = findSubjects(prompt)
	known = len(s.subjects) > 0
	s.named = known
	var firm, weak, last []string
	read := func(settings string) {
		known = true
		s.named = s.named || !isMood(settings)
		for _, set := range strings.Fields(settings) {
			if name, value, _ := strings.Cut(set, "="); strings.HasSuffix(name, "??") {
				last = append(last, strings.TrimSuffix(name, "??")+"="+value)
			} else if strings.HasSuffix(name, "?") {
				weak = append(weak, strings.TrimSuffix(name, "?")+"="+value)
			} else {
				firm = append(firm, set)
			}
		}
	}
	for i := 0; i < len(text); i++ {
		if settings, n := unspacedPhrases(text[i]); n > 0 {
			read(settings)
			continue
		}
		if n := s.subjectAt(i); n > 0 { // "snow leopard" has no snow
			i += n - 1
			continue
		}
		if settings, n := longestPhrase(text[i:]); n > 0 {
			read(settings)
			i += n - 1
		}
	}
	for _, set := range firm {
		s.apply(set, true)
	}
	for _, set := range weak {
		s.apply(set, false)
	}
	s.submerge()
	s.goIndoors()
	s.lookCloser(prompt, text)
	s.furnish()
	s.chooseBackdrop()
	s.applyDefaults(last)
	return s, known
}

// goIndoors puts what is found in rooms into one, if the words name no place and no frame.
func (s *sceneSpec) goIndoors() {
	if s.location+s.ground+s.far+s.frame+s.shot != "" || !slices.ContainsFunc(s.subjects, isOfARoom) {
		return
	}
	for _, set := range []string{"location=living", "hour=dusk", "far=hills", "ground=meadow"} {
		s.apply(set, false)
	}
}

// applyDefaults applies settings that count only where no word says anything: those of the cut-outs, then the last ones given, unless
// the words name nothing.
func (s *sceneSpec) applyDefaults(last []string) {
	if s.location == "" {
		for _, subject := range s.subjects {
			for _, set := range habitatDefaults(subject.Habitat) {
				s.apply(set, false)
			}
		}
	}
	for _, set := range last {
		if s.named {
			s.apply(set, false)
		}
	}
}

// isMood reports whether the settings of a phrase are those of a mood. What else they add, nobody asked for.
func isMood(settings string) bool {
	has := func(name string) bool { return strings.Contains(settings, name) }
	return settings == "nothing" || has("tint=") || has("dim=") || has("vivid=") || has("frame") || (has("shot") || has("backdrop")) && !has("add=")
}

// subjectAt returns the number of words of the cut-out whose name begins at word i of the prompt; 0: none does.
func (s *sceneSpec) subjectAt(i int) int {
	for _, subject := range s.subjects {
		if subject.First == i {
			return subject.Length
		}
	}
	return 0
}

// sceneRow is a row of the table: phrases, and the settings that each of them means.
type sceneRow struct {
	phrases  []phrase
	settings string
}

// phrase is a phrase of the table.
type phrase struct {
	words    []string
	unspaced string // the phrase if it is written without spaces; "" if it is not
}

// sceneRows are the rows of the table, parsed for the first prompt.
var sceneRows = sync.OnceValue(parseSceneTable)

func parseSceneTable() []sceneRow {
	var rows []sceneRow
	for line := range strings.Lines(sceneTable) {
		phrases, settings, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		row := sceneRow{settings: settings}
		for text := range strings.SplitSeq(phrases, "|") {
			p := phrase{words: strings.Fields(text)}
			if strings.ContainsFunc(text, words.Unspaced) {
				p.unspaced = text
			}
			row.phrases = append(row.phrases, p)
		}
		rows = append(rows, row)
	}
	return rows
}

// begins reports whether a text begins with the phrase, whose words may be plurals.
func (p phrase) begins(text []string) bool {
	if len(p.words) > len(text) {
		return false
	}
	for i, w := range p.words {
		if text[i] != w && text[i] != w+"s" {
			return false
		}
	}
	return true
}

// longestPhrase returns the settings of the longest phrase of the table that the text begins with, and its number of
// words.
func longestPhrase(text []string) (settings string, length int) {
	for _, row := range sceneRows() {
		for _, p := range row.phrases {
			switch n := len(p.words); {
			case n < length || !p.begins(text):
			case n > length:
				settings, length = row.settings, n
			default:
				settings += " " + row.settings
			}
		}
	}
	return settings, length
}

// unspacedPhrases returns the settings of the phrases of the table in a word that is written without spaces: a whole Chinese or
// Japanese sentence. length is 1 if there are any, else 0.
func unspacedPhrases(word string) (settings string, length int) {
	if !strings.ContainsFunc(word, words.Unspaced) {
		return "", 0
	}
	for _, row := range sceneRows() {
		if slices.ContainsFunc(row.phrases, func(p phrase) bool { return p.unspaced != "" && strings.Contains(word, p.unspaced) }) {
			settings, length = settings+" "+row.settings, 1
		}
	}
	return settings, length
}

// apply applies one setting. One that is not firm changes only what is not set yet.
func (s *sceneSpec) apply(setting string, firm bool) {
	name, value, _ := strings.Cut(setting, "=")
	if s.style.read(name, value) {
		return
	}
	put := func(to *string) {
		if firm || *to == "" {
			*to = value
		}
	}
	switch name {
	case "hour":
		put(&s.hour)
	case "far":
		put(&s.far)
	case "ground":
		put(&s.ground)
	case "near":
		put(&s.near)
	case "location":
		put(&s.location)
	case "frame":
		put(&s.frame)
	case "shot":
		put(&s.shot)
	case "backdrop":
		put(&s.backdrop)
	case "add":
		if firm || len(s.things) == 0 {
			s.things[value] = true
		}
	case "fall":
		if firm || len(s.particles) == 0 {
			s.particles[value] = true
		}
	}
}

func hundredth(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n / 100
}

// rgb is a colour, each channel 0 to 255.
type rgb struct{ r, g, b float64 }

// hex returns the colour of six hexadecimal digits.
func hex(s string) rgb {
	n, _ := strconv.ParseUint(s, 16, 32)
	return rgb{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)}
}

// to returns the colour between a and b at t: a at 0, b at 1.
func (a rgb) to(b rgb, t float64) rgb {
	return rgb{fp.Lerp(a.r, b.r, t), fp.Lerp(a.g, b.g, t), fp.Lerp(a.b, b.b, t)}
}

// times returns the colour made lighter or darker by the factor k.
func (a rgb) times(k float64) rgb {
	return rgb{float64(a.r * k), float64(a.g * k), float64(a.b * k)}
}

// plus returns the colour a with k times the light b added.
func (a rgb) plus(b rgb, k float64) rgb {
	return rgb{fp.MulAdd(b.r, k, a.r), fp.MulAdd(b.g, k, a.g), fp.MulAdd(b.b, k, a.b)}
}
