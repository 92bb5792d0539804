package scene

import (
	"math"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestAPushGoesToWhatThePromptNames(t *testing.T) {
	for _, c := range []struct {
		prompt string
		which  int // of the figures
	}{
		{"a red car and a dog on a meadow, push in on the dog", 1},
		{"a red car and a dog on a meadow, push in on the car", 0},
		{"a red car and a dog on a meadow, zoom in on the dog", 1},
		{"a cow, a dog and a cat on a meadow, pan left, then push in on the cow", 0},
	} {
		take := &raster.Take{Plan: camera.NewPlan(c.prompt, 5, nil, 1), W: 160, H: 96, Seconds: 5}
		if len(take.Plan.Aims) != 1 {
			t.Fatalf("%s: %v", c.prompt, take.Plan.Aims)
		}
		plain := take.Plan
		_, _ = New(c.prompt, "", 1, take)
		what, known := parseWanted(c.prompt, "")
		s := &scene{sceneSpec: what, seed: 1, take: take}
		s.choose(known, 1, 1)
		s.aspect = 160. / 96
		f := s.figures()[c.which]
		middle := func(p camera.Plan) float64 {
			v := p.Path.Pose(1, false).View()
			x, _ := v.Project(f.x, 0, f.near, 160, 96)
			return math.Abs(x - 80)
		}
		if before, after := middle(plain), middle(take.Plan); after > 0.6*before || before < 10 {
			t.Errorf("%s: it ends %.1f pixels from the middle, without an aim %.1f", c.prompt, after, before)
		}
	}
}

func TestWhatIsNamedAgainIsDrawnOnce(t *testing.T) {
	for prompt, want := range map[string][]string{
		"a red car on a road, push in on the car":             {"car"},
		"a cat and a dog, slow zoom in on the cat":            {"cat", "dog"},
		"a cat beside a cat":                                  {"cat", "cat"},
		"ein Hund auf einer Wiese, zoom auf den Hund":         {"hund"},
		"two dogs on a meadow. The dogs run. Push in on them": {"dogs"},
	} {
		if got := Cutouts(prompt, ""); !slices.Equal(got, want) {
			t.Errorf("%q: %q, wanted %q", prompt, got, want)
		}
	}
}
