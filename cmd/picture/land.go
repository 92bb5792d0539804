package main

import "math"

// far is where the land ends.
const far = 190

// height is the land's height above the lake; below 0 it is the lake's bed. More octaves show finer rocks.
func height(x, z float64, octaves int) float64 {
	// Octaves count less where the land is steep already, as if water had worn it: after I. Quilez, "value noise derivatives".
	px, pz := x*0.042+11.7, z*0.042+4.2
	sum, strength, sx, sz := 0., 1., 0., 0.
	for range octaves {
		v, dx, dz := noise(px, pz)
		sx, sz = sx+dx, sz+dz
		sum += strength * v / (1 + sx*sx + sz*sz)
		strength /= 2
		px, pz = 1.6*px-1.2*pz, 1.2*px+1.6*pz
	}
	shore := 27 + 5*math.Sin(x*0.16+1) + 2*math.Sin(x*0.43)
	rise := smooth(shore, 92, z)                                                      // the range behind the lake
	sides := smooth(9, 46, math.Abs(x-1)+6*fractal(x*.1, z*.1, 3)) * smooth(4, 30, z) // the valley's walls
	gap := 1 - 0.62*math.Exp(-(x-13)*(x-13)/260)                                      // a saddle right of the middle
	peak := 1 + 0.75*math.Exp(-((x+13)*(x+13)/330+(z-88)*(z-88)/900))
	lift := math.Max(rise*gap*peak, 0.62*sides)
	return -0.35 + lift*(6+24*sum) + 0.9*smooth(shore-3, shore+2, z)*lift
}

// hit follows a ray to the land. ok is false where it meets none.
func hit(from, along vec, octaves int) (at vec, dist float64, ok bool) {
	near, gap := 0., 0.
	for t := 1.; t < far; {
		p := from.add(along.scale(t))
		if p.y > 45 && along.y >= 0 {
			return vec{}, 0, false
		}
		above := p.y - height(p.x, p.z, octaves)
		if above < 0.0006*t {
			t = near + (t-near)*gap/(gap-above+1e-9) // between the last two steps
			p = from.add(along.scale(t))
			return p, t, true
		}
		near, gap = t, above
		t += max(0.32*above, 0.0025*t)
	}
	return vec{}, 0, false
}

// normal is the direction that the land faces at p, seen from dist away: far off, small rocks are averaged.
func normal(p vec, dist float64) vec {
	e := 0.0012 * dist
	return vec{height(p.x-e, p.z, 11) - height(p.x+e, p.z, 11), 2 * e, height(p.x, p.z-e, 11) - height(p.x, p.z+e, 11)}.unit()
}

// lit is how much of the sun reaches p, with soft edges: 0..1.
func lit(p vec) float64 {
	open := 1.
	for t := 0.4; t < 70; {
		q := p.add(sun.scale(t))
		if q.y > 36 {
			break
		}
		above := q.y - height(q.x, q.z, 7)
		if above < 0 {
			return 0
		}
		open = min(open, 22*above/t)
		t += max(0.45*above, 0.25)
	}
	return clamp(open)
}

// land is the colour of the ground at p, dist away from the eye.
func land(p, along vec, dist float64) vec {
	n := normal(p, dist)
	grain := fractal(p.x*3, p.z*3+p.y*2, 4)
	rock := vec{.105, .092, .09}.scale(1+1.6*grain).mix(vec{.16, .125, .105}, smooth(-.1, .25, fractal(p.x*.5, p.y*1.3, 4)))
	forest := vec{.016, .028, .02}.scale(1 + 3.2*fractal(p.x*6, p.z*6, 3))
	snow := vec{.74, .78, .86}.scale(1 + .2*grain)
	trees := smooth(.5, .74, n.y+.35*grain) * (1 - smooth(4.2, 6.2, p.y+5*fractal(p.x*.35, p.z*.35, 4)))
	white := smooth(.5, .68, n.y+.3*grain+.012*(p.y-14)) * smooth(6.5, 11, p.y+7*fractal(p.x*.3+5, p.z*.3, 4))
	ground := rock.mix(forest, trees).mix(snow, white)
	ground = ground.mix(vec{.07, .06, .05}, 1-smooth(.02, .22, p.y)) // wet stones at the shore

	direct := clamp(n.dot(sun)) * lit(p.add(n.scale(.05)))
	light := vec{.19, .24, .40}.scale(.5 + .5*n.y). // the sky's blue
							add(vec{.20, .11, .12}.scale(clamp(.5-.5*n.z) * .5)). // the west's afterglow
							add(vec{3.1, 1.22, .62}.scale(direct))
	colour := ground.mul(light)

	haze := 1 - math.Exp(-math.Pow(dist/135, 1.5)*math.Exp(-.055*max(p.y, 0)))
	low := (1 - math.Exp(-dist/95)) * math.Exp(-1.5*max(p.y, 0)) // mist on the water
	return colour.mix(air(along), clamp(.8*haze+.45*low))
}

// air is the colour of the haze along a direction: the low sky's, with the blue of the shade.
func air(along vec) vec {
	return sky(vec{along.x, .03, along.z}.unit(), false).scale(.5).mix(vec{.24, .235, .40}, .62)
}
