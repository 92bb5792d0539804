package sound

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/render/words"

	_ "embed"
)

//go:embed sounds.tsv
var soundTable string

// Source is one sound of a bed.
type Source struct {
	Kind  string  // one of Kinds
	Level float64 // decibels, 0 or less
}

// maxSources is how many sounds a bed has at most: the loudest.
const maxSources = 5

// kind is a kind of sound.
type kind struct {
	name  string
	level float64 // a factor that makes it about as loud as the others
	make  func(seed uint32) voice
}

func kinds() []kind {
	return []kind{
		{"wind", 0.77, newWind}, {"rain", 0.31, newRain}, {"thunder", 0.27, newThunder}, {"sea", 0.51, newSea}, {"river", 0.34, newRiver}, {"deep", 0.59, newDeep},
		{"birds", 0.55, newBirds}, {"insects", 1.04, newInsects}, {"crowd", 1.40, newCrowd}, {"fire", 1.33, newFire}, {"engine", 0.54, newEngine},
		{"city", 1.01, newCity}, {"room", 1.39, newRoom},
	}
}

// Kinds lists the kinds of sounds.
func Kinds() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name)
	}
	return out
}

// Scene is what the sounds follow: a prompt, and the settings of its scene in the form of scene.Settings ("ground=sea").
type Scene struct {
	Prompt   string
	Settings []string
}

// Of returns what is heard in a scene, the loudest first, but not the main sounds of what the scene is to be without. If nothing is
// heard, it is a quiet room.
func Of(s, without Scene) []Source {
	var out []Source
	unwanted := without.sources()
	for _, one := range s.sources() {
		if !slices.Contains(unwanted, Source{one.Kind, 0}) {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Source) int { return cmp.Compare(b.Level, a.Level) })
	if len(out) == 0 {
		return []Source{{"room", 0}}
	}
	return out[:min(len(out), maxSources)]
}

// sources returns what is heard in the scene, in the order of Kinds.
func (s Scene) sources() []Source {
	heard := map[string]float64{}
	text := words.Split(s.Prompt)
	for line := range strings.Lines(soundTable) {
		conditions, sounds, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") || !s.meets(conditions, text) {
			continue
		}
		for one := range strings.FieldsSeq(sounds) {
			name, level, _ := strings.Cut(one, ":")
			decibels, _ := strconv.ParseFloat(level, 64) // "" is 0
			if before, ok := heard[name]; !ok || decibels > before {
				heard[name] = decibels
			}
		}
	}
	var out []Source
	for _, name := range Kinds() {
		if level, ok := heard[name]; ok {
			out = append(out, Source{name, level})
		}
	}
	return out
}

// meets reports whether the conditions of a line hold. text is the prompt's words.
func (s Scene) meets(conditions string, text []string) bool {
	for condition := range strings.SplitSeq(conditions, ", ") {
		name, values, _ := strings.Cut(condition, "=")
		holds := func(value string) bool { return slices.Contains(s.Settings, name+"="+value) }
		if name == "says" {
			holds = func(value string) bool { return says(text, strings.Fields(value)) }
		}
		if !slices.ContainsFunc(strings.Split(values, "|"), holds) {
			return false
		}
	}
	return true
}

// says reports whether a text has a phrase, each of its words perhaps in the plural.
func says(text, phrase []string) bool {
	for i := range len(text) - len(phrase) + 1 {
		if slices.EqualFunc(text[i:i+len(phrase)], phrase, func(a, b string) bool { return a == b || a == b+"s" }) {
			return true
		}
	}
	return false
}
