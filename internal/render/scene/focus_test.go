package scene

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// sharpnessIn returns the mean square of the differences between neighbours in a part of a frame, in frame heights from its middle.
func sharpnessIn(f *raster.Frame, x0, y0, x1, y1 float64) float64 {
	px := func(v float64, size int) int {
		return max(1, min(size-2, int(float64(size)/2+v*float64(f.H))))
	}
	sum, n := 0.0, 0.0
	for y := px(y0, f.H); y <= px(y1, f.H); y++ {
		for x := px(x0, f.W); x <= px(x1, f.W); x++ {
			i := y*f.W + x
			across, down := float64(f.Y[i+1])-float64(f.Y[i-1]), float64(f.Y[i+f.W])-float64(f.Y[i-f.W])
			sum, n = sum+across*across+down*down, n+1
		}
	}
	return sum / math.Max(n, 1)
}

// catAndTree are the words before the phrases of a language.
func catAndTree() map[string]string {
	return map[string]string{
		"en": "a cat on a meadow with a tree, noon, ", "de": "Eine Katze auf einer Wiese mit einem Baum, Mittag, ", "fr": "Un chat sur une prairie avec un arbre, midi, ",
		"es": "Un gato en una pradera con un árbol, mediodía, ", "pt": "Um gato em um prado com uma árvore, meio-dia, ", "it": "Un gatto su un prato con un albero, mezzogiorno, ",
		"zh": "正午，一只猫在草地上，一棵大树，", "ja": "正午、草原の猫と大きな木、",
	}
}

// focusScene is a scene with a cat in the foreground and a tree behind it, in the words of a language.
type focusScene struct {
	*scene
	take                *raster.Take
	cat, tree, horizons [4]float64 // parts of the frame, in frame heights from its middle
	sharp               [3]float64 // how sharp they are without a lens
}

func newFocusScene(t *testing.T, prompt string) *focusScene {
	t.Helper()
	take := newTake(prompt+"static", 4, 240, 144, 49)
	what, known := parseWanted(prompt, "")
	s := newScene(what, known, 4, 1, take)
	s.draw()
	figures, props := s.figures(), s.placedProps()
	if len(figures) != 1 || len(props) != 1 {
		t.Fatalf("%q: %d figures and %d props", prompt, len(figures), len(props))
	}
	cat, tree := figures[0], props[0]
	out := &focusScene{
		scene: s, take: take,
		cat:      [4]float64{cat.x - cat.tall/2, s.horizon + cat.foot - cat.tall, cat.x + cat.tall/2, s.horizon + cat.foot - 0.1},
		tree:     [4]float64{tree.x - 0.14, s.horizon + tree.foot - tree.tall, tree.x + 0.14, s.horizon + tree.foot - 0.6*tree.tall},
		horizons: [4]float64{-0.8, s.horizon - 0.1, -0.45, s.horizon - 0.01},
	}
	f := drawScene(s.out, nil, take, 0)
	for i, p := range [][4]float64{out.cat, out.tree, out.horizons} {
		out.sharp[i] = sharpnessIn(f, p[0], p[1], p[2], p[3])
	}
	return out
}

// shares returns how sharp the three parts are at a time, as a share of what they are without a lens.
func (s *focusScene) shares(at float64) (cat, tree, horizon float64) {
	f := drawScene(s.out, nil, s.take, at)
	of := func(i int, p [4]float64) float64 { return sharpnessIn(f, p[0], p[1], p[2], p[3]) / s.sharp[i] }
	return of(0, s.cat), of(1, s.tree), of(2, s.horizons)
}

// Focus goes where each prompt of the table says: what it comes from becomes soft, and what it goes to sharp.
func TestFocusGoesWhereThePromptSays(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/racks.tsv")
	if err != nil {
		t.Fatal(err)
	}
	scenes, rows := map[string]*focusScene{}, 0
	for language, prompt := range catAndTree() {
		scenes[language] = newFocusScene(t, prompt)
	}
	for line := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		rows++
		scenes[f[0]].check(t, catAndTree()[f[0]]+f[1], f[2])
	}
	if rows < 50 {
		t.Errorf("the table has %d prompts", rows)
	}
}

// check measures what focus does for a prompt. goes is where the table says that it goes.
func (s *focusScene) check(t *testing.T, prompt, goes string) {
	t.Helper()
	s.take.Plan, s.take.Lens = camera.NewPlan(prompt, 5, nil, 4), camera.LensPath{}
	s.rackFocus()
	if goes == "none" {
		if !s.take.Lens.Sharp() {
			t.Errorf("%q: focus goes somewhere", prompt)
		}
		return
	}
	steps := strings.Split(goes, "-")
	for i := range len(steps) - 1 {
		at := float64(i) / float64(max(1, len(steps)-2))
		cat, tree, horizon := s.shares(at)
		got := map[string]float64{"cat": cat, "tree": tree, "background": horizon}
		for name, share := range got {
			switch {
			case name == steps[i+1] && share < 0.6:
				t.Errorf("%q: at %.1f the sharpness of the %s is %.2f", prompt, at, name, share)
			case name != steps[i+1] && share > 0.55 && (name == "cat" || steps[i+1] == "cat"):
				t.Errorf("%q: at %.1f the sharpness of the %s is %.2f", prompt, at, name, share)
			}
		}
	}
}
