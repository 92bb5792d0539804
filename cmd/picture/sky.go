package main

import "math"

// sun is the direction to the sun: low, behind the camera's left shoulder, so that peaks are lit and valleys are not.
var sun = vec{-.80, .175, -.42}.unit()

// sky is the colour of the sky along a direction. Stars are left out where they would only flicker.
func sky(along vec, stars bool) vec {
	up := clamp(along.y)
	colour := vec{.92, .50, .36}. // peach on the horizon, through rose and violet, to night
					mix(vec{.72, .36, .44}, smooth(.0, .1, up)).
					mix(vec{.30, .26, .50}, smooth(.05, .23, up)).
					mix(vec{.085, .125, .33}, smooth(.14, .42, up)).
					mix(vec{.03, .05, .17}, smooth(.3, .66, up))
	glow := math.Exp(-12 * ((along.x-.22)*(along.x-.22) + 3.5*up*up))
	colour = colour.add(vec{.75, .36, .10}.scale(.55 * glow))
	if stars {
		colour = colour.add(starlight(along).scale(smooth(.2, .5, up)))
	}
	return clouds(along, colour)
}

// clouds lays two sheets of them over the sky, lit from below.
func clouds(along, behind vec) vec {
	if along.y < .02 {
		return behind
	}
	x, z := along.x/(along.y+.1), along.z/(along.y+.1)
	warp := fractal(x*.7+3, z*.5, 4)
	streak := fractal(x*.55+1.4*warp+2, z*1.5+.8*warp+9, 7)
	puff := fractal(x*1.1+warp+30, z*2.1+4, 7)
	thick := smooth(-.02, .22, streak+.35*puff+.06) * smooth(.02, .12, along.y) * (1 - .75*smooth(.3, .6, along.y))
	under := vec{1.25, .52, .36}.mix(vec{.62, .34, .46}, smooth(.1, .45, along.y)) // lit by the sun from beneath
	shade := vec{.26, .21, .36}
	edge := smooth(-.14, .16, fractal(x*1.4+2*warp+.2, z*2.6+7, 6)-streak*.5)
	return behind.mix(shade.mix(under, .25+.75*edge), .85*thick)
}

// starlight is the brightness of the stars along a direction: at most one in each cell of a grid, few of them bright.
func starlight(along vec) vec {
	const cells = 130
	x, y := along.x/along.z*cells, along.y/along.z*cells
	i, j := int(math.Floor(x)), int(math.Floor(y))
	if hash(i+901, j) < .87 {
		return vec{}
	}
	cx, cy := float64(i)+.2+.6*hash(i, j+77), float64(j)+.2+.6*hash(i+31, j)
	bright := math.Pow(hash(i+5, j+13), 6)
	d2 := (x-cx)*(x-cx) + (y-cy)*(y-cy)
	warm := hash(i+2, j+3)
	return vec{.9 + .2*warm, .95, 1.15 - .2*warm}.scale((.25 + 2.4*bright) * math.Exp(-d2*90))
}
