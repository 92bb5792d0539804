package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// grain is a point of a surface: in metres, along it (u) and up or away from the camera (v), from the surface's own corner as
// shares of its size (s, t), and how much of a fine pattern can be seen there, 0 to 1.
type grain struct {
	u, v, s, t float64
	fine       float64
	seed       uint32
}

// material returns the colour of a surface at a point, unlit.
type material func(m surface, g grain) rgb

// materials by their names in plans.txt.
var materials = map[string]material{
	"flat":    func(m surface, g grain) rgb { return m.b.to(m.a, g.t) },
	"glow":    func(m surface, g grain) rgb { return m.b.to(m.a, g.t) }, // it shines
	"across":  func(m surface, g grain) rgb { return m.b.to(m.a, bump(float64(1.7*g.s)-0.75)) },
	"plaster": plaster,
	"stripes": stripes,
	"boards":  func(m surface, g grain) rgb { return boards(m, g.u, g.v, g) },
	"planks":  func(m surface, g grain) rgb { return boards(m, g.v, g.u, g) },
	"tiles":   tiles,
	"bricks":  bricks,
	"checks":  checks,
	"panels":  panels,
	"folds":   folds,
	"books":   books,
	"balls":   balls,
	"crowd":   crowd,
	"marble":  marble,
	"metal": func(m surface, g grain) rgb {
		return m.a.to(m.b, float64(0.5*fp.FractalNoise(g.u*1.5, g.v*60, 2, g.seed))+float64(0.5*g.s))
	},
	"facade":  facade,
	"mown":    mown,
	"cobbles": cobbles,
	"asphalt": asphalt,
}

// fraction returns the distance of v from the whole number below it.
func fraction(v float64) float64 { return v - math.Floor(v) }

// joint returns 1 in the joints of a grid of a size, thick of it wide, and 0 between them.
func joint(v, thick float64) float64 {
	d := 0.5 - math.Abs(fraction(v)-0.5)
	return fp.Smoothstep(thick, float64(thick*0.4), d)
}

func plaster(m surface, g grain) rgb {
	return m.a.to(m.b, fp.FractalNoise(g.u/m.size*1.3, g.v/m.size*1.3, 4, g.seed))
}

func stripes(m surface, g grain) rgb {
	d := math.Abs(fraction(g.u/float64(2*m.size))-0.5) - 0.25
	return m.a.to(m.b, fp.Smoothstep(-0.012, 0.012, d))
}

// boards draws boards along v, each of its own shade, with grain.
func boards(m surface, u, v float64, g grain) rgb {
	n := math.Floor(u / m.size)
	shift := float64(3.1 * fp.Random(int(n), 1, g.seed))
	length := math.Floor((v + shift) / 1.9)
	shade := fp.Random(int(n), int(length), g.seed+1)
	vein := fp.FractalNoise(u/m.size*5, float64(v*0.9)+float64(n*7), 3, g.seed+2)
	c := m.a.to(m.b, fp.Clamp(float64(0.55*shade)+float64(0.8*g.fine*(vein-0.5))+0.2, 0, 1))
	seam := max(joint(u/m.size, 0.03), float64(0.7*joint((v+shift)/1.9, float64(0.003/m.size))))
	return c.times(1 - float64(0.38*seam*g.fine))
}

func tiles(m surface, g grain) rgb {
	seam := max(joint(g.u/m.size, 0.035), joint(g.v/m.size, 0.035))
	i, k := int(math.Floor(g.u/m.size)), int(math.Floor(g.v/m.size))
	c := m.a.times(0.97 + float64(0.05*fp.Random(i, k, g.seed)) + float64(0.03*fraction(g.v/m.size)))
	return c.to(m.b, float64(seam*g.fine))
}

func bricks(m surface, g grain) rgb {
	row := math.Floor(g.v / m.size)
	u := g.u/float64(m.size*2.6) + float64(0.5*math.Mod(math.Abs(row), 2))
	seam := max(joint(g.v/m.size, 0.09), joint(u, 0.035))
	shade := fp.Random(int(math.Floor(u)), int(row), g.seed)
	rough := fp.FractalNoise(g.u*14, g.v*14, 2, g.seed+1)
	return m.a.times(0.78+float64(0.3*shade)+float64(0.25*(rough-0.5))).to(m.b, float64(seam*g.fine))
}

func checks(m surface, g grain) rgb {
	i, k := math.Floor(g.u/m.size), math.Floor(g.v/m.size)
	even := math.Mod(math.Abs(i+k), 2) < 0.5
	a, b := m.a, m.b
	if !even {
		a, b = b, a
	}
	a = a.times(0.95 + float64(0.1*fp.FractalNoise(g.u*1.4, g.v*1.4, 3, g.seed)))
	blurred := m.a.to(m.b, 0.5)
	edge := max(joint(g.u/m.size, 0.02), joint(g.v/m.size, 0.02))
	return blurred.to(a.to(b, float64(0.4*edge)), g.fine)
}

// panels draws fields with a bevelled frame: doors of cupboards, and the lower part of old walls.
func panels(m surface, g grain) rgb {
	u, v := fraction(g.u/m.size), g.t
	aspect := 0.16
	d := min(min(u, 1-u), float64(min(v, 1-v)*1.2))
	gap := fp.Smoothstep(0.02, 0.008, min(u, 1-u))
	ridge := bump((d - aspect) / 0.05)
	light := 0.02
	if v > 1-aspect-0.06 || u < aspect+0.05 {
		light = -0.2
	}
	return m.a.times(1-float64(0.45*gap)+float64(ridge*(light-0.08))).to(m.b, float64(0.22*fp.Smoothstep(1, 0, v)))
}

// folds draws cloth that hangs.
func folds(m surface, g grain) rgb {
	bend := float64(0.5 * fp.FractalNoise(g.u/m.size*0.5, g.v*0.25, 2, g.seed))
	sin, _ := fp.SinCos(float64(tau * (fraction(float64(g.u/m.size)+bend) - 0.5)))
	sin2, _ := fp.SinCos(float64(tau * (fraction(float64(g.u/m.size*1.7)+float64(bend*2)) - 0.5)))
	return m.b.to(m.a, fp.Clamp(fp.MulAdd(sin, 0.36, float64(sin2*0.16))+0.5, 0, 1)).times(0.86 + float64(0.14*g.t))
}

// books draws shelves of books: b is the wood.
func books(m surface, g grain) rgb {
	row := math.Floor(g.v / m.size)
	v := fraction(g.v / m.size)
	thin := m.size * 0.13
	n := int(math.Floor(g.u/thin + float64(5*fp.Random(int(row), 9, g.seed))))
	tall := 0.6 + float64(0.28*fp.Random(n, int(row), g.seed))
	covers := []rgb{{150, 52, 44}, {44, 82, 110}, {206, 178, 120}, {62, 92, 70}, {92, 58, 84}, {188, 116, 54}, {70, 62, 58}, {222, 214, 196}}
	switch {
	case v < 0.09:
		return m.b.times(1.15)
	case v > tall+0.09 || fp.Random(n/7, int(row), g.seed+4) > 0.86:
		return m.b.times(0.42 + float64(0.2*v))
	}
	c := covers[fp.Hash(uint32(n), uint32(int(row)), g.seed)%uint32(len(covers))].to(m.a, 0.25)
	round := bump(float64(2*fraction(g.u/thin+float64(5*fp.Random(int(row), 9, g.seed)))) - 1)
	band := bump((v - 0.3) / 0.04)
	return c.times(0.62+float64(0.38*round)).to(rgb{226, 196, 120}, float64(0.5*band))
}

// balls draws heaps of round things of two colours: fruit.
func balls(m surface, g grain) rgb {
	row := math.Floor(g.v / float64(m.size*0.8))
	u := g.u/m.size + float64(0.5*math.Mod(math.Abs(row), 2))
	n := math.Floor(u)
	x, y := fraction(u)-0.5, fraction(g.v/float64(m.size*0.8))-0.45
	c := m.a.to(m.b, fp.Random(int(n), int(row), g.seed))
	d := hypot(x, float64(y*0.9))
	shade := 1.1 - float64(0.9*hypot(x+0.12, y-0.16))
	return m.a.times(0.3).to(c.times(shade), fp.Smoothstep(0.52, 0.44, d)).to(rgb{255, 255, 255}, float64(0.5*bump(hypot(x+0.15, y-0.2)/0.12)))
}

// crowd draws rows of heads and shoulders, the nearer over the farther.
func crowd(m surface, g grain) rgb {
	c := m.b
	shirts := []rgb{{196, 60, 54}, {232, 226, 214}, {50, 84, 150}, {224, 178, 60}, {60, 66, 78}, {96, 142, 90}, {214, 126, 60}}
	skins := []rgb{{236, 190, 156}, {198, 142, 104}, {128, 84, 58}, {246, 210, 180}}
	row0 := math.Floor(g.v / m.size)
	for _, row := range []float64{row0 + 1, row0} {
		v := g.v/m.size - row
		u := g.u/float64(m.size*0.8) + float64(0.5*math.Mod(math.Abs(row), 2)) + float64(0.31*row)
		n := int(math.Floor(u))
		if fp.Random(n, int(row), g.seed) > 0.94 {
			continue
		}
		x := fraction(u) - 0.5 + float64(0.14*(fp.Random(n, int(row), g.seed+1)-0.5))
		up := v - float64(0.16*fp.Random(n, int(row), g.seed+2))
		shirt := shirts[fp.Hash(uint32(n), uint32(int(row)), g.seed+3)%uint32(len(shirts))].to(m.a, 0.2)
		skin := skins[fp.Hash(uint32(n), uint32(int(row)), g.seed+5)%uint32(len(skins))]
		c = c.to(shirt.times(0.9), fp.Smoothstep(0.02, -0.02, hypot(float64(x/0.42), float64((up-0.18)/0.36))-1))
		c = c.to(skin, fp.Smoothstep(0.1, -0.1, hypot(float64(x/0.17), float64((up-0.66)/0.2))-1))
		c = c.to(rgb{52, 38, 32}, float64(fp.Smoothstep(0.1, -0.1, hypot(float64(x/0.18), float64((up-0.74)/0.16))-1)*fp.Smoothstep(0.66, 0.72, up)))
	}
	return c
}

func marble(m surface, g grain) rgb {
	bend := fp.FractalNoise(g.u/m.size*1.1, g.v/m.size*1.1, 4, g.seed)
	n := math.Abs(fp.FractalNoise(float64(g.u/m.size*0.9)+float64(bend*1.6), float64(g.v/m.size*1.3)+bend, 5, g.seed+1) - 0.5)
	cloud := fp.FractalNoise(g.u/m.size*2, g.v/m.size*2, 3, g.seed+2)
	return m.a.to(m.b, float64(0.8*fp.Smoothstep(0.045, 0.0, n))+float64(0.22*fp.Smoothstep(0.45, 0.75, cloud)))
}

// facade draws a wall with rows of windows: b is the glass.
func facade(m surface, g grain) rgb {
	u, v := g.u/m.size, g.v/float64(m.size*1.25)
	x, y := math.Abs(fraction(u)-0.5), math.Abs(fraction(v)-0.5)
	wall := m.a.times(0.94 + float64(0.12*fp.FractalNoise(g.u*3, g.v*3, 3, g.seed)))
	frame := max(x-0.27, float64((y-0.34)*1.2))
	c := wall.to(m.a.to(rgb{255, 255, 255}, 0.55), fp.Smoothstep(0.045, 0.03, frame))
	pane, lit := facadePane(m, g)
	return c.to(m.b.times(0.75+float64(0.5*lit)), pane)
}

// facadePane returns how much of a window's glass is at a point of a facade, and a number of 0 to 1 of that window.
func facadePane(m surface, g grain) (pane, lit float64) {
	u, v := g.u/m.size, g.v/float64(m.size*1.25)
	x, y := math.Abs(fraction(u)-0.5), math.Abs(fraction(v)-0.5)
	frame := max(x-0.27, float64((y-0.34)*1.2))
	d := max(frame, 0.012-x, 0.01-math.Abs(fraction(v)-0.62))
	return fp.Smoothstep(0.0, -0.012, d), fp.Random(int(math.Floor(u)), int(math.Floor(v)), g.seed)
}

// mown draws a lawn in stripes.
func mown(m surface, g grain) rgb {
	sin, _ := fp.SinCos(float64(tau * fraction(g.v/float64(m.size*2))))
	blade := fp.FractalNoise(g.u*6, g.v*6, 3, g.seed)
	return m.a.to(m.b, fp.Smoothstep(-0.2, 0.2, sin)).times(0.9 + float64(0.2*g.fine*blade))
}

func cobbles(m surface, g grain) rgb {
	row := math.Floor(g.v / m.size)
	u := g.u/m.size + float64(0.5*math.Mod(math.Abs(row), 2))
	x, y := fraction(u)-0.5, fraction(g.v/m.size)-0.5
	d := max(math.Abs(x), math.Abs(y)) + float64(0.35*hypot(x, y))
	shade := fp.Random(int(math.Floor(u)), int(row), g.seed)
	stone := m.a.to(m.b, shade)
	return m.a.to(m.b, 0.5).times(0.94).to(stone.to(m.a.times(0.55), fp.Smoothstep(0.5, 0.66, d)), g.fine)
}

func asphalt(m surface, g grain) rgb {
	return m.a.to(m.b, fp.FractalNoise(g.u*0.8, g.v*0.8, 4, g.seed)).times(0.9 + float64(0.2*g.fine*fp.Noise(g.u*30, g.v*30, g.seed+1)))
}
