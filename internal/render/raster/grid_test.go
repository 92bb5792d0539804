package raster

import (
	"math"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

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

func TestBlurKeepsTheMeanAndEvensOut(t *testing.T) {
	g := newGrid(12, 9, Bounds{0.7, 0.5})
	total := 0.0
	for i := range g.values {
		g.values[i] = fp.Random(i, 1, 1)
		if x, y := i%12, i/12; x < 2 || x > 9 || y < 2 || y > 6 {
			g.values[i] = 0.5 // the same at the edges, because blur repeats them
		}
		total += g.values[i]
	}
	spread := func() float64 { return slices.Max(g.values) - slices.Min(g.values) }
	before := spread()
	g.blur()
	after := 0.0
	for _, v := range g.values {
		after += v
	}
	if math.Abs(after-total) > 1e-9 || spread() >= before*0.8 {
		t.Errorf("the sum went from %g to %g, the spread from %g to %g", total, after, before, spread())
	}
}
