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
func depthOf(paint func(x, y int) color.Color) *grid {
	img := image.NewRGBA(image.Rect(0, 0, 160, 112))
	for y := range 112 {
		for x := range 160 {
			img.Set(x, y, paint(x, y))
		}
	}
	r := new(Canvas).bitmap(0, 160, 112, true)
	fillFrom(img, r)
	return depth(r, Bounds{160.0 / 112 / 2, 0.5})
}

func TestEachCueOfDepthCounts(t *testing.T) {
	grey := color.Gray{110}
	speckle := func(x, y int) color.Color { return color.Gray{uint8(60 + fp.Hash(uint32(x/2), uint32(y/2), 1)%120)} }
	for _, c := range []struct {
		name       string
		paint      func(x, y int) color.Color
		nearX      float64 // the point that must be nearer
		nearY      float64
		farX, farY float64 // than this one
	}{
		{"lower parts are nearer", func(int, int) color.Color { return grey }, 0, 0.45, 0, -0.45},
		{"sharp parts are nearer", func(x, y int) color.Color {
			if x < 80 {
				return speckle(x, y)
			}
			return grey
		}, -0.4, 0, 0.4, 0},
		{"pale and blue parts are farther", func(x, _ int) color.Color {
			if x < 80 {
				return color.RGBA{90, 70, 50, 255}
			}
			return color.RGBA{170, 200, 245, 255}
		}, -0.4, 0, 0.4, 0},
		{"the middle is nearer than the sides", func(int, int) color.Color { return grey }, 0, 0, 0.65, 0},
	} {
		g := depthOf(c.paint)
		if near, far := g.at(c.nearX, c.nearY), g.at(c.farX, c.farY); near < far+0.03 {
			t.Errorf("%s: the nearness is %.3f and %.3f", c.name, near, far)
		}
	}
}

func TestDepthOfMirroredPicturesIsMirrored(t *testing.T) {
	paint := func(x, y int) color.Color {
		return color.RGBA{uint8(200 * fp.Noise(float64(x)/20, float64(y)/20, 1)), uint8(200 * fp.Noise(float64(x)/20, float64(y)/20, 2)), uint8(y * 2), 255}
	}
	a, b := depthOf(paint), depthOf(func(x, y int) color.Color { return paint(159-x, y) })
	for _, x := range []float64{-0.6, -0.3, 0, 0.2, 0.5} {
		for _, y := range []float64{-0.4, 0, 0.3} {
			if d := math.Abs(a.at(x, y) - b.at(-x, y)); d > 0.02 {
				t.Errorf("at %g, %g the nearness differs from the mirrored one by %.3f", x, y, d)
			}
		}
	}
}

func TestGridIsLinearBetweenItsPointsAndConstantBeyond(t *testing.T) {
	g := newGrid(5, 4, Bounds{0.8, 0.5})
	for i := range g.values {
		g.values[i] = 2*float64(i%5) + 7*float64(i/5)
	}
	for _, c := range []struct{ x, y, want float64 }{
		{-0.8, -0.5, 0}, {0.8, 0.5, 8 + 21}, {0, 0, 4 + 10.5}, {0.2, -0.5, 5}, {-5, -5, 0}, {5, 0.5, 29}, {0, 9, 25},
	} {
		if got := g.at(c.x, c.y); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("at %g, %g the grid has %g, wanted %g", c.x, c.y, got, c.want)
		}
	}
	to := newGrid(9, 7, Bounds{0.8, 0.5})
	to.copy(g, 2)
	for _, at := range [][2]float64{{-0.8, -0.5}, {0, 0}, {0.8, 0.5}} {
		if a, b := to.at(at[0], at[1]), 2*g.at(at[0], at[1]); math.Abs(a-b) > 1e-6 {
			t.Errorf("at %v the copy has %g, wanted %g", at, a, b)
		}
	}
}

func TestBlurKeepsTheMeanAndLowersTheSlope(t *testing.T) {
	g := newGrid(12, 9, Bounds{0.7, 0.5})
	total := 0.0
	for i := range g.values {
		g.values[i] = fp.Random(i, 1, 1)
		if x, y := i%12, i/12; x < 2 || x > 9 || y < 2 || y > 6 {
			g.values[i] = 0.5 // the same at the edges, because blur repeats them
		}
		total += g.values[i]
	}
	slope := g.slope()
	g.blur()
	after := 0.0
	for _, v := range g.values {
		after += v
	}
	if math.Abs(after-total) > 1e-9 || g.slope() >= slope*0.8 {
		t.Errorf("the sum went from %g to %g, the slope from %g to %g", total, after, slope, g.slope())
	}
}

func TestRaysMeetTheLayerAtItsNearness(t *testing.T) {
	for _, p := range []camera.Pose{{X: 0.2}, {Y: -0.2, Z: 0.3}, {Y: 0.1, Z: -0.4}, {Pan: 0.2, Tilt: -0.1, Roll: 0.3}} {
		v := p.View()
		grid := newGrid(20, 14, Bounds{0.83, 0.5})
		for i := range grid.values {
			grid.values[i] = 0.2 * math.Sin(float64(i%20)/4) * math.Cos(float64(i/20)/3)
		}
		for _, n := range []Nearness{{Base: -0.1 * 2.6, Slope: 2.6}, {Base: 1}, {Base: 1, grid: grid}} {
			for _, at := range [][2]float64{{0, 0.3}, {-0.4, 0.2}, {0.3, 0.45}} {
				ax, ay, bx, by := v.Ray(at[0], at[1])
				qx, qy := n.intersect(ax, ay, bx, by)
				w := n.Base + n.Slope*qy
				if n.grid != nil {
					w += n.grid.at(qx, qy)
				}
				if d := math.Hypot(ax+w*bx-qx, ay+w*by-qy); d > 2e-4 {
					t.Errorf("%+v: the ray through %v meets the layer %g from its surface", p, at, d)
				}
			}
		}
	}
}
