package scene

import (
	"math"
	"testing"
)

func TestADuneIsSteepOnItsLeeSideAndHasASharpCrest(t *testing.T) {
	for _, wind := range []float64{1, -1} {
		d := dune{x: 0.3, foot: 0.5, tall: 0.2, wide: 0.6, wind: wind}
		at := func(along float64) float64 { return 0.5 - d.top(0.3+wind*along) }
		for _, c := range []struct {
			name          string
			along, height float64
		}{
			{"before the long slope", -0.7, 0}, {"foot", -0.6, 0}, {"summit", 0, 0.2}, {"beyond the steep slope", 0.4, 0},
		} {
			if got := at(c.along); math.Abs(got-c.height) > 0.002 {
				t.Errorf("wind %g, %s: the height is %g, wanted %g", wind, c.name, got, c.height)
			}
		}
		if up, down := at(0)-at(-0.1), at(0)-at(0.1); down < 2*up {
			t.Errorf("wind %g: it falls by %g on the lee side and by %g on the windward side", wind, down, up)
		}
		// The crest begins at the summit and bends downwind towards the foot.
		if summit := d.crest(0.3, 0.3); summit != 0 {
			t.Errorf("wind %g: the crest passes the summit at %g", wind, summit)
		}
		if d.crest(0.3, 0.48) >= 0 {
			t.Errorf("wind %g: below the summit the crest does not bend downwind", wind)
		}
	}
}

// A column is drawn from the dunes around it, and no dune may visibly appear or vanish between two columns.
func TestDunesHaveNoSeams(t *testing.T) {
	for _, wind := range []float64{1, -1} {
		f := field{base: 0.1, spread: 0.02, tall: 0.2, wide: 0.5, seed: 7}
		outline := func(x float64) float64 {
			top := math.Inf(1)
			for _, d := range f.at(x, wind) {
				top = min(top, d.top(x))
			}
			return top
		}
		last := outline(-3)
		for x := -3.0; x < 3; x += 0.0005 {
			next := outline(x)
			if math.Abs(next-last) > 0.001 {
				t.Fatalf("wind %g: the outline jumps from %g to %g at %g", wind, last, next, x)
			}
			last = next
		}
		dunes := f.at(0.4, wind)
		for k := 1; k < len(dunes); k++ {
			if dunes[k].foot > dunes[k-1].foot {
				t.Errorf("wind %g: dune %d is nearer than dune %d, which is drawn after it", wind, k, k-1)
			}
		}
	}
}

func TestDunesAreLitOnTheSunsSide(t *testing.T) {
	brighter := func(sunX float64) (lit, dark float64) {
		s := &scene{sceneSpec: sceneSpec{hour: "day"}, sunX: sunX}
		d := dune{x: 0, foot: 0.5, tall: 0.2, wide: 0.6, wind: 1}
		windward := s.slope(&d, -0.1, 0.4, rgb{230, 180, 120}, rgb{60, 50, 50})
		lee := s.slope(&d, 0.14, 0.44, rgb{230, 180, 120}, rgb{60, 50, 50})
		return windward.g, lee.g
	}
	if windward, lee := brighter(-0.6); windward <= lee {
		t.Errorf("with the sun on the left the right slope is brighter: %g and %g", windward, lee)
	}
	if windward, lee := brighter(0.6); lee <= windward {
		t.Errorf("with the sun on the right the left slope is brighter: %g and %g", windward, lee)
	}
}
