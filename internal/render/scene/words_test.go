package scene

import (
	"math"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// rowDifferences returns the mean difference of two frames in each row, in levels of luma.
func rowDifferences(a, b *raster.Frame) []float64 {
	out := make([]float64, a.H)
	for i, v := range a.Y {
		out[i/a.W] += math.Abs(float64(v)-float64(b.Y[i])) / float64(a.W)
	}
	return out
}

// frameOf returns a frame of a scene. Only the prompt's words differ from call to call.
func frameOf(prompt string) *raster.Frame {
	take := newTake("static", 11, 120, 80, 24)
	what, _ := parseScene(prompt)
	layers, particles := build(what, true, 11, 5, take)
	return drawScene(layers, particles, take, 0.5)
}

// sum adds up a part of a slice.
func sum(all []float64) (s float64) {
	for _, v := range all {
		s += v
	}
	return s
}

// The horizon is between rows 45 and 51 of 80.
func TestWordsChangeTheRightPartOfThePicture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words string // each is added to the base alone
		base  string
		from  int // three quarters of the change are between these rows
		to    int
	}{
		{"stars|meteor|clouds|planet", "dusk hills sea", 0, 52},
		{"aurora|milky way", "dusk hills sea", 0, 80}, // still water mirrors them
		{"mountains|hills|forest|cliffs|city|volcano", "noon sea", 10, 80},
		{"meadow|desert|savanna|road|river|flowers|snowfield|ice|lava", "noon sea mountains", 35, 80},
		{"house|tree|cactus|person|windmill|castle|pyramid", "noon meadow hills", 15, 72},
		{"boat|lighthouse|bridge|island|iceberg", "noon sea", 15, 72},
		{"balloon|birds|rainbow", "noon meadow hills", 0, 52},
		{"palm|flowers|grass|beach", "noon sea", 0, 80},
		{"campfire|ice tea|candle|block of ice", "dusk meadow hills", 20, 80},
		{"mist", "noon meadow hills", 15, 80},
	} {
		base := frameOf(c.base)
		for word := range strings.SplitSeq(c.words, "|") {
			hour, _, _ := strings.Cut(c.base, " ")
			with := frameOf(c.base + " " + word + " " + hour)
			change := rowDifferences(base, with)
			all, there := sum(change), sum(change[c.from:c.to])
			if all < 8 || there < all*3/4 {
				t.Errorf("%q in %q: the rows change by %.0f, of which %.0f between %d and %d", word, c.base, all, there, c.from, c.to)
			}
		}
	}
}

func TestLightsBrightenTheScene(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		light, base string
		by          float64 // levels of luma at the brightest point
	}{
		{"moon", "night sea", 90}, {"stars", "dusk sea", 15}, {"aurora", "night sea", 60}, {"campfire", "night meadow", 80}, {"candle", "night meadow", 60},
		{"lighthouse", "night sea", 80}, {"house", "night meadow", 50}, {"lightning", "storm sea", 100}, {"meteor", "night sea", 60}, {"fireflies", "night meadow", 60},
		{"sparks", "night meadow", 60}, {"city", "night sea", 60}, {"volcano", "night sea", 40}, {"milky way", "night sea", 20}, {"sun", "dusk sea", 50},
	} {
		hour, _, _ := strings.Cut(c.base, " ")
		base, with := frameOf(c.base), frameOf(c.base+" "+c.light+" "+hour)
		most := 0.0
		for i, v := range with.Y {
			most = max(most, float64(v)-float64(base.Y[i]))
		}
		if most < c.by {
			t.Errorf("%s in %q brightens the scene by %.0f at most", c.light, c.base, most)
		}
	}
}

func TestMoodWordsChangeThePicture(t *testing.T) {
	look := func(mood string) (luma, colour, u, v float64) {
		f := frameOf("day meadow mountains a house " + mood)
		for _, y := range f.Y {
			luma += float64(y) / float64(len(f.Y))
		}
		for i := range f.U {
			du, dv := float64(f.U[i])-128, float64(f.V[i])-128
			colour, u, v = colour+math.Hypot(du, dv)/float64(len(f.U)), u+du/float64(len(f.U)), v+dv/float64(len(f.U))
		}
		return luma, colour, u, v
	}
	luma, colour, u, v := look("")
	for _, c := range []struct {
		mood string
		is   func(l, c, du, dv float64) bool
	}{
		{"black and white", func(_, c, _, _ float64) bool { return c < 1.2 }},
		{"vivid", func(_, c, _, _ float64) bool { return c > colour*1.2 }},
		{"pastel", func(_, c, _, _ float64) bool { return c < colour*0.9 }},
		{"vintage", func(_, c, du, _ float64) bool { return c < colour && du < u }},
		{"dark", func(l, _, _, _ float64) bool { return l < luma*0.8 }},
		{"bright", func(l, _, _, _ float64) bool { return l > luma*1.05 }},
		{"warm", func(_, _, du, dv float64) bool { return du < u && dv > v }},
		{"cold", func(_, _, du, dv float64) bool { return du > u && dv < v }},
		{"neon", func(_, c, _, dv float64) bool { return dv > v }},
	} {
		l, k, du, dv := look(c.mood)
		if !c.is(l, k, du, dv) {
			t.Errorf("%s: luma %.1f, colour %.1f, blue %.1f, red %.1f; without %.1f, %.1f, %.1f, %.1f", c.mood, l, k, du, dv, luma, colour, u, v)
		}
	}
}
