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
		things, particles               string
	}{
		{"sunset over the sea", "sunset", "none", "sea", "", "sun", ""},
		{"a lake", "", "mountains", "lake", "", "", ""},
		{"a lake before hills", "", "hills", "lake", "", "", ""}, // named things win over implied ones
		{"hills by a lake", "", "hills", "lake", "", "", ""},     // in any order
		{"moonlit beach with palms", "night", "none", "beach", "palm", "moon", ""},
		{"City at NOON", "day", "skyline", "street", "", "", ""},
		{"two castles and three boats", "", "none", "sea", "", "boat castle", ""},
		{"frozen lake", "", "mountains", "ice", "", "", ""}, // the longest phrase wins over "lake"
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
		if got := slices.Sorted(maps.Keys(s.things)); strings.Join(got, " ") != c.things {
			t.Errorf("%q: the things are %q, wanted %q", c.prompt, got, c.things)
		}
		if got := slices.Sorted(maps.Keys(s.particles)); strings.Join(got, " ") != c.particles {
			t.Errorf("%q: the particles are %q, wanted %q", c.prompt, got, c.particles)
		}
	}
}

func TestMoodWordsChangeLightAndColour(t *testing.T) {
	for _, c := range []struct {
		prompt           string
		dim, vivid, tint float64
	}{
		{"a tree", 1, 1, 0}, {"dark", 0.62, 1, 0}, {"monochrome", 1, 0, 0}, {"dark and vivid", 0.62, 1.45, 0},
		{"warm", 1, 1, 0.16}, {"dark eerie", 0.62 * 0.7, 1, 0.3}, {"black and white", 1, 0, 0},
	} {
		s, _ := parseScene(c.prompt)
		if math.Abs(s.dim-c.dim)+math.Abs(s.vivid-c.vivid)+math.Abs(s.tintShare-c.tint) > 1e-9 {
			t.Errorf("%q: dim %g, vivid %g, tint %g", c.prompt, s.dim, s.vivid, s.tintShare)
		}
	}
	grey := scene{sceneSpec: sceneSpec{style: style{dim: 1, contrast: 1}}}
	if c := grey.grade(rgb{200, 100, 50}); math.Abs(c.r-c.g)+math.Abs(c.g-c.b) > 1e-9 {
		t.Errorf("without colour, orange becomes %v", c)
	}
	dark := scene{sceneSpec: sceneSpec{style: style{dim: 0.5, vivid: 1, contrast: 1}}}
	if c := dark.grade(rgb{200, 100, 50}); math.Abs(c.r-100)+math.Abs(c.g-50)+math.Abs(c.b-25) > 1e-9 {
		t.Errorf("at half the light, orange becomes %v", c)
	}
}

func TestEveryHourHasLight(t *testing.T) {
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
			t.Errorf("%s: the blend is %v, opacity %g", c.name, got, a)
		}
	}
}

func TestLayersAreInOrderOfNearness(t *testing.T) {
	out, _ := New("a boat on the sea before mountains, clouds, mist, static", "", 2, newTake("static", 2, 128, 80, 2))
	layers := out.Layers
	for _, at := range [][2]float64{{-0.5, -0.4}, {0, -0.2}, {0.5, 0}} {
		if a, _ := layers[0].Opacity(at[0], at[1]); a < 1 {
			t.Errorf("the sky is not opaque at %v", at)
		}
	}
	last := 0.0
	for _, l := range layers[:len(layers)-1] {
		if l.Near.Slope > 0 {
			continue // the ground is drawn before everything on it
		}
		if l.Near.Base < last {
			t.Errorf("a layer of nearness %g is behind one of %g", l.Near.Base, last)
		}
		last = l.Near.Base
	}
	for i, l := range layers[1:] {
		if a, _ := l.Opacity(0, -0.45); a > 0.9 {
			t.Errorf("layer %d hides the sky behind it", i+1)
		}
	}
}

func TestParticlesFallOrRise(t *testing.T) {
	of := func(kind string) *ParticleSystem {
		s := &scene{sceneSpec: sceneSpec{particles: map[string]bool{kind: true}, style: plainStyle()}, seed: 4}
		all := s.particleSystems()
		if len(all) != 1 {
			t.Fatalf("%s has %d particle systems", kind, len(all))
		}
		return &all[0]
	}
	// sink returns the mean speed downwards, in frame heights a second. Particles that started again do not count.
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
		kind     string
		from, to float64 // frame heights a second
	}{
		{"rain", 1.5, 2.5}, {"snow", 0.08, 0.25}, {"leaves", 0.05, 0.2}, {"dust", -0.05, 0}, {"sparks", -0.5, -0.1},
		{"smoke", -0.2, -0.04}, {"bubbles", -0.3, -0.05}, {"fireflies", -0.05, 0},
	} {
		if v := sink(of(c.kind)); v < c.from || v > c.to {
			t.Errorf("%s sinks by %.3f frame heights a second", c.kind, v)
		}
	}
	for _, kind := range []string{"rain", "snow", "dust", "sparks", "smoke", "fireflies", "leaves", "bubbles", "streaks"} {
		w, changed := of(kind), 0
		f := raster.NewFrame(128, 80)
		w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 128, H: 80, Seconds: 2})
		for _, v := range f.Y {
			if v > 0 {
				changed++
			}
		}
		if changed < 10 || changed > 128*80*9/10 {
			t.Errorf("%s covers %d pixels", kind, changed)
		}
	}
}

func TestParticlesBeyondTheFrameAreNotDrawn(t *testing.T) {
	w := &ParticleSystem{colour: [3]byte{235, 100, 200}, strength: 1}
	for _, c := range []struct {
		name         string
		x, y, dx, dy float64
		visible      bool
	}{
		{"in the middle", 32, 32, 0, 0, true}, {"in the corner", 0, 0, 0, 0, true}, {"a line across", 60, 60, 200, 200, true},
		{"far to the right", 500, 32, 0, 0, false}, {"above", 32, -80, 0, 0, false}, {"behind the camera", -1e6, -1e6, 0, 0, false},
	} {
		f := raster.NewFrame(64, 64)
		w.drawDot(f, c.x, c.y, c.dx, c.dy, 3, 0.9)
		if visible := slices.Max(f.Y) > 0; visible != c.visible {
			t.Errorf("%s: visible %v", c.name, visible)
		}
	}
	s := raster.Shot{View: camera.Pose{}.View(), W: 64, H: 64}
	if x, y := s.Project(0, 0, 1); x != 32 || y != 32 {
		t.Errorf("the middle is shown at %g, %g", x, y)
	}
}

func TestHoursAndPlacesInEightLanguages(t *testing.T) {
	for _, c := range []struct{ prompt, hour, far, ground, subject string }{
		{"a dolphin in the sea at dusk", "dusk", "none", "sea", "dolphin"},
		{"夕暮れの海を泳ぐイルカ", "dusk", "none", "sea", "dolphin"},
		{"黄昏的大海和一只海豚", "dusk", "none", "sea", "dolphin"},
		{"雪山上的老鹰", "overcast", "mountains", "meadow", "eagle"},
		{"Ein Zug fährt durch die Berge, nachts", "night", "mountains", "meadow", "train"},
		{"un chien noir court sur la plage au coucher du soleil", "sunset", "none", "beach", "dog"},
		{"un perro rojo en el bosque de noche", "night", "forest", "meadow", "dog"},
		{"um cavalo na praia ao amanhecer", "dawn", "none", "beach", "horse"},
		{"un cavallo nel deserto al tramonto", "sunset", "dunes", "dunes", "horse"},
		{"macro of an ant, shallow depth of field", "", "", "", "ant"},
	} {
		s, _ := parseScene(c.prompt)
		names := []string{}
		for _, one := range s.subjects {
			names = append(names, one.Name)
		}
		if s.hour != c.hour || s.far != c.far || s.ground != c.ground || strings.Join(names, " ") != c.subject {
			t.Errorf("%q: hour %q, far %q, ground %q, %q", c.prompt, s.hour, s.far, s.ground, names)
		}
	}
}
