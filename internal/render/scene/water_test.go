package scene

import (
	"fmt"
	"slices"
	"testing"
)

func TestUnderwaterInEightLanguages(t *testing.T) {
	for _, prompt := range []string{"a shark underwater in the ocean", "ein Oktopus unter Wasser", "un requin sous l'eau", "un tiburón bajo el agua", "um tubarão debaixo d'água", "uno squalo sott'acqua", "海底的鲨鱼", "海の中のサメ", "three fish swimming"} {
		what, _ := parseScene(prompt)
		if what.hour != "deep" || what.ground != "seabed" || what.far != "reef" || what.near != "kelp" || !what.particles["motes"] || len(what.subjects) != 1 {
			t.Errorf("%q: hour %q, ground %q, far %q, near %q, %v, %d subjects", prompt, what.hour, what.ground, what.far, what.near, what.particles, len(what.subjects))
		}
	}
}

// There is light above, a floor below, and corals of several colours between.
func TestTheSeaHasLightAndCorals(t *testing.T) {
	f := frameOf("coral reef underwater")
	row := func(y int) (sum float64) {
		for x := range f.W {
			sum += float64(f.Y[y*f.W+x]) / float64(f.W)
		}
		return sum
	}
	if row(4) < row(60)+20 {
		t.Errorf("the surface has luma %.0f, the floor %.0f", row(4), row(60))
	}
	kinds := map[string]bool{}
	for kind := range uint32(4) {
		c := coral{x: 0, y: 0, r: 0.1, kind: kind}
		shape := ""
		for y := range 12 {
			for x := range 12 {
				k, _ := c.cover(float64(x-6)*0.02, float64(y-10)*0.02)
				shape += fmt.Sprint(int(k + 0.5))
			}
		}
		kinds[shape] = true
	}
	if len(kinds) != 4 {
		t.Errorf("there are %d kinds of coral", len(kinds))
	}
}

func TestNoMoveLooksBeyondTheSea(t *testing.T) {
	t.Parallel()
	for n, move := range moveNames(t) {
		if n%2 == 0 {
			prompt := "camera very fast " + move + ", underwater"
			take := newTake(prompt, 3, 96, 54, 240)
			layers, _ := New(prompt, "", 3, take)
			checkPainted(t, fmt.Sprintf("%q", prompt), layers, take)
		}
	}
}

// At night the lamps of a location light it, and windows are lit.
func TestLampsLightALocationAtNight(t *testing.T) {
	for _, place := range []string{"market", "stadium", "busy street"} {
		bright := func(hour string) int {
			f := frameOf(hour + ", a " + place)
			all := slices.Clone(f.Y)
			slices.Sort(all)
			return int(all[len(all)*9/10])
		}
		if day, night := bright("noon"), bright("night"); night < 90 || night > day+20 {
			t.Errorf("a tenth of the %s is brighter than %d at noon and %d at night", place, day, night)
		}
	}
}

// A figure under floodlights is lit by them.
func TestLampsLightFigures(t *testing.T) {
	most := func(place string) (luma int) {
		empty, with := frameOf("night, a "+place), frameOf("night, a white cat in a "+place)
		for i, v := range with.Y {
			if empty.Y[i] != v {
				luma = max(luma, int(v))
			}
		}
		return luma
	}
	if stadium, meadow := most("stadium"), most("meadow"); stadium < meadow+20 {
		t.Errorf("at night a white cat has luma %d in a stadium and %d on a meadow", stadium, meadow)
	}
}

func TestAStreetHasNoCarsBesidesThoseNamed(t *testing.T) {
	for prompt, replaced := range map[string]bool{"a busy street": false, "a bus in a busy street": true, "a cat in a busy street": false} {
		what, _ := parseScene(prompt)
		l := &location{scene: &scene{sceneSpec: what}, plan: what.plan()}
		for _, layer := range l.layers {
			for _, it := range layer.items {
				if it.name == "taxi" && l.isReplaced(it) != replaced || it.kind == "box" && l.isReplaced(it) {
					t.Errorf("%q: %s %s is replaced: %v", prompt, it.kind, it.name, l.isReplaced(it))
				}
			}
		}
	}
}
