package raster

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
)

// depthOf returns the depth of a picture with the colours that paint returns.
func depthOf(paint func(x, y int) color.Color) float64 {
	img := image.NewRGBA(image.Rect(0, 0, 160, 112))
	for y := range 112 {
		for x := range 160 {
			img.Set(x, y, paint(x, y))
		}
	}
	return depth(NewPicture(img, 160, 112).samples)
}

func TestEachCueOfDepthCounts(t *testing.T) {
	grey := color.Gray{110}
	plain := depthOf(func(int, int) color.Color { return grey })
	if plain < 0.1 {
		t.Errorf("lower parts are nearer by only %.3f", plain)
	}
	speckle := func(x, y int) color.Color { return color.Gray{uint8(60 + fp.Hash(uint32(x/2), uint32(y/2), 1)%120)} }
	haze := color.RGBA{170, 200, 245, 255}
	for _, c := range []struct {
		name         string
		above, below func(x, y int) color.Color
		deeper       bool
	}{
		{"sharp parts are nearer, below", func(int, int) color.Color { return grey }, speckle, true},
		{"sharp parts are nearer, above", speckle, func(int, int) color.Color { return grey }, false},
		{"pale and blue parts are farther, above", func(int, int) color.Color { return haze }, func(int, int) color.Color { return grey }, true},
		{"pale and blue parts are farther, below", func(int, int) color.Color { return grey }, func(int, int) color.Color { return haze }, false},
	} {
		got := depthOf(func(x, y int) color.Color {
			if y < 56 {
				return c.above(x, y)
			}
			return c.below(x, y)
		})
		if c.deeper && got < plain+0.03 || !c.deeper && got > plain-0.03 || got < 0 || got > 2*DepthRange {
			t.Errorf("%s: the depth is %.3f, without the cue %.3f", c.name, got, plain)
		}
	}
}

func TestAPicturesMeanIsTheMiddlePlane(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 60, 90))
	l := &Layer{Lo: Bounds{-0.5, -0.4}, Hi: Bounds{0.5, 1.1}}
	NewPicture(img, 60, 90).Place(l)
	near := func(qy float64) float64 { return l.Near.Base + l.Near.Slope*qy }
	if top, middle, bottom := near(-0.4), near(0.35), near(1.1); math.Abs(middle-1) > 1e-9 || top >= middle || bottom > 1+DepthRange || top < 1-DepthRange {
		t.Errorf("the nearness is %.3f above, %.3f in the middle, %.3f below", top, middle, bottom)
	}
}

func TestRaysMeetTheLayerAtItsNearness(t *testing.T) {
	for _, p := range []camera.Pose{{X: 0.2}, {Y: -0.2, Z: 0.3}, {Y: 0.1, Z: -0.4}, {Pan: 0.2, Tilt: -0.1, Roll: 0.3}} {
		v := p.View()
		for _, n := range []Nearness{{Base: -0.1 * 2.6, Slope: 2.6}, {Base: 1}, {Base: 1.1, Slope: 0.4}} {
			for _, at := range [][2]float64{{0, 0.3}, {-0.4, 0.2}, {0.3, 0.45}} {
				ax, ay, bx, by := v.Ray(at[0], at[1])
				qx, qy := n.intersect(ax, ay, bx, by)
				w := n.Base + n.Slope*qy
				if d := math.Hypot(ax+w*bx-qx, ay+w*by-qy); d > 1e-9 {
					t.Errorf("%+v: the ray through %v meets the layer %g from its surface", p, at, d)
				}
			}
		}
	}
}
