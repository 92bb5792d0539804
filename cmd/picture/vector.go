package main

import "math"

// vec is a point, a direction or a linear colour. x goes right, y up, z away from the camera; a unit is about 100 m.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec            { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec            { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(b vec) vec            { return vec{a.x * b.x, a.y * b.y, a.z * b.z} }
func (a vec) scale(f float64) vec      { return vec{a.x * f, a.y * f, a.z * f} }
func (a vec) dot(b vec) float64        { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) unit() vec                { return a.scale(1 / math.Sqrt(a.dot(a))) }
func (a vec) mix(b vec, f float64) vec { return a.scale(1 - f).add(b.scale(f)) }

func clamp(v float64) float64 { return min(max(v, 0), 1) }

// smooth rises from 0 at a to 1 at b, with no corner.
func smooth(a, b, v float64) float64 {
	t := clamp((v - a) / (b - a))
	return t * t * (3 - 2*t)
}

// hash is a number in 0..1 that looks random, the same for the same whole coordinates.
func hash(x, y int) float64 {
	h := uint64(uint32(x))*0x9E3779B97F4A7C15 ^ uint64(uint32(y))*0xC2B2AE3D27D4EB4F
	h = (h ^ h>>31) * 0xBF58476D1CE4E5B9
	h ^= h >> 29
	return float64(h>>11) / (1 << 53)
}

// noise is smooth value noise in 0..1, with its slope along x and y.
func noise(x, y float64) (v, dx, dy float64) {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int(fx), int(fy)
	x, y = x-fx, y-fy
	a, b, c, d := hash(i, j), hash(i+1, j), hash(i, j+1), hash(i+1, j+1)
	u, w := x*x*x*(x*(x*6-15)+10), y*y*y*(y*(y*6-15)+10)
	du, dw := 30*x*x*(x*(x-2)+1), 30*y*y*(y*(y-2)+1)
	k := a - b - c + d
	return a + (b-a)*u + (c-a)*w + k*u*w, du * (b - a + k*w), dw * (c - a + k*u)
}

// fractal sums octaves of noise, each at twice the frequency and half the strength, about 0.
func fractal(x, y float64, octaves int) float64 {
	sum, strength := 0., 0.5
	for range octaves {
		v, _, _ := noise(x, y)
		sum += strength * (v - 0.5)
		strength /= 2
		x, y = 1.6*x-1.2*y+7.3, 1.2*x+1.6*y-3.1 // turned, so that the lattice does not show
	}
	return sum
}
