package film

import (
	"math"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

// shiftOf returns how far what is round a pixel of a has gone to a side in b, as the best match of 17 x 17 pixels finds it. ok is false if
// nothing is there to be found.
func shiftOf(a, b *raster.Frame, x, y int) (dx float64, ok bool) {
	const r, reach = 8, 70
	var sum, squares int
	each := func(of func(i int)) {
		for v := -r; v <= r; v++ {
			for u := -r; u <= r; u++ {
				of((y+v)*a.W + x + u)
			}
		}
	}
	each(func(i int) { d := int(a.Y[i+1]) - int(a.Y[i-1]); sum, squares = sum+d, squares+d*d })
	if squares < 289*300 {
		return 0, false
	}
	best, at := math.MaxInt, 0
	for d := max(-reach, r-x); d <= min(reach, a.W-1-r-x); d++ {
		cost := 0
		each(func(i int) { e := int(a.Y[i]) - int(b.Y[i+d]); cost += e * e })
		if cost < best {
			best, at = cost, d
		}
	}
	return float64(at), best < 289*250
}

// A truck moves a person more than twice and a half as far as what is behind.
func TestAPersonMovesBeforeTheBackground(t *testing.T) {
	t.Parallel()
	img := visiontest.Portrait(t)
	m, ok := vision.NewPicture(img).Foreground()
	if !ok {
		t.Fatal("there is no person in the portrait")
	}
	const side = 384
	for _, prompt := range []string{"truck right", "truck left"} {
		all := frames(Spec{Prompt: prompt, Width: side, Height: side, Frames: 25, FrameRate: 24, First: img}, 0, 24)
		var near, far []float64
		for y := 24; y < side-24; y += 8 {
			for x := 80; x < side-80; x += 8 {
				share := m.Parts[y*m.H/side*m.W+x*m.W/side]
				dx, found := shiftOf(all[0], all[1], x, y)
				switch {
				case !found || share > 0 && share < 1:
				case share == 1:
					near = append(near, math.Abs(dx))
				default:
					far = append(far, math.Abs(dx))
				}
			}
		}
		if len(near) < 20 || len(far) < 10 {
			t.Fatalf("%s: %d points of the person and %d behind", prompt, len(near), len(far))
		}
		slices.Sort(near)
		slices.Sort(far)
		a, b := near[len(near)/2], far[len(far)/2]
		if t.Logf("%s: the person moves by %.0f pixels and the background by %.0f", prompt, a, b); a < 2.5*b || a < 20 {
			t.Errorf("%s: the person moves by %.0f pixels and the background by %.0f", prompt, a, b)
		}
	}
}

// Before the camera moves, both layers together show the picture.
func TestLayersShowThePictureAtFirst(t *testing.T) {
	t.Parallel()
	img := visiontest.Portrait(t)
	for _, spec := range []Spec{{Prompt: "orbit left", First: img}, {Prompt: "truck right", Last: img}} {
		spec.Width, spec.Height, spec.Frames, spec.FrameRate = 384, 384, 25, 24
		film := newFilm(spec)
		if len(film.first.Layers) != 2 {
			t.Fatalf("%s: %d layers", spec.Prompt, len(film.first.Layers))
		}
		n := 0
		if spec.Last != nil {
			n = 24
		}
		got, want := frames(spec, n)[0], onScreen(img, 384, 384)
		for i, v := range got.Y {
			// At the picture's edge the continuation beyond it counts a little.
			x, y := i%384, i/384
			if d := int(v) - int(want.Y[i]); (d > 3 || d < -3) && x > 3 && y > 3 && x < 380 && y < 380 {
				t.Fatalf("%s: pixel %d, %d is %d and in the picture %d", spec.Prompt, x, y, v, want.Y[i])
			}
		}
	}
}

func TestOnlyACameraThatGoesAsideSeesLayers(t *testing.T) {
	for prompt, want := range map[string]int{"truck left": 2, "pedestal up": 2, "pan left": 1, "zoom in": 1, "push in": 1, "static": 1, "a calm day": 1} {
		film := newFilm(Spec{Prompt: prompt, Width: 128, Height: 128, Frames: 25, FrameRate: 24, First: visiontest.Portrait(t)})
		if got := len(film.first.Layers); got != want {
			t.Errorf("%s: %d layers", prompt, got)
		}
	}
	stones := newFilm(Spec{Prompt: "truck left", Width: 128, Height: 128, Frames: 25, FrameRate: 24, First: gravel(128, 128)})
	if got := len(stones.first.Layers); got != 1 {
		t.Errorf("stones have %d layers", got)
	}
}
