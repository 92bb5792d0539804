package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// drawHorizon draws what is on the horizon, in three rows from far to near.
func (s *scene) drawHorizon() {
	for i := range 3 {
		row := s.horizonRow(i)
		if row == nil {
			continue
		}
		near := [3]float64{0.1, 0.2, 0.36}[i]
		top := s.horizon - 0.5
		if s.far == "volcano" || s.far == "skyline" {
			top -= 0.3
		}
		s.addLayer(raster.Layer{Near: raster.Nearness{Base: near}, Depth: float64(0.35 * near)}, 1, top, s.horizon+s.depthBelowHorizon(near), row)
	}
}

// depthBelowHorizon returns how far below the horizon the camera may see a layer of the nearness given, over the ground
// before it.
func (s *scene) depthBelowHorizon(near float64) float64 {
	if s.ground == "none" {
		return 0.16
	}
	most := 0.0
	for i := range 33 {
		p := s.take.Pose(float64(i)/32, false)
		most = max(most, math.Abs(p.Y)+float64(s.horizon*math.Abs(p.Z)))
	}
	return 0.03 + float64(near*most)
}

// horizonRow returns the shader of row i on the horizon, 0 the farthest; nil if there is none.
func (s *scene) horizonRow(i int) columnShader {
	switch s.far {
	case "mountains":
		return s.mountains(i)
	case "hills":
		return s.outline(i, 0.11, 0.9, s.hillside)
	case "dunes":
		f := field{base: s.horizon + 0.012 + float64(float64(i)*0.02), spread: 0.012, tall: [3]float64{0.19, 0.15, 0.1}[i],
			wide: [3]float64{0.85, 0.7, 0.55}[i], seed: s.seed + 270 + uint32(10*i)}
		return s.duneShader(f, func(c rgb) rgb { return s.haze(c, i) })
	case "forest":
		return s.forest(i)
	case "skyline":
		return s.skyline(i).columns()
	case "reef":
		return s.reef(i)
	case "cliffs":
		return s.cliffs(i)
	case "volcano":
		if i == 0 {
			return s.volcano()
		}
		return s.mountains(i + 1)
	}
	return nil
}

// haze returns a colour of row i as it looks through the air.
func (s *scene) haze(c rgb, i int) rgb {
	return c.to(s.low.to(s.mid, 0.55), [3]float64{0.62, 0.4, 0.2}[min(i, 2)])
}

// silhouette returns the opacity at y of a shape whose outline is at top.
func silhouette(y, top float64) float64 { return fp.Smoothstep(top-0.0012, top+0.0012, y) }

// outline draws a soft ridge of hills, coloured by shade.
func (s *scene) outline(i int, height, width float64, shade func(x, y, top float64, i int) rgb) columnShader {
	seed := s.seed + 200 + uint32(10*i)
	base := s.horizon + 0.005 + float64(float64(i)*0.012)
	size := float64(height * [3]float64{1, 0.75, 0.5}[i])
	return func(x float64) func(y float64) (rgb, float64) {
		top := base - float64(size*1.7*max(0, fp.FractalNoise(float64(x/width*1.6)+float64(9*i), 0.5, 4, seed)-0.22))
		return func(y float64) (rgb, float64) {
			if y < top-0.01 {
				return s.low, 0
			}
			return s.haze(shade(x, y, top, i), i), silhouette(y, top)
		}
	}
}

func (s *scene) hillside(x, y, top float64, i int) rgb {
	n := fp.FractalNoise(x*7, y*16, 4, s.seed+231)
	if s.has("snowcover") {
		return s.lit(rgb{200, 214, 236}.to(rgb{250, 252, 255}, n))
	}
	return s.lit(rgb{52, 92, 44}.to(rgb{130, 156, 74}, fp.Clamp(fp.MulAdd(n, 0.8, 0.5-float64(5*(y-top))), 0, 1)))
}

// mountains draws rock with snow on the heights and one side in the light.
func (s *scene) mountains(i int) columnShader {
	i = min(i, 2)
	seed := s.seed + 240 + uint32(10*i)
	base := s.horizon + 0.004 + float64(float64(i)*0.012)
	size := [3]float64{0.3, 0.18, 0.09}[i]
	rock, green, white := s.lit(rgb{92, 88, 92}), s.lit(rgb{64, 84, 58}), s.lit(rgb{236, 240, 250})
	if s.has("snowcover") {
		green = white.times(0.94)
	}
	crest := func(x float64) float64 {
		return base - float64(size*(float64(1.25*fp.RidgedNoise(float64(x*1.15)+float64(5*i), 0.7, 5, seed))-0.18))
	}
	return func(x float64) func(y float64) (rgb, float64) {
		top := crest(x)
		return func(y float64) (rgb, float64) {
			if y < top-0.01 {
				return s.low, 0
			}
			// The light comes from the side of the sun: a slope is bright if the relief rises away from it. Right below the
			// sun it comes from behind the crest, so that the two sides meet without a seam.
			dx := float64(0.012 * fp.Clamp(float64(4*(s.sunX-x)), -1, 1))
			relief := fp.RidgedNoise(x*3.1, y*3.6, 5, seed+3)
			facing := float64((relief - fp.RidgedNoise(fp.MulAdd(1, dx, x)*3.1, fp.MulAdd(0.012, -1, y)*3.6, 5, seed+3)) * 7)
			c := rock.to(green, fp.Smoothstep(0.07, 0.15, y-top))
			snow := fp.Smoothstep(0.02, -0.02, y-top-float64(0.34*size)+float64(0.1*(fp.FractalNoise(x*12, y*12, 4, seed+5)-0.5)))
			if i < 2 || s.has("snowcover") {
				c = c.to(white, float64(snow*0.95))
			}
			c = c.times(fp.Clamp(0.88+facing, 0.5, 1.3))
			return s.haze(c, i), silhouette(y, top)
		}
	}
}

// forest draws a row of firs on a slope.
func (s *scene) forest(i int) columnShader {
	seed := s.seed + 300 + uint32(10*i)
	base := s.horizon + 0.01 + float64(float64(i)*0.02)
	tall := [3]float64{0.06, 0.1, 0.17}[i]
	return func(x float64) func(y float64) (rgb, float64) {
		ground := base - float64(tall*1.2*(fp.FractalNoise(float64(x*0.9)+float64(i), 0.5, 3, seed)-0.4))
		size := float64(tall * 0.3)
		n := int(math.Floor(x / size))
		type tree struct {
			h, x float64
			c    rgb
		}
		var trees [5]tree
		for k := range trees {
			m := n + k - 2
			px := float64((float64(m) + fp.Random(m, 2, seed)) * size)
			lit := fp.Clamp(float64(fp.Random(m, 3, seed)*0.6)+float64(float64((x-px)*sign(s.sunX)/size)*0.5), 0, 1)
			trees[k] = tree{float64(tall * fp.MulAdd(fp.Random(m, 1, seed), 0.8, 0.5)), x - px, s.haze(s.lit(rgb{16, 38, 24}.to(rgb{60, 92, 50}, lit)), i)}
		}
		slope := s.haze(s.lit(rgb{22, 44, 28}), i)
		return func(y float64) (rgb, float64) {
			c, a := slope, silhouette(y, ground)
			for _, t := range trees {
				if shape := fir(t.x, y-ground+t.h, t.h); shape > 0 {
					c, a = t.c, max(a, shape)
				}
			}
			return c, a
		}
	}
}

// fir returns the opacity of a fir tree of height h at x from its trunk and y below its top.
func fir(x, y, h float64) float64 {
	if y < 0 || y > h {
		return 0
	}
	t := y / h
	// Branches in tiers, each wider than the one above.
	tier := float64(t*7) - math.Floor(float64(t*7))
	half := float64(float64(h*0.21) * float64(t*fp.MulAdd(tier, 0.5, 0.62)))
	return fp.Smoothstep(half+0.001, half-0.001, math.Abs(x))
}

// skyline draws a row of buildings with windows, some of them lit.
func (s *scene) skyline(i int) shader {
	seed := s.seed + 330 + uint32(10*i)
	base := s.horizon + 0.06
	tall := [3]float64{0.62, 0.5, 0.3}[i]
	wide := [3]float64{0.07, 0.11, 0.17}[i]
	night := fp.Smoothstep(0.85, 0.4, s.bright)
	return func(x, y float64) (rgb, float64) {
		n := int(math.Floor(x / wide))
		in := x/wide - float64(n)
		luck := fp.Random(n, 1, seed)
		h := float64(tall * fp.MulAdd(float64(luck*luck), 0.7, 0.32) * fp.MulAdd(bump(x/1.2), 0.55, 0.5))
		top := base - h
		gap := float64(0.12 * fp.Random(n, 2, seed))
		// Some end in a step or a mast.
		if in > 0.3 && in < 0.7 && fp.Random(n, 3, seed) > 0.5 {
			top -= float64(0.1 * h)
		}
		if math.Abs(in-0.5) < 0.012 && fp.Random(n, 4, seed) > 0.7 {
			top -= float64(0.3 * h)
		}
		a := float64(silhouette(y, top) * fp.Smoothstep(gap-0.01, gap+0.01, in))
		a = max(a, silhouette(y, base-float64(0.025*tall)))
		wall := s.lit(rgb{74, 84, 104}.to(rgb{132, 120, 116}, fp.Random(n, 5, seed))).times(fp.MulAdd(in-0.5, 0.3*sign(s.sunX), 0.9))
		wx, wy := int(math.Floor(in*wide*140)), int(math.Floor((y-top)*96))
		fx, fy := float64(in*wide*140)-float64(wx), float64((y-top)*96)-float64(wy)
		pane := float64(fp.Smoothstep(0.16, 0.26, fx)*fp.Smoothstep(0.84, 0.74, fx)) * float64(fp.Smoothstep(0.18, 0.3, fy)*fp.Smoothstep(0.82, 0.7, fy))
		if wy < 1 || y > base {
			pane = 0
		}
		glass := s.mid.to(s.low, 0.4).times(0.8)
		if fp.Random(windowSeed(wx, n), wy, seed+6) < float64(0.5*night)+0.06 {
			glass = glass.to(rgb{255, 214, 140}.to(neon(n, seed), 0.35), 0.25+float64(0.75*night))
		} else {
			glass = glass.to(wall, 0.6)
		}
		c := s.haze(wall, i).to(glass, float64(pane*[3]float64{0.55, 0.8, 0.95}[i]))
		// A sign on some fronts.
		if i > 0 && fp.Random(n, 7, seed) > 0.55 {
			sign := bump((in-0.5)/0.16) * bump((y-top-float64(0.3*h))/float64(0.16*h))
			c = c.plus(neon(n, seed+1), float64(0.8*sign)*night)
		}
		return c, a
	}
}

// windowSeed returns different numbers for the windows of different buildings.
func windowSeed(window, house int) int { return window + 64*house }

// cliffs draws layered walls with flat tops.
func (s *scene) cliffs(i int) columnShader {
	seed := s.seed + 360 + uint32(10*i)
	base := s.horizon + 0.01 + float64(float64(i)*0.02)
	size := [3]float64{0.2, 0.26, 0.14}[i]
	red := rgb{188, 104, 66}
	if s.ground == "sea" || s.ground == "lake" {
		red = rgb{136, 128, 112}
	}
	return func(x float64) func(y float64) (rgb, float64) {
		n := fp.FractalNoise(float64(x*1.1)+float64(3*i), 0.5, 4, seed)
		top := base - float64(size*fp.MulAdd(fp.Smoothstep(0.42, 0.5, n), 0.7, 0.5*fp.Smoothstep(0.54, 0.6, n))) - float64(0.012*fp.Noise(x*24, 1, seed+1))
		return func(y float64) (rgb, float64) {
			if y < top-0.01 {
				return s.low, 0
			}
			// Layers of rock, and buttresses lit from the side of the light.
			band := fp.FractalNoise(fp.MulAdd(y, 2, x*0.8), y*34, 3, seed+2)
			stand := func(x float64) float64 {
				return fp.RidgedNoise(fp.MulAdd(fp.FractalNoise(x*3, y*9, 3, seed+4), 0.28, x*4.5), y*1.3, 4, seed+3)
			}
			light := float64((stand(x) - stand(x+float64(0.012*fp.Clamp(float64(4*(s.sunX-x)), -1, 1)))) * 5)
			c := s.lit(red.times(fp.MulAdd(band, 0.7, 0.58)))
			if s.ground == "sea" {
				turf := fp.Smoothstep(0.022, 0.006, y-top-float64(0.02*(fp.FractalNoise(x*14, 1, 3, seed+5)-0.5)))
				c = c.to(s.lit(rgb{86, 112, 62}), float64(turf*0.85))
			}
			return s.haze(c.times(fp.Clamp(0.92+light, 0.5, 1.35)), i), silhouette(y, top)
		}
	}
}

// volcano draws a cone with a glowing crater and streams of lava.
func (s *scene) volcano() columnShader {
	px, h := float64(s.subjectX*0.5), 0.36
	return func(x float64) func(y float64) (rgb, float64) {
		u := math.Abs(x - px)
		rough := float64(0.03 * (fp.FractalNoise(x*9, 0.5, 4, s.seed+390) - 0.5))
		top := s.horizon - h + max(0, float64((u-0.07)*0.75)) + float64(u*u*0.2) + rough
		if u < 0.07 {
			top = s.horizon - h + rough + float64(0.02*bump(u/0.07))
		}
		return func(y float64) (rgb, float64) {
			glow := bump(hypot(x-px, float64((y-s.horizon+h)*1.2))/0.3) * 0.7
			if y < top-0.004 {
				return rgb{255, 110, 30}, float64(glow * 0.8)
			}
			depth := y - (s.horizon - h)
			stream := math.Abs(fp.FractalNoise(fp.MulAdd(x-px, 4/(0.3+depth*2), 5), depth*2.4, 3, s.seed+391) - 0.5)
			hot := float64(fp.Smoothstep(0.035, 0.0, stream)*fp.Smoothstep(0.34, 0.02, depth)) + float64(0.8*fp.Smoothstep(0.03, 0, depth))
			rock := s.lit(rgb{66, 54, 54}).times(fp.MulAdd(fp.RidgedNoise(x*7, y*7, 4, s.seed+392), 0.6, 0.6))
			c := s.haze(rock, 1).to(rgb{255, 96, 16}, fp.Clamp(hot, 0, 1)).to(rgb{255, 220, 120}, fp.Clamp(hot-0.7, 0, 1))
			return c, max(silhouette(y, top), glow*0.3)
		}
	}
}
