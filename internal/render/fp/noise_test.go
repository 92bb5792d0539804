package fp

import (
	"math"
	"slices"
	"testing"
)

func TestNoiseHasNoDirectionAndNoSeams(t *testing.T) {
	for name, f := range map[string]func(x, y float64) float64{
		"noise": func(x, y float64) float64 { return Noise(x, y, 3) }, "fractal": func(x, y float64) float64 { return FractalNoise(x, y, 5, 3) }, "ridged": func(x, y float64) float64 { return RidgedNoise(x, y, 5, 3) },
	} {
		sum, across, down, n := 0.0, 0.0, 0.0, 0.0
		for i := range 6000 {
			x, y := float64(i%80)*0.31-12.3, float64(i/80)*0.29-11.1
			v := f(x, y)
			sum, across, down, n = sum+v, across+math.Abs(f(x+0.1, y)-v), down+math.Abs(f(x, y+0.1)-v), n+1
		}
		if name != "ridged" && math.Abs(sum/n-0.5) > 0.04 {
			t.Errorf("%s: the mean is %.3f", name, sum/n)
		}
		if k := across / down; k < 0.85 || k > 1.18 {
			t.Errorf("%s changes %.2f times as fast across as down", name, k)
		}
		// There is no jump at the lines of the lattice, 0 included.
		for _, line := range []float64{-3, 0, 1, 7} {
			for other := -2.0; other < 2; other += 0.17 {
				const little = 1e-7
				if d := math.Abs(f(line+little, other)-f(line-little, other)) + math.Abs(f(other, line+little)-f(other, line-little)); d > 1e-4 {
					t.Errorf("%s jumps by %g at the lattice line %g", name, d, line)
				}
			}
		}
	}
	if a, b := Noise(0.3, 0.4, 1), Noise(0.3, 0.4, 2); a == b {
		t.Error("two seeds give the same noise")
	}
}

func TestNoiseIsSmoothAndInItsRange(t *testing.T) {
	for name, f := range map[string]func(x, y float64) float64{
		"noise":   func(x, y float64) float64 { return Noise(x, y, 5) },
		"fractal": func(x, y float64) float64 { return FractalNoise(x, y, 4, 5) },
		"ridged":  func(x, y float64) float64 { return RidgedNoise(x, y, 4, 5) },
	} {
		low, high := 1.0, 0.0
		for i := range 4000 {
			x, y := float64(i%63)*0.37-11, float64(i/63)*0.41-13
			v := f(x, y)
			low, high = min(low, v), max(high, v)
			if d := math.Abs(f(x+1e-5, y) - v); d > 1e-3 {
				t.Errorf("%s jumps by %g at %g, %g", name, d, x, y)
			}
		}
		if low < 0 || high > 1 || high-low < 0.5 {
			t.Errorf("%s ranges from %g to %g", name, low, high)
		}
	}
	if Noise(3, 4, 1) != Random(3, 4, 1) {
		t.Error("at a corner of the lattice the noise differs from the corner's value")
	}
	counts := [10]int{}
	for i := range 10000 {
		counts[int(10*Random(i, i/100, 3))]++
	}
	if low, high := slices.Min(counts[:]), slices.Max(counts[:]); low < 880 || high > 1120 {
		t.Errorf("the tenths are hit %v times", counts)
	}
}
