package scene

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestWordsChooseTheScene(t *testing.T) {
	for _, c := range []struct {
		prompt, hour, far, ground, near string
		add, fall                       string
	}{
		{"sunset over the sea", "sunset", "none", "sea", "", "sun", ""},
		{"a lake", "", "mountains", "lake", "", "", ""},
		{"a lake before hills", "", "hills", "lake", "", "", ""}, // what is said outright beats what goes without saying
		{"hills by a lake", "", "hills", "lake", "", "", ""},     // and the order does not matter
		{"moonlit beach with palms", "night", "none", "beach", "palm", "moon", ""},
		{"City at NOON", "day", "skyline", "street", "", "", ""},
		{"two castles and three boats", "", "none", "sea", "", "boat castle", ""},
		{"frozen lake", "", "mountains", "ice", "", "", ""}, // the longer phrase, and not the lake
		{"block of ice", "", "", "", "", "iceblock", ""},
		{"fireflies in a forest", "night", "forest", "meadow", "pine", "", "fireflies"},
		{"rain", "overcast", "", "", "", "", "rain"},
		{"a volcano in the snow", "ember", "volcano", "lava", "", "", "snow"},
		{"planet above the desert at dawn", "dawn", "dunes", "dunes", "", "planet sun", ""},
		{"xylophone", "", "", "", "", "", ""},
	} {
		s, known := parseScene(c.prompt)
		if known == (c.prompt == "xylophone") {
			t.Errorf("%q: known %v", c.prompt, known)
		}
		if s.hour != c.hour || s.far != c.far || s.ground != c.ground || s.near != c.near {
			t.Errorf("%q: hour %q, far %q, ground %q, near %q", c.prompt, s.hour, s.far, s.ground, s.near)
		}
		if got := slices.Sorted(maps.Keys(s.things)); strings.Join(got, " ") != c.add {
			t.Errorf("%q: %q are added, wanted %q", c.prompt, got, c.add)
		}
		if got := slices.Sorted(maps.Keys(s.particles)); strings.Join(got, " ") != c.fall {
			t.Errorf("%q: %q fall, wanted %q", c.prompt, got, c.fall)
		}
	}
}

func TestMoodsChangeLightAndColour(t *testing.T) {
	for _, c := range []struct {
		prompt           string
		dim, vivid, lean float64
	}{
		{"a tree", 1, 1, 0}, {"dark", 0.62, 1, 0}, {"monochrome", 1, 0, 0}, {"dark and vivid", 0.62, 1.45, 0},
		{"warm", 1, 1, 0.16}, {"dark eerie", 0.62 * 0.7, 1, 0.3}, {"black and white", 1, 0, 0},
	} {
		s, _ := parseScene(c.prompt)
		if math.Abs(s.dim-c.dim)+math.Abs(s.vivid-c.vivid)+math.Abs(s.tintShare-c.lean) > 1e-9 {
			t.Errorf("%q: dim %g, vivid %g, lean %g", c.prompt, s.dim, s.vivid, s.tintShare)
		}
	}
	grey := scene{sceneSpec: sceneSpec{dim: 1}}
	if c := grey.grade(rgb{200, 100, 50}); math.Abs(c.r-c.g)+math.Abs(c.g-c.b) > 1e-9 {
		t.Errorf("without colour, orange is %v", c)
	}
	dark := scene{sceneSpec: sceneSpec{dim: 0.5, vivid: 1}}
	if c := dark.grade(rgb{200, 100, 50}); math.Abs(c.r-100)+math.Abs(c.g-50)+math.Abs(c.b-25) > 1e-9 {
		t.Errorf("at half the light, orange is %v", c)
	}
}

func TestEveryHourHasItsLight(t *testing.T) {
	for line := range strings.Lines(sceneTable) {
		_, settings, _ := strings.Cut(line, "\t")
		for _, set := range strings.Fields(settings) {
			name, hour, _ := strings.Cut(set, "=")
			if strings.TrimSuffix(name, "?") != "hour" {
				continue
			}
			if l := paletteOf(hour, rand.New(rand.NewPCG(1, 1))); l.bright <= 0 || l.sunlight == (rgb{}) {
				t.Errorf("%q has no light", hour)
			}
		}
	}
	bright := func(hour string) float64 { return paletteOf(hour, rand.New(rand.NewPCG(1, 1))).bright }
	for _, order := range [][2]string{{"day", "dawn"}, {"dawn", "dusk"}, {"dusk", "night"}, {"overcast", "storm"}} {
		if bright(order[0]) <= bright(order[1]) {
			t.Errorf("%s is no brighter than %s", order[0], order[1])
		}
	}
}

func TestColourArithmetic(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want rgb
	}{
		{"hex", hex("0a80ff"), rgb{10, 128, 255}},
		{"half way", rgb{0, 100, 200}.to(rgb{100, 100, 0}, 0.5), rgb{50, 100, 100}},
		{"lighter", rgb{10, 20, 30}.times(2), rgb{20, 40, 60}},
		{"with light", rgb{10, 20, 30}.plus(rgb{100, 0, 10}, 0.5), rgb{60, 20, 35}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, wanted %v", c.name, c.got, c.want)
		}
	}
	for _, c := range []struct {
		name   string
		a, k   float64
		want   rgb
		opaque float64
	}{
		{"on nothing", 0, 0.5, rgb{200, 200, 200}, 0.5}, {"not at all", 1, 0, rgb{100, 100, 100}, 1},
		{"half", 1, 0.5, rgb{150, 150, 150}, 1}, {"all", 0.5, 1, rgb{200, 200, 200}, 1}, {"too much is all", 1, 7, rgb{200, 200, 200}, 1},
	} {
		got, a := blendOver(rgb{100, 100, 100}, c.a, rgb{200, 200, 200}, c.k)
		if got != c.want || a != c.opaque {
			t.Errorf("a shape %s: %v, %g", c.name, got, a)
		}
	}
}

func TestLayersAreInOrderOfNearness(t *testing.T) {
	out, _ := New("a boat on the sea before mountains, clouds, mist, static", "", 2, runOf("static", 2, 128, 80, 2))
	layers := out.Layers
	for _, at := range [][2]float64{{-0.5, -0.4}, {0, -0.2}, {0.5, 0}} {
		if a, _ := layers[0].Opacity(at[0], at[1]); a < 1 {
			t.Errorf("the sky is see-through at %v", at)
		}
	}
	last := 0.0
	for _, l := range layers[:len(layers)-1] {
		if l.Near.Slope > 0 {
			continue // the ground lies under all that stands on it
		}
		if l.Near.Base < last {
			t.Errorf("a layer of nearness %g lies behind one of %g", l.Near.Base, last)
		}
		last = l.Near.Base
	}
	for i, l := range layers[1:] {
		if a, _ := l.Opacity(0, -0.45); a > 0.9 {
			t.Errorf("layer %d hides the sky behind it", i+1)
		}
	}
}

func TestWhatFallsMovesAsItShould(t *testing.T) {
	of := func(fall string) *ParticleSystem {
		s := &scene{sceneSpec: sceneSpec{particles: map[string]bool{fall: true}, dim: 1, vivid: 1}, seed: 4}
		all := s.particleSystems()
		if len(all) != 1 {
			t.Fatalf("%s has %d swarms", fall, len(all))
		}
		return &all[0]
	}
	// How far down the particles have come after a short while, in the middle of their way.
	sink := func(w *ParticleSystem) float64 {
		sum, n := 0.0, 0.0
		for i := range w.count {
			_, y0, _ := w.place(&raster.Shot{Seconds: 1}, i, 1)
			_, y1, _ := w.place(&raster.Shot{Seconds: 1.01}, i, 1)
			if math.Abs(y1-y0) < 0.5 {
				sum, n = sum+y1-y0, n+1
			}
		}
		return sum / n * 100
	}
	for _, c := range []struct {
		fall     string
		from, to float64 // frame heights a second
	}{
		{"rain", 1.5, 2.5}, {"snow", 0.08, 0.25}, {"leaves", 0.05, 0.2}, {"dust", -0.05, 0}, {"sparks", -0.5, -0.1},
		{"smoke", -0.2, -0.04}, {"bubbles", -0.3, -0.05}, {"fireflies", -0.05, 0},
	} {
		if v := sink(of(c.fall)); v < c.from || v > c.to {
			t.Errorf("%s sinks by %.3f frame heights a second", c.fall, v)
		}
	}
	for _, fall := range []string{"rain", "snow", "dust", "sparks", "smoke", "fireflies", "leaves", "bubbles", "streaks"} {
		w, changed := of(fall), 0
		f := raster.NewFrame(128, 80)
		w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 128, H: 80, Seconds: 2})
		for _, v := range f.Y {
			if v > 0 {
				changed++
			}
		}
		if changed < 10 || changed > 128*80*9/10 {
			t.Errorf("%s covers %d pixels", fall, changed)
		}
	}
}

func TestParticlesKeepWithinTheFrame(t *testing.T) {
	w := &ParticleSystem{colour: [3]byte{235, 100, 200}, strength: 1}
	for _, c := range []struct {
		name         string
		x, y, dx, dy float64
		seen         bool
	}{
		{"in the middle", 32, 32, 0, 0, true}, {"in the corner", 0, 0, 0, 0, true}, {"a line across", 60, 60, 200, 200, true},
		{"far to the right", 500, 32, 0, 0, false}, {"above", 32, -80, 0, 0, false}, {"behind the camera", -1e6, -1e6, 0, 0, false},
	} {
		f := raster.NewFrame(64, 64)
		w.drawDot(f, c.x, c.y, c.dx, c.dy, 3, 0.9)
		if seen := slices.Max(f.Y) > 0; seen != c.seen {
			t.Errorf("%s: seen %v", c.name, seen)
		}
	}
	s := raster.Shot{View: camera.Pose{}.View(), W: 64, H: 64}
	if x, y := s.Project(0, 0, 1); x != 32 || y != 32 {
		t.Errorf("the middle is seen at %g, %g", x, y)
	}
}
