package scene

import (
	"slices"
	"strings"
	"testing"
)

func TestSettingsAreThoseOfTheSceneThatIsDrawn(t *testing.T) {
	for _, c := range []struct{ prompt, without, has, lacks string }{
		{"a lighthouse in a storm at night, camera pans", "", "add=lighthouse fall=rain ground=sea", ""},
		{"a lighthouse in a storm at night, camera pans", "rain", "add=lighthouse ground=sea", "fall=rain"},
		{"birds over a meadow", "birds", "ground=meadow", "add=birds"},
	} {
		got := Settings(c.prompt, c.without, 3)
		for _, one := range strings.Fields(c.has) {
			if !slices.Contains(got, one) {
				t.Errorf("%q without %q has %q, and not %s", c.prompt, c.without, got, one)
			}
		}
		if slices.Contains(got, c.lacks) || !slices.IsSorted(got) {
			t.Errorf("%q without %q has %q", c.prompt, c.without, got)
		}
	}
}

func TestWordsThatNameNothingHaveTheSettingsOfTheLandscapeThatIsChosen(t *testing.T) {
	grounds := map[string]bool{}
	for seed := range uint32(30) {
		for _, one := range Settings("slow zoom", "", seed) {
			if len(one) > 7 && one[:7] == "ground=" {
				grounds[one] = true
			}
		}
	}
	if len(grounds) < 4 {
		t.Errorf("30 seeds choose %v", grounds)
	}
	if got := Named("slow zoom"); len(got) != 0 {
		t.Errorf("the words name %q", got)
	}
}

func TestNamedSettingsAreThoseOfTheWordsOnly(t *testing.T) {
	if got := Named("rain on a river"); !slices.Equal(got, []string{"fall=rain", "far=forest", "ground=river", "hour=overcast"}) {
		t.Errorf("%q", got)
	}
}
