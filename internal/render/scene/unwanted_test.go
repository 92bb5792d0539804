package scene

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestASceneShowsNothingThatIsNotWanted(t *testing.T) {
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
		{"a lake at noon", "night", "mountains", "", "clouds"}, // there is no scene without light or ground
	} {
		what, _ := parseScene(c.prompt)
		unwanted, _ := parseScene(c.without)
		what.unwanted = &unwanted
		s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(1, 2))}
		s.fillDefaults()
		things := strings.Join(append(slices.Sorted(maps.Keys(s.things)), slices.Sorted(maps.Keys(s.particles))...), " ")
		if s.far != c.far || s.near != c.near || things != c.things || s.hour == "" || s.ground == "" {
			t.Errorf("%q without %q: behind %q, before %q, %q", c.prompt, c.without, s.far, s.near, things)
		}
	}
}

func TestWhatIsNotWantedChangesThePictureAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	first := func(without string) string {
		run := runOf("static", 11, 96, 64, 48)
		layers, particles := New("static shot of a boat on the sea at night", without, 11, run)
		return string(drawn(layers, particles, run, 0.5).Pix)
	}
	plain := first("")
	if first("ugly, low quality, a cathedral") != plain {
		t.Error("words that are not in the scene change it")
	}
	if first("boats") == plain {
		t.Error("the boat is still there")
	}
}
