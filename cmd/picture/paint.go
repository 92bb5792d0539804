package main

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"
)

// The camera: a tripod on the near shore.
const (
	eyeHeight = 1.15
	horizon   = .565 // of the picture's height, from the top
	lens      = .98  // distance of the picture's plane, in picture heights
)

// paint renders the scene, with samples by samples rays a pixel.
func paint(width, height, samples int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	trees := grove(pines())
	rows := make(chan int)
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			for y := range rows {
				for x := range width {
					out.SetRGBA(x, y, pixel(x, y, width, height, samples, trees))
				}
			}
		})
	}
	for y := range height {
		rows <- y
	}
	close(rows)
	group.Wait()
	return out
}

// pixel averages its samples as a film would, then develops them.
func pixel(x, y, width, height, samples int, trees grove) color.RGBA {
	var sum vec
	for i := range samples * samples {
		u := (float64(x) + (float64(i%samples)+.5)/float64(samples) - float64(width)/2) / float64(height)
		v := (float64(y) + (float64(i/samples)+.5)/float64(samples)) / float64(height)
		sum = sum.add(film(seen(u, v, trees)))
	}
	mean := sum.scale(1 / float64(samples*samples))
	u, v := (float64(x)/float64(width) - .5), (float64(y)/float64(height) - .5)
	mean = mean.scale(1 - .42*(u*u+v*v)) // the lens' own falling off
	grain := .008 * (hash(x+7777, y) - .5)
	return color.RGBA{tone(mean.x + grain), tone(mean.y + grain), tone(mean.z + grain), 255}
}

// film maps light to 0..1 with soft highlights.
func film(c vec) vec {
	curve := func(v float64) float64 {
		v *= 1.12
		return math.Pow(clamp(v*(2.51*v+.03)/(v*(2.43*v+.59)+.14)), 1/2.2)
	}
	return vec{curve(c.x), curve(c.y), curve(c.z)}
}

func tone(v float64) uint8 { return uint8(math.Round(255 * clamp(v))) }

// seen is the light that comes from the point (u, v) of the picture.
func seen(u, v float64, trees grove) vec {
	along := vec{u, horizon - v, lens}.unit()
	eye := vec{0, eyeHeight, 0}
	near := trees.cover(u, v)
	var behind vec
	if near < 1 {
		behind = view(eye, along, u, v, trees)
	}
	return behind.mix(vec{.0045, .0055, .007}.scale(1+2*fractal(u*90, v*90, 3)), near).add(lamp(u, v))
}

// view is what is seen past the near trees: sky, land, or water with its reflection.
func view(eye, along vec, u, v float64, trees grove) vec {
	toWater := math.Inf(1)
	if along.y < 0 {
		toWater = -eye.y / along.y
	}
	if p, dist, ok := hit(eye, along, 9); ok && dist < toWater {
		return land(p, along, dist)
	}
	if along.y >= 0 {
		return sky(along, true)
	}
	return water(eye.add(along.scale(toWater)), along, toWater, u, v, trees)
}

// water reflects what is above it, broken by ripples that calm with distance.
func water(p, along vec, dist, u, v float64, trees grove) vec {
	calm := .35 + .65*smooth(-.05, .2, fractal(p.x*.12+3, p.z*.2, 3)+.05) // patches of wind
	size := .05 * calm / (1 + .02*dist)
	dx := size * fractal(p.x*2.2+.3*p.z, p.z*3.2, 4)
	dz := size * 1.6 * fractal(p.x*1.4+9, p.z*4.4, 4)
	n := vec{dx, 1, dz}.unit()
	mirror := along.sub(n.scale(2 * along.dot(n)))
	mirror.y = max(mirror.y, .004)
	mirror = mirror.unit()
	up := sky(mirror, false)
	if q, far, ok := hit(vec{p.x, .02, p.z}, mirror, 8); ok {
		up = land(q, mirror, far+dist)
	}
	// The near trees are mirrored in the picture, not in space: they stand at the water's edge.
	shade := trees.cover(u+.5*dx, min(2*waterline-v-.9*dz, waterline-.001))
	if v < waterline {
		shade = 0
	}
	up = up.mix(vec{.008, .010, .014}, .93*shade).add(lamp(u+.8*dx, 2*waterline-v-2.2*dz).scale(.8))
	facing := clamp(-along.dot(n))
	back := .02 + .98*math.Pow(1-facing, 5)
	deep := vec{.010, .026, .040}
	colour := deep.mix(up, clamp(.22+.78*math.Pow(back, .45)))
	return colour.mix(air(along), .3*(1-math.Exp(-dist/60)))
}
