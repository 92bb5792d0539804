package sound

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kindsOf returns the names of sources, the loudest first.
func kindsOf(all []Source) string {
	var out []string
	for _, s := range all {
		out = append(out, s.Kind)
	}
	return strings.Join(out, " ")
}

func TestTheSceneDecidesWhatIsHeard(t *testing.T) {
	for _, c := range []struct{ prompt, settings, without, want string }{
		{"", "", "", "room"},
		{"slow zoom in", "", "", "room"},
		{"", "ground=sea", "", "sea wind"},
		{"", "ground=river hour=day", "", "river birds wind"},
		{"", "ground=meadow hour=night", "", "insects wind"},
		{"", "fall=rain ground=street hour=night", "", "rain city"},
		{"", "ground=table hour=studio", "", "room"},
		{"", "add=fire ground=meadow hour=night", "", "fire insects wind"},
		{"a red sports car on a coast road", "ground=beach", "", "sea engine wind"},
		{"Crowds, cheering", "", "", "crowd"},
		{"the truck stops", "", "", "engine"},
		{"truck left, then pan right", "", "", "room"}, // moves of the camera
		{"rain on the sea", "fall=rain ground=sea", "rain", "sea wind"},
		{"a thunderstorm", "fall=rain hour=storm", "", "rain thunder wind"},
	} {
		got := kindsOf(Of(Scene{c.prompt, strings.Fields(c.settings)}, Scene{Prompt: c.without}))
		if got != c.want {
			t.Errorf("%q with %q without %q: %s, want %s", c.prompt, c.settings, c.without, got, c.want)
		}
	}
}

func TestABedHasTheLoudestSoundsOnly(t *testing.T) {
	got := Of(Scene{"wind, rain, thunder, sea, river, birds, a crowd", []string{"ground=lake"}}, Scene{})
	if len(got) != maxSources || slices.ContainsFunc(got, func(s Source) bool { return s.Level < 0 }) {
		t.Errorf("%v", got)
	}
}

func TestTheTableNamesKindsAndAllOfThem(t *testing.T) {
	named := map[string]bool{}
	for line := range strings.Lines(soundTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		conditions, sounds, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Errorf("%q has no tab", line)
		}
		for one := range strings.SplitSeq(conditions, ", ") {
			if name, _, ok := strings.Cut(one, "="); !ok || !slices.Contains([]string{"says", "hour", "far", "ground", "add", "fall"}, name) {
				t.Errorf("%q: %q is no condition", line, one)
			}
		}
		for one := range strings.FieldsSeq(sounds) {
			name, level, given := strings.Cut(one, ":")
			decibels, err := strconv.ParseFloat(level, 64)
			if !slices.Contains(Kinds(), name) || given && (err != nil || decibels >= 0 || decibels < -30) {
				t.Errorf("%q: %q is no sound", line, one)
			}
			named[name] = true
		}
	}
	for _, kind := range Kinds() {
		if !named[kind] {
			t.Errorf("nothing sounds like %s", kind)
		}
	}
}
