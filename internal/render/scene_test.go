package render

import (
	"strings"
	"testing"
)

// phrases are all the phrases of the table of scenes.
func phrases() []string {
	var out []string
	for line := range strings.Lines(sceneTable) {
		if p, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			out = append(out, strings.Split(p, "|")...)
		}
	}
	return out
}

// stand draws the first frame of a scenery, everything else being equal.
func stand(prompt string) string {
	f := newFilm(Spec{Prompt: "static", First: testPicture(8, 8), Seed: 11, Width: 96, Height: 64, Frames: 48, FrameRate: 24})
	limitPath(f.take)
	what, _ := parseScene(prompt)
	f.first, f.particles = build(what, true, 11, 5, f.take)
	out := newFrame(96, 64)
	newFrameRenderer(f).draw(out, nil, 24)
	return string(out.pix)
}

func TestEverySceneWordChangesThePicture(t *testing.T) {
	t.Parallel()
	all := phrases()
	if len(all) < 60 {
		t.Fatalf("the table has %d words", len(all))
	}
	plain := stand("dusk hills meadow")
	other := stand("night lava mountains")
	rows := map[string]bool{}
	for _, p := range all {
		settings, _ := longestPhrase(strings.Fields(p))
		if settings == "" {
			t.Errorf("%q is not found in the table", p)
		}
		if rows[settings] {
			continue
		}
		rows[settings] = true
		// Light, sky and ground are exchanged for it, all else is added.
		if stand("night lava mountains "+p) == other && stand("dusk hills meadow "+p) == plain {
			t.Errorf("%q changes nothing", p)
		}
	}
}

func TestContractsPromptsAreUnderstood(t *testing.T) {
	desert, _ := parseScene("A long exposure shot of a desert landscape under a clear, starry sky, with the Milky Way arching across the horizon, and distant dunes bathed in moonlight.")
	if desert.hour != "night" || desert.ground != "dunes" || desert.far != "dunes" || !desert.has("milkyway") || !desert.has("stars") || !desert.has("moon") {
		t.Errorf("the desert is %+v", desert)
	}
	tea, _ := parseScene("product photography of an ice tea, block of ice, in lava, steam coming off, dramatic lights, sparks of fire and miniature explosions, luxury, in style of maximalism")
	if tea.ground != "lava" || !tea.has("glass") || !tea.has("iceblock") || !tea.particles["smoke"] || !tea.particles["sparks"] {
		t.Errorf("the tea is %+v", tea)
	}
	hyper, _ := parseScene("Hyperspeed shot: [scene]. Camera movement: fast zoom.")
	if hyper.ground != "road" || !hyper.particles["streaks"] {
		t.Errorf("the hyperspeed shot is %+v", hyper)
	}
}

func TestUnknownWordsChoosePaletteAndPlace(t *testing.T) {
	spec := Spec{Seed: 1, Width: 96, Height: 64, Frames: 2, FrameRate: 24}
	seen := map[string]bool{}
	for _, p := range []string{"xylophone", "quux", "zebra crossing", ""} {
		spec.Prompt = p
		seen[string(frames(spec, 0)[0].pix)] = true
	}
	if len(seen) < 3 {
		t.Errorf("four prompts gave %d pictures", len(seen))
	}
}

func TestEveryMoveStaysWithinTheScene(t *testing.T) {
	t.Parallel()
	table := parseMoves(moveTable)
	seen := map[*move]bool{}
	for _, p := range table {
		if seen[p.move] {
			continue
		}
		seen[p.move] = true
		film := newFilm(Spec{Prompt: "camera " + strings.Join(p.words, " ") + ", a sunny meadow", Seed: 3, Width: 96, Height: 64, Frames: 24, FrameRate: 24})
		sky, ground := film.first.layers[0], film.first.layers[0]
		for _, l := range film.first.layers {
			if l.near.slope > 0 {
				ground = l
			}
		}
		horizon := -ground.near.base / ground.near.slope
		w, h := float64(sky.levels[0].y.w), float64(sky.levels[0].y.h)
		for i := range 33 {
			s := film.shot(float64(i)/32, false)
			lo, hi := s.extentBetween(sky, -9, horizon+0.03)
			if lo.x*sky.scale+sky.ox < -2 || hi.x*sky.scale+sky.ox > w+1 || lo.y*sky.scale+sky.oy < -2 {
				t.Errorf("%v: the camera looks past the sky at %d/32", p.words, i)
				break
			}
			// Below the horizon the sky ends, because the ground hides it.
			for y := range 64 {
				_, above := s.intersect(sky, 48, float64(y))
				if _, below := s.intersect(ground, 48, float64(y)); above*sky.scale+sky.oy > h-1 && below < horizon+0.01 {
					t.Errorf("%v: the camera sees below the sky at %d/32", p.words, i)
				}
			}
		}
	}
}

func TestLayersShowParallax(t *testing.T) {
	film := newFilm(Spec{Prompt: "truck right, mountains behind a meadow", Seed: 1, Width: 320, Height: 192, Frames: 25, FrameRate: 24})
	if n := len(film.first.layers); n < 4 {
		t.Fatalf("the scene has %d layers", n)
	}
	far, near := film.first.layers[0], film.first.layers[len(film.first.layers)-1]
	a, b := film.shot(0, false), film.shot(1, false)
	move := func(l *layer) float64 {
		x0, _ := a.intersect(l, 160, 150)
		x1, _ := b.intersect(l, 160, 150)
		return x1 - x0
	}
	if move(near) < 10*move(far) || move(far) < 0 {
		t.Errorf("the sky moves %.4f, the foreground %.4f", move(far), move(near))
	}
}
