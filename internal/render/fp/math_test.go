package fp

import (
	"math"
	"testing"
)

func TestFunctionsAgreeWithPackageMath(t *testing.T) {
	for x := -12.0; x <= 12; x += 0.37 {
		sin, cos := SinCos(x)
		if math.Abs(sin-math.Sin(x)) > 1e-8 || math.Abs(cos-math.Cos(x)) > 1e-8 {
			t.Errorf("sincos(%g) is %g, %g", x, sin, cos)
		}
		if x > -10 && x < 10 && math.Abs(Exp(x)/math.Exp(x)-1) > 1e-8 {
			t.Errorf("exp(%g) is %g", x, Exp(x))
		}
	}
}

func TestInterpolation(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"smooth before", Smoothstep(1, 3, 0), 0},
		{"smooth in the middle", Smoothstep(1, 3, 2), 0.5},
		{"smooth after", Smoothstep(1, 3, 9), 1},
		{"smooth downwards", Smoothstep(3, 1, 1.5), 0.84375},
		{"lerp", Lerp(10, 20, 0.25), 12.5},
		{"clamp below", Clamp(-1, 0, 5), 0},
		{"clamp above", Clamp(7, 0, 5), 5},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %g, wanted %g", c.name, c.got, c.want)
		}
	}
}
