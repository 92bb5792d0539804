package scene

import (
	"math"
	"testing"
)

func TestShapeFunctions(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"bump in its middle", bump(0), 1},
		{"bump at its end", bump(-1), 0},
		{"beyond the bump", bump(4), 0},
		{"distance", hypot(3, -4), 5},
		{"sign on the left", sign(-0.1), -1},
		{"sign on the right", sign(0), 1},
		{"inside", inside(-0.1), 1},
		{"outside", inside(0.1), 0},
		{"in the middle of a box", box(2, 3, 2, 3, 0.5, 1), -0.5},
		{"beside a box", box(4, 3, 2, 3, 0.5, 1), 1.5},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %g, wanted %g", c.name, c.got, c.want)
		}
	}
}

func TestTurnsAgreesWithAtan2(t *testing.T) {
	for x := -12.0; x <= 12; x += 0.37 {
		if a := turns(math.Cos(x), math.Sin(x)) - math.Atan2(math.Sin(x), math.Cos(x))/tau; math.Abs(a) > 1e-3 {
			t.Errorf("the angle of %g is %g of a turn off", x, a)
		}
	}
}
