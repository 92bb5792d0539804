package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// sky draws the farthest layer: gradient, sun or moon, stars and everything else in the sky.
func (s *scene) sky() shader {
	parts := []func(x, y float64, c rgb) rgb{}
	add := func(thing string, part func(x, y float64, c rgb) rgb) {
		if s.has(thing) {
			parts = append(parts, part)
		}
	}
	add("milkyway", s.milkyWay)
	add("nebula", s.nebula)
	add("stars", s.stars)
	add("aurora", s.aurora)
	add("meteor", s.meteors)
	add("sun", s.sun)
	add("moon", s.moon)
	add("planet", s.planet)
	return func(x, y float64) (rgb, float64) {
		c := s.gradient(x, y)
		for _, p := range parts {
			c = p(x, y, c)
		}
		return c, 1
	}
}

// gradient returns the empty sky, brighter towards the sun.
func (s *scene) gradient(x, y float64) rgb {
	switch s.hour {
	case "abstract":
		return s.ribbons(x, y)
	case "studio":
		// A backdrop with a soft light in its middle.
		return s.top.to(s.mid, bump(hypot(x-s.subjectX, y+0.05)/1.1)).to(s.low, 0.6*bump(hypot(x-s.subjectX, y)/0.7))
	case "deep":
		return s.depths(x, y)
	}
	up := s.horizon - y
	c := s.low.to(s.mid, fp.Smoothstep(0, 0.28, up)).to(s.top, fp.Smoothstep(0.16, 0.75, up))
	if s.hour == "space" {
		return c
	}
	glow := 0.35 * bump(hypot(x-s.sunX, float64(1.4*(y-s.sunY)))/0.9)
	if s.hour == "night" && !s.has("moon") || s.hour == "overcast" || s.hour == "storm" {
		glow *= 0.2
	}
	return c.to(s.sunlight, glow)
}

// ribbons returns bands of colour folded into one another.
func (s *scene) ribbons(x, y float64) rgb {
	u := fp.FractalNoise(x*1.1, y*1.1, 4, s.seed)
	v := fp.FractalNoise(fp.MulAdd(u, 3.1, x), fp.MulAdd(u, 2.3, y), 4, s.seed+7)
	w := fp.FractalNoise(fp.MulAdd(v, 2.7, x*1.6), fp.MulAdd(v, 3.3, y*1.6), 3, s.seed+13)
	c := s.top.to(s.mid, fp.Smoothstep(0.3, 0.62, v)).to(s.low, fp.Smoothstep(0.5, 0.75, w))
	band, _ := fp.SinCos(fp.MulAdd(w, 46, float64(v*18)))
	return c.times(fp.MulAdd(band, 0.08, 0.92)).to(s.sunlight, 0.5*fp.Smoothstep(0.66, 0.8, w))
}

// stars adds points of different brightness, most of them faint.
func (s *scene) stars(x, y float64, c rgb) rgb {
	c = s.starfield(x, y, 0.028, 0.0016, 1, s.seed+20, c)
	return s.starfield(x, y, 0.012, 0.0011, 0.45, s.seed+21, c)
}

func (s *scene) starfield(x, y, size, radius, strength float64, seed uint32, c rgb) rgb {
	ix, iy := int(math.Floor(x/size)), int(math.Floor(y/size))
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			luck := fp.Random(ix+dx, iy+dy, seed)
			if luck < 0.45 {
				continue
			}
			px := float64((float64(ix+dx) + fp.Random(ix+dx, iy+dy, seed+1)) * size)
			py := float64((float64(iy+dy) + fp.Random(ix+dx, iy+dy, seed+2)) * size)
			rank := (luck - 0.45) / 0.55
			rank = float64(float64(rank*rank) * float64(rank*rank))
			d := hypot(x-px, y-py) / float64(radius*fp.MulAdd(rank, 1.3, 1))
			if d < 3 {
				k := float64(strength*fp.MulAdd(rank, 0.75, 0.25)) * fp.Exp(-float64(d*d))
				k *= fp.Smoothstep(-0.02, 0.12, s.horizon-y+float64(fp.Random(ix+dx, iy, seed)*0.04))
				if s.hour == "space" {
					k = float64(strength*fp.MulAdd(rank, 0.75, 0.25)) * fp.Exp(-float64(d*d))
				}
				hue := rgb{255, 255, 255}.to(rgb{170, 200, 255}, fp.Random(ix+dx, iy+dy, seed+3)).to(rgb{255, 214, 170}, fp.Smoothstep(0.7, 1, fp.Random(ix+dx, iy+dy, seed+4)))
				c = c.to(hue, min(1, k))
			}
		}
	}
	return c
}

// milkyWay adds an arch of faint light over the horizon, with lanes of dust and more stars than elsewhere.
func (s *scene) milkyWay(x, y float64, c rgb) rgb {
	// The arch is part of a wide ellipse round a point below the horizon.
	cx := float64(-0.25 * s.sunX)
	u, v := (x-cx)/1.25, (y-s.horizon-0.12)/0.62
	off := (hypot(u, v) - 0.86) / 0.22
	warp := fp.FractalNoise(x*3, y*3, 4, s.seed+30)
	off += float64(0.9 * (warp - 0.5))
	body := bump(off)
	if body == 0 {
		return c
	}
	grain := fp.FractalNoise(x*7, y*7, 5, s.seed+31)
	lane := float64(fp.Smoothstep(0.42, 0.62, fp.FractalNoise(float64(x*5)+9, float64(y*5), 5, s.seed+32)) * bump(off/0.55))
	k := float64(float64(body*fp.MulAdd(grain, 1.1, 0.1)) * (1 - float64(0.8*lane)))
	k *= fp.Smoothstep(-0.01, 0.12, s.horizon-y)
	hue := rgb{150, 170, 230}.to(rgb{250, 214, 190}, bump(off/0.6))
	c = c.plus(hue, 0.48*k)
	return s.starfield(x, y, 0.0075, 0.001, float64(0.7*k), s.seed+33, c)
}

func (s *scene) nebula(x, y float64, c rgb) rgb {
	a := fp.FractalNoise(x*1.6, y*1.6, 6, s.seed+40)
	b := fp.FractalNoise(fp.MulAdd(a, 2, x*2), y*2, 6, s.seed+41)
	d := fp.RidgedNoise(x*2.4, y*2.4, 5, s.seed+42)
	c = c.plus(rgb{60, 30, 160}, fp.Smoothstep(0.35, 0.8, a))
	c = c.plus(rgb{230, 60, 140}, 0.6*fp.Smoothstep(0.45, 0.85, b))
	c = c.plus(rgb{60, 170, 220}, float64(0.7*fp.Smoothstep(0.5, 0.9, d)*fp.Smoothstep(0.4, 0.7, a)))
	return c.plus(rgb{255, 220, 180}, float64(0.8*fp.Smoothstep(0.62, 0.9, float64(a*b)*2)))
}

// aurora adds curtains of light: a wavy lower edge and rays that fade upwards, green below and purple above.
func (s *scene) aurora(x, y float64, c rgb) rgb {
	for i := range 3 {
		seed := s.seed + 50 + uint32(10*i)
		base := s.horizon - 0.16 - float64(float64(i)*0.09) + float64(0.3*(fp.FractalNoise(float64(x*1.3)+float64(i), 0.5, 3, seed)-0.5))
		up := base - y
		if up < -0.03 {
			continue
		}
		tall := fp.MulAdd(fp.FractalNoise(x*5, 3, 3, seed+3), 0.34, 0.08)
		ray := fp.MulAdd(fp.FractalNoise(x*26, float64(y*0.7), 3, seed+5), 0.9, 0.25)
		k := float64(float64(fp.Smoothstep(-0.03, 0.012, up)*fp.Exp(-max(0, up)/tall*1.6))*ray) * fp.MulAdd(fp.FractalNoise(x*2, 8, 2, seed+7), 1.6, -0.25)
		c = c.plus(rgb{40, 235, 140}.to(rgb{150, 60, 210}, fp.Smoothstep(0.05, 0.4, up)), fp.Clamp(k*0.85, 0, 1))
	}
	return c
}

// rainbow draws a rainbow before the clouds, opposite the sun.
func (s *scene) rainbow(x, y float64) (rgb, float64) {
	d := (hypot(x+s.sunX, y-s.horizon-0.1) - 0.55) / 0.075
	if d < 0 || d > 1 {
		return s.low, 0
	}
	hue := rgb{120, 60, 200}.to(rgb{40, 120, 255}, fp.Smoothstep(0.05, 0.3, d)).to(rgb{60, 210, 90}, fp.Smoothstep(0.3, 0.5, d)).to(rgb{255, 225, 60}, fp.Smoothstep(0.5, 0.7, d)).to(rgb{240, 50, 40}, fp.Smoothstep(0.72, 0.92, d))
	return hue, float64(0.5*fp.Smoothstep(0, 0.15, d)) * fp.Smoothstep(1, 0.85, d)
}

func (s *scene) meteors(x, y float64, c rgb) rgb {
	for i := range 4 {
		px := fp.MulAdd(fp.Random(i, 1, s.seed+60)-0.5, 1.4, 0.1)
		py := fp.MulAdd(fp.Random(i, 2, s.seed+60), -0.35, -0.08)
		// The trail runs up to the right at a slope of one half.
		along := float64((x-px)*0.894) - float64((y-py)*0.447)
		across := float64((x-px)*0.447) + float64((y-py)*0.894)
		length := fp.MulAdd(fp.Random(i, 3, s.seed+60), 0.2, 0.16)
		if along > 0 && along < length {
			k := bump(across/fp.MulAdd(-0.0035, along/length, 0.0042)) * (1 - along/length)
			c = c.to(rgb{255, 250, 235}, k)
		}
	}
	return c
}

func (s *scene) sun(x, y float64, c rgb) rgb {
	d := hypot(x-s.sunX, y-s.sunY)
	r := 0.045
	if s.hour == "sunset" || s.hour == "dawn" {
		r = 0.075
	}
	c = c.to(s.sunlight, float64(0.75*fp.Exp(-d/0.1))).to(rgb{255, 250, 236}, 0.5*fp.Exp(-d/0.035))
	return c.to(rgb{255, 252, 240}.to(s.sunlight, fp.Smoothstep(0, r, d)*0.35), fp.Smoothstep(r, r-0.0025, d))
}

// moon adds a disc with dark seas and craters, lit a little from the side.
func (s *scene) moon(x, y float64, c rgb) rgb {
	const r = 0.062
	mx, my := s.moonAt()
	u, v := (x-mx)/r, (y-my)/r
	d := hypot(u, v)
	c = c.plus(s.sunlight, float64(0.2*fp.Exp(-d/3))).plus(s.sunlight, float64(0.22*fp.Exp(-d/1.1)))
	if d > 1.1 {
		return c
	}
	bulge := math.Sqrt(max(0, 1-float64(d*d)))
	face := fp.MulAdd(fp.FractalNoise(float64(u*2.6)+3, float64(v*2.6), 5, 9), -46, 252) - float64(44*fp.Smoothstep(0.44, 0.7, fp.FractalNoise(float64(u*1.6)+7.3, float64(v*1.6)+2.1, 4, 4)))
	face *= fp.MulAdd(bulge, 0.2, 0.82)
	return c.to(rgb{face, float64(face * 0.985), float64(face * 0.94)}, fp.Smoothstep(1.02, 0.97, d))
}

// moonAt returns the moon's position: that of the scene's light, unless the sun is there.
func (s *scene) moonAt() (x, y float64) {
	if s.has("sun") {
		return float64(-0.8 * s.sunX), min(s.sunY, -0.24)
	}
	return s.sunX, s.sunY
}

// planet adds a planet with bands, a shadow and a ring.
func (s *scene) planet(x, y float64, c rgb) rgb {
	r := 0.24
	px, py := float64(-s.sunX*0.9), -0.04
	u, v := (x-px)/r, (y-py)/r
	ringU, ringV := fp.MulAdd(u, 0.97, float64(-0.24*v)), fp.MulAdd(u, 0.24, float64(0.97*v))*3.4
	ring := hypot(ringU, ringV)
	d := hypot(u, v)
	band, _ := fp.SinCos(fp.MulAdd(fp.FractalNoise(u*1.5, v*4, 4, s.seed+70), 5, fp.MulAdd(v, 9, float64(u*2))))
	body := s.globe().times(fp.MulAdd(band, 0.16, 0.84))
	sun := fp.Clamp(fp.MulAdd(u, 0.75*sign(s.sunX), float64(-0.45*v))+float64(0.55*math.Sqrt(max(0, 1-float64(d*d)))), 0.02, 1)
	c = c.plus(s.globe(), float64(0.5*bump((d-1)/0.14)*max(0.1, sun)))
	c = c.to(body.times(sun*1.15), fp.Smoothstep(1.004, 0.992, d))
	hue := rgb{225, 205, 175}.times(fp.MulAdd(fp.FractalNoise(ring*16, 1, 3, s.seed+71), 0.7, 0.5))
	k := float64(fp.Smoothstep(1.35, 1.42, ring)*fp.Smoothstep(2.15, 2.05, ring)) * 0.75
	if d < 1 && ringV < 0 {
		k = 0
	}
	return c.to(hue, k)
}

func (s *scene) globe() rgb {
	colours := []rgb{{222, 150, 96}, {96, 140, 220}, {206, 182, 140}, {190, 90, 70}, {110, 180, 170}}
	return colours[s.seed%uint32(len(colours))]
}

// lightning draws a bolt out of the clouds, which light up around it.
func (s *scene) lightning(x, y float64) (rgb, float64) {
	px := s.subjectX + float64(0.2*(fp.FractalNoise(y*6, 1, 5, s.seed+80)-0.5)) + float64(0.05*(fp.FractalNoise(y*40, 2, 3, s.seed+81)-0.5))
	k := fp.Smoothstep(s.horizon+0.01, s.horizon-0.02, y)
	d := math.Abs(x - px)
	return blendOver(rgb{186, 188, 255}, float64(0.45*k)*bump(d/0.24)*bump(d/0.24), rgb{250, 248, 255}, float64(k*fp.Smoothstep(0.0045, 0.0015, d)))
}

// clouds draws clouds on a ceiling that comes down to the horizon in the distance.
func (s *scene) clouds() shader {
	amount, dark := 0.5, 0.0
	switch s.hour {
	case "overcast":
		amount, dark = 0.28, 0.25
	case "storm":
		amount, dark = 0.22, 0.65
	}
	lit := s.low.to(s.sunlight, 0.6).to(rgb{255, 255, 255}, s.bright*0.5)
	if s.hour == "night" {
		lit = s.mid.times(1.8)
	}
	under := s.mid.to(s.shadow, 0.35+float64(dark*0.5))
	return func(x, y float64) (rgb, float64) {
		up := s.horizon - y + 0.13
		if up < 0.06 {
			return lit, 0
		}
		u, v := x/up*0.62, 0.5/up
		n := fp.FractalNoise(u*1.5, v*2.6, 6, s.seed+90)
		a := fp.Smoothstep(amount, amount+0.22, n) * fp.Smoothstep(0.1, 0.24, up)
		if a == 0 {
			return lit, 0
		}
		n2 := fp.FractalNoise(fp.MulAdd(0.12, s.sunX-x, u*1.5), (v+0.1)*2.6, 5, s.seed+90)
		c := under.to(lit, fp.Clamp(fp.MulAdd(n-n2, 3.2, 0.55)-float64(dark*0.7), 0, 1))
		return c.to(s.low, fp.Smoothstep(0.3, 0.08, up)*0.6), a * 0.94
	}
}

// fog draws fog over the ground that thins upwards.
func (s *scene) fog() shader {
	c := s.low.to(s.mid, 0.3).to(rgb{220, 226, 232}, 0.35*s.bright)
	return func(x, y float64) (rgb, float64) {
		n := fp.FractalNoise(x*1.6, y*5, 4, s.seed+95)
		k := bump((y-s.horizon-0.02)/0.42) * fp.MulAdd(n, 1.1, 0.25)
		return c, fp.Clamp(k, 0, 0.85)
	}
}
