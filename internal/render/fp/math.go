package fp

import "math"

// MulAdd returns a*b+c. It rounds the product first, and c too, in case the caller passes a product.
func MulAdd(a, b, c float64) float64 { return float64(a*b) + float64(c) }

// SinCos returns sine and cosine of x radians, accurate to 1e-9 for angles of up to a few turns.
func SinCos(x float64) (sin, cos float64) {
	quarter := math.Floor(MulAdd(x, 2/math.Pi, 0.5))
	r := MulAdd(quarter, -math.Pi/2, x)
	r2 := float64(r * r)
	s := float64(r * MulAdd(r2, MulAdd(r2, MulAdd(r2, MulAdd(r2, 1.0/362880, -1.0/5040), 1.0/120), -1.0/6), 1))
	c := MulAdd(r2, MulAdd(r2, MulAdd(r2, MulAdd(r2, MulAdd(r2, -1.0/3628800, 1.0/40320), -1.0/720), 1.0/24), -0.5), 1)
	switch int(quarter) & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	default:
		return -c, s
	}
}

// Exp returns e to the power x, accurate to 1e-9 for |x| < 10.
func Exp(x float64) float64 {
	// e^x = (e^(x/1024))^1024: the series is short for so small an argument, and squaring is precise enough.
	y := x / 1024
	e := MulAdd(y, MulAdd(y, MulAdd(y, MulAdd(y, 1.0/24, 1.0/6), 0.5), 1), 1)
	for range 10 {
		e = float64(e * e)
	}
	return e
}

// Smoothstep returns the cubic step from 0 at a to 1 at b. b may be below a.
func Smoothstep(a, b, x float64) float64 {
	t := (float64(x) - float64(a)) / (float64(b) - float64(a))
	t = max(0, min(1, t))
	return float64(float64(t*t) * (3 - float64(2*t)))
}

// Lerp returns the value between a and b at t: a at 0, b at 1.
func Lerp(a, b, t float64) float64 { return MulAdd(t, float64(b)-float64(a), a) }

// Clamp limits x to the range from lo to hi.
func Clamp(x, lo, hi float64) float64 { return max(lo, min(hi, x)) }
