package scene

import (
	"bytes"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// signScene draws a scene with signs, and returns its first frame and the number of its layers.
func signScene(prompt string, signs ...string) (*raster.Frame, int) {
	take := newTake("static", 3, 320, 192, 24)
	layers, particles := New(prompt, "", 3, take, signs...)
	return drawScene(layers, particles, take, 0), len(layers.Layers)
}

func TestASignStandsInTheScene(t *testing.T) {
	for _, prompt := range []string{"static, a street at night", "static, desert road at noon", "static, a cat", "static, in space", "static, the sea"} {
		plain, layers := signScene(prompt)
		with, more := signScene(prompt, "OPEN")
		if more != layers+1 || bytes.Equal(plain.Y, with.Y) {
			t.Errorf("%s: a sign adds %d layers", prompt, more-layers)
		}
		if _, n := signScene(prompt, "LEFT", "RIGHT", "UP"); n != layers+maxSigns {
			t.Errorf("%s: three signs add %d layers", prompt, n-layers)
		}
	}
	if _, n := signScene("static, a cat", "კატა", ""); n != func() int { _, n := signScene("static, a cat"); return n }() {
		t.Error("a sign without letters stands in the scene")
	}
}

// A sign stays within the frame, whatever its text and the frame's shape.
func TestASignIsInTheFrame(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {128, 224}, {192, 192}} {
		for _, text := range []string{"A", "Beware of the very large and hungry dog behind this fence, and of its owner"} {
			take := newTake("dolly in", 3, size[0], size[1], 24)
			layers, _ := New("dolly in, desert road", "", 3, take, text)
			l := layers.Layers[len(layers.Layers)-1]
			shot := take.Shot(1, false) // when it is largest
			lo, hi := shot.Extent(l)
			for _, x := range []float64{lo.X, hi.X} {
				for y := lo.Y; y < hi.Y; y += 0.02 {
					if a, _ := l.Opacity(x, y); a > 0.1 {
						t.Fatalf("%v, %.9s: the sign goes over the frame's edge", size, text)
					}
				}
			}
		}
	}
}

// The letters of a neon sign are as bright at night as by day.
func TestNeonShines(t *testing.T) {
	most := func(prompt string) (luma int) {
		plain, _ := signScene(prompt)
		with, _ := signScene(prompt, "OPEN")
		for i, v := range with.Y {
			if plain.Y[i] != v {
				luma = max(luma, int(v))
			}
		}
		return luma
	}
	if day, night := most("static, a neon street at noon"), most("static, a neon street at midnight"); night < 120 || max(day, night)-min(day, night) > 60 {
		t.Errorf("the letters have luma %d by day and %d at night", day, night)
	}
}
