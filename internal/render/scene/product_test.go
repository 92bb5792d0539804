package scene

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestEveryPhraseOfABackdropChoosesIt(t *testing.T) {
	seen := map[string]int{}
	for _, row := range sceneRows() {
		_, value, ok := strings.Cut(row.settings, "backdrop")
		if !ok {
			continue
		}
		name := strings.TrimLeft(value, "?=")
		if backdrops()[name] == nil {
			t.Errorf("there is no backdrop %s", name)
		}
		for _, p := range row.phrases {
			seen[name]++
			prompt := "product shot of a watch, " + strings.Join(p.words, " ")
			if got := Named(prompt); !slices.Contains(got, "backdrop="+name) {
				t.Errorf("%q names %q, and not %s", prompt, got, name)
			}
		}
	}
	for name := range backdrops() {
		if seen[name] < 8 {
			t.Errorf("%s has %d phrases only", name, seen[name])
		}
	}
}

func TestProductShotsInEightLanguages(t *testing.T) {
	for _, c := range []struct{ prompt, backdrop, things string }{
		{"product shot of a perfume bottle on white", "white", "perfume"},
		{"product shot of a perfume bottle on marble, soft studio light", "marble", "perfume"},
		{"Produktfoto einer Parfümflasche auf weißem Hintergrund", "white", "perfume"},
		{"photo de produit d'un flacon de parfum sur marbre", "marble", "perfume"},
		{"foto de estudio de un frasco de perfume sobre fondo negro", "black", "perfume"},
		{"foto de produto de um frasco de perfume em fundo branco", "white", "perfume"},
		{"foto di prodotto di una bottiglia di profumo su sfondo nero", "black", "perfume"},
		{"香水瓶的产品照片，大理石", "marble", "perfume"},
		{"黒背景の香水の商品写真", "black", "perfume"},
		{"perfume, seamless background", "grey", "perfume"},
		{"a man with a black background, studio lighting", "black", ""},
		{"product shot", "grey", "bottle"},
		{"a cat, studio lighting", "grey", ""},
		{"a cup of coffee on a wooden table", "wood", ""},
		{"product shot of a watch on a beach", "", ""}, // a place that is named is where it is
		{"a car on black sand", "", ""},
		{"a chef in a kitchen, studio lighting", "", ""},
		{"a cat on a meadow", "", ""},
	} {
		s, _ := parseScene(c.prompt)
		things := []string{}
		for thing := range s.things {
			things = append(things, thing)
		}
		slices.Sort(things)
		if s.backdrop != c.backdrop || c.backdrop != "" && strings.Join(things, " ") != c.things {
			t.Errorf("%q: before %q, with %q", c.prompt, s.backdrop, things)
		}
		if card := Card(c.prompt); card != "" {
			t.Errorf("%q gets a card: %q", c.prompt, card)
		}
	}
	if card := Card("product shot of a zorgle on a white background"); card != "A zorgle" {
		t.Errorf("the card is %q", card)
	}
}

// productShot draws the first frame of a product shot.
func productShot(prompt string, w, h int) (*raster.Frame, *raster.Compositor, *raster.Take) {
	take := newTake("static", 3, w, h, 24)
	layers, particles := New(prompt, "", 3, take)
	return drawScene(layers, particles, take, 0), layers, take
}

func TestBackdropsDiffer(t *testing.T) {
	corner := func(name string) int {
		f, _, _ := productShot("perfume, "+name+" background", 128, 72)
		return int(f.Y[2*f.W+2])
	}
	white, grey, black := corner("white"), corner("grey"), corner("black")
	if white < 180 || black > 40 || grey < black+30 || grey > white-50 {
		t.Errorf("in the corner, white has luma %d, grey %d, black %d", white, grey, black)
	}
}

// The floor shows what stands on it upside down, and is dark beside it.
func TestTheFloorReflectsAndHasShadows(t *testing.T) {
	const w, h = 256, 144
	shot := func(backdrop string, empty bool) *raster.Frame {
		what, _ := parseScene("perfume, " + backdrop + " background")
		if empty {
			delete(what.things, "perfume")
		}
		take := newTake("static", 3, w, h, 24)
		layers, particles := build(what, true, 3, 5, take)
		return drawScene(layers, particles, take, 0)
	}
	change := func(backdrop string, x0, y0, x1, y1 int) (least, most int) {
		with, without := shot(backdrop, false), shot(backdrop, true)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				d := int(with.Y[y*w+x]) - int(without.Y[y*w+x])
				least, most = min(least, d), max(most, d)
			}
		}
		return least, most
	}
	// The bottle ends at row 125 and goes from column 101 to 155.
	if _, most := change("black", 110, 128, 146, 140); most < 8 {
		t.Errorf("on black, the floor is lighter by the reflection by %d only", most)
	}
	left, _ := change("white", 84, 116, 99, 134)
	right, _ := change("white", 157, 116, 172, 134)
	if min(left, right) > -20 || max(left, right) > 0 { // it falls away from the light
		t.Errorf("on white, the floor is darker by the shadow by %d and %d", -left, -right)
	}
}

// What a product shot is of is in the frame, in each shape and number.
func TestProductsAreInTheFrame(t *testing.T) {
	for _, size := range [][2]int{{128, 72}, {72, 128}, {96, 96}} {
		for _, what := range []string{"perfume", "a watch", "five apples", "a car", "a bottle and a teapot", "a person", "perfume and roses"} {
			_, layers, take := productShot("product shot of "+what+", white background", size[0], size[1])
			shot := take.Shot(0, false)
			for _, l := range layers.Layers[2:] {
				for i := range 40 {
					part := float64(i) / 39
					for _, p := range [][2]float64{{part, 0}, {0, part}, {1, part}} {
						qx, qy := shot.Intersect(l, p[0]*float64(size[0]), p[1]*float64(size[1]))
						if a, _ := l.Opacity(qx, qy); a > 0.1 {
							t.Fatalf("%v, %s: something goes over the frame's edge", size, what)
						}
					}
				}
			}
			if len(layers.Layers) < 3 {
				t.Errorf("%v, %s: nothing is there", size, what)
			}
		}
	}
}

func TestNoMoveLooksBeyondAProductShot(t *testing.T) {
	t.Parallel()
	names := []string{"white", "black", "grey", "red"}
	for n, move := range moveNames(t) {
		prompt := "camera very fast " + move + ", product shot of a watch, " + names[n%4] + " background"
		take := newTake(prompt, 3, 96, 54, 240)
		layers, _ := New(prompt, "", 3, take)
		checkPainted(t, fmt.Sprintf("%q", prompt), layers, take)
	}
}
