package scene

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// phrases returns all phrases of the scene table.
func phrases() []string {
	var out []string
	for line := range strings.Lines(sceneTable) {
		if p, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			out = append(out, strings.Split(p, "|")...)
		}
	}
	return out
}

// pixelsOf returns the pixels of a frame of a scene. Only the prompt's words differ from call to call.
func pixelsOf(prompt string) string {
	take := newTake("static", 11, 96, 64, 48)
	what, _ := parseScene(prompt)
	layers, particles := build(what, true, 11, 5, take)
	return string(drawScene(layers, particles, take, 0.5).Pix)
}

func TestEverySceneWordChangesThePicture(t *testing.T) {
	t.Parallel()
	all := phrases()
	if len(all) < 60 {
		t.Fatalf("the table has %d words", len(all))
	}
	plain := pixelsOf("dusk hills meadow")
	other := pixelsOf("night lava mountains")
	rows := map[string]bool{}
	for _, p := range all {
		settings, _ := longestPhrase(strings.Fields(p))
		if settings == "" {
			t.Errorf("%q is not in the table", p)
		}
		if rows[settings] || settings == "nothing" {
			continue
		}
		rows[settings] = true
		// Words for light, sky and ground replace those before them; all others add to the scene, or change what stands on a table.
		// One base has what another lacks.
		if pixelsOf("night lava mountains "+p) == other && pixelsOf("dusk hills meadow "+p) == plain && pixelsOf("an apple, "+p) == pixelsOf("an apple") {
			t.Errorf("%q changes nothing", p)
		}
	}
}

func TestLongPromptsAreUnderstood(t *testing.T) {
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
	seen := map[string]bool{}
	for _, p := range []string{"xylophone", "quux", "zebra crossing", ""} {
		take := newTake(p, 1, 96, 64, 2)
		layers, particles := New(p, "", 1, take)
		seen[string(drawScene(layers, particles, take, 0).Pix)] = true
	}
	if len(seen) < 3 {
		t.Errorf("four prompts gave only %d pictures", len(seen))
	}
}

func TestEveryMoveStaysWithinTheScene(t *testing.T) {
	t.Parallel()
	for _, move := range moveNames(t) {
		prompt := "camera " + move + ", a sunny meadow"
		take := newTake(prompt, 3, 96, 64, 24)
		layers, _ := New(prompt, "", 3, take)
		sky, ground := layers.Layers[0], layers.Layers[0]
		for _, l := range layers.Layers {
			if l.Near.Slope > 0 {
				ground = l
			}
		}
		horizon := -ground.Near.Base / ground.Near.Slope
		for i := range 33 {
			s := take.Shot(float64(i)/32, false)
			lo, hi := s.ExtentBetween(sky, -9, horizon+0.03)
			_, left := sky.Opacity(lo.X+0.02, lo.Y+0.02)
			if _, right := sky.Opacity(hi.X-0.02, lo.Y+0.02); !left || !right {
				t.Errorf("%s: the camera looks past the sky at %d/32", move, i)
				break
			}
			// Below the horizon the sky is not painted, because the ground hides it.
			for y := range 64 {
				x, above := s.Intersect(sky, 48, float64(y))
				_, painted := sky.Opacity(x, above)
				if _, below := s.Intersect(ground, 48, float64(y)); !painted && below < horizon+0.01 {
					t.Errorf("%s: the camera sees below the sky at %d/32", move, i)
				}
			}
		}
	}
}

func TestLayersShowParallax(t *testing.T) {
	prompt := "truck right, mountains behind a meadow"
	take := newTake(prompt, 1, 320, 192, 25)
	layers, _ := New(prompt, "", 1, take)
	if n := len(layers.Layers); n < 4 {
		t.Fatalf("the scene has %d layers", n)
	}
	far, near := layers.Layers[0], layers.Layers[len(layers.Layers)-1]
	a, b := take.Shot(0, false), take.Shot(1, false)
	move := func(l *raster.Layer) float64 {
		x0, _ := a.Intersect(l, 160, 150)
		x1, _ := b.Intersect(l, 160, 150)
		return x1 - x0
	}
	if move(near) < 10*move(far) || move(far) < 0 {
		t.Errorf("the sky moves %.4f, the foreground %.4f", move(far), move(near))
	}
}
