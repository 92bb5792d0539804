package scene

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestUnwantedThingsAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		prompt, without string
		far, near       string
		things          string
	}{
		{"a lake at noon", "", "mountains", "", "clouds"},
		{"a lake at noon", "clouds, ugly, blurry", "mountains", "", ""},
		{"a lake at noon", "mountains", "none", "", "clouds"},
		{"a boat on the sea at night", "stars", "none", "", "boat"},
		{"a boat on the sea at night", "boats and birds", "none", "", "stars"},
		{"fireflies in a forest in the rain at night", "rain", "forest", "pine", "stars fireflies"},
		{"fireflies in a forest in the rain at night", "", "forest", "pine", "clouds fireflies rain"},
		{"fireflies in a forest at night", "pines", "none", "", "stars fireflies"},
		{"a lake at noon", "night", "mountains", "", "clouds"}, // light and ground can't be left out
	} {
		what, _ := parseScene(c.prompt)
		unwanted, _ := parseScene(c.without)
		what.unwanted = &unwanted
		s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(1, 2))}
		s.fillDefaults()
		things := strings.Join(append(slices.Sorted(maps.Keys(s.things)), slices.Sorted(maps.Keys(s.particles))...), " ")
		if s.far != c.far || s.near != c.near || things != c.things || s.hour == "" || s.ground == "" {
			t.Errorf("%q without %q: far %q, near %q, %q", c.prompt, c.without, s.far, s.near, things)
		}
	}
}

func TestOnlyUnwantedWordsOfTheSceneChangeIt(t *testing.T) {
	t.Parallel()
	pixels := func(without string) string {
		take := newTake("static", 11, 96, 64, 48)
		layers, particles := New("static shot of a boat on the sea at night", without, 11, take)
		return string(drawScene(layers, particles, take, 0.5).Pix)
	}
	plain := pixels("")
	if pixels("ugly, low quality, a cathedral") != plain {
		t.Error("unwanted words that are not in the scene change it")
	}
	if pixels("boats") == plain {
		t.Error("the boat is still there")
	}
}
