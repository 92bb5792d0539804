package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// bump returns 1 at 0 and falls smoothly to 0 at distance 1.
func bump(d float64) float64 {
	d = min(1, math.Abs(d))
	k := 1 - float64(d*d)
	return float64(k * k)
}

// hypot returns the distance of (x, y) from the origin.
func hypot(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// turns returns the direction of (x, y) as a part of a full turn, in (-0.5,0.5], accurate to 1e-4.
func turns(x, y float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	q := min(ax, ay) / max(ax, ay, 1e-12)
	q2 := float64(q * q)
	a := float64(float64(q*fp.MulAdd(q2, fp.MulAdd(q2, fp.MulAdd(q2, -0.0464964749, 0.15931422), -0.327622764), 1)) / tau)
	if ay > ax {
		a = 0.25 - a
	}
	if x < 0 {
		a = 0.5 - a
	}
	return math.Copysign(a, y)
}

// tau is a full turn in radians.
const tau = 6.283185307179586

// sign returns -1 for negative x, else 1.
func sign(x float64) float64 {
	if x < 0 {
		return -1
	}
	return 1
}

// inside returns 1 inside a shape and 0 outside, with a soft edge. d is the distance to the edge, negative inside.
func inside(d float64) float64 { return fp.Smoothstep(0.006, -0.006, d) }

// box returns the distance to a rectangle with the middle (cx, cy) and the half sizes w and h.
func box(x, y, cx, cy, w, h float64) float64 {
	return max(math.Abs(float64(x)-float64(cx))-float64(w), math.Abs(float64(y)-float64(cy))-float64(h))
}

// blendOver blends a colour with opacity k over a colour c with opacity a.
func blendOver(c rgb, a float64, with rgb, k float64) (rgb, float64) {
	k = fp.Clamp(k, 0, 1)
	if a == 0 {
		return with, k
	}
	return c.to(with, k), a + float64((1-a)*k)
}
