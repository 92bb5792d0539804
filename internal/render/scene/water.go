package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// depths returns the colour of deep water: light from the surface, in shafts that fan out below it.
func (s *scene) depths(x, y float64) rgb {
	c := s.low.to(s.mid, fp.Smoothstep(0.55, 0.0, y)).to(s.top, fp.Smoothstep(0.15, -0.6, y))
	sx, sy := float64(0.6*s.sunX), -1.05
	angle := (x - sx) / max(0.2, y-sy)
	ray := fp.MulAdd(fp.FractalNoise(angle*10, 0.3, 3, s.seed), 0.6, float64(0.4*fp.FractalNoise(float64(angle*27)+7, 0.6, 2, s.seed+1)))
	shafts := float64(fp.Smoothstep(0.44, 0.7, ray) * fp.Smoothstep(0.6, -0.5, y))
	surface := bump(hypot((x-sx)/1.3, (y+0.72)/0.62))
	return c.plus(s.sunlight, fp.MulAdd(shafts, 0.36, float64(0.5*surface)))
}

// submerged returns a colour as it looks through water: share of it is the water's.
func (s *scene) submerged(c rgb, share float64) rgb { return s.lit(c).to(s.mid, share) }

// coral is one coral of a reef: its foot, its half width, its kind and its colour.
type coral struct {
	x, y, r float64
	kind    uint32
	c       rgb
}

// coralHues are the colours of corals.
func coralHues() []rgb {
	return []rgb{{232, 96, 110}, {244, 150, 66}, {176, 92, 190}, {236, 206, 96}, {226, 122, 168}, {96, 176, 160}}
}

// reef draws row i of rocks with corals on them, 0 the farthest.
func (s *scene) reef(i int) columnShader {
	seed := s.seed + 760 + uint32(10*i)
	base := s.horizon + 0.03 + float64(float64(i)*0.03)
	size, cell, veil := [3]float64{0.34, 0.26, 0.17}[i], [3]float64{0.06, 0.08, 0.11}[i], [3]float64{0.7, 0.46, 0.22}[i]
	crest := func(x float64) float64 {
		return base - float64(size*2.4*max(0, fp.FractalNoise(float64(x*1.3)+float64(5*i), 0.5, 4, seed)-0.4))
	}
	hues := coralHues()
	return func(x float64) func(y float64) (rgb, float64) {
		top, n := crest(x), int(math.Floor(x/cell))
		var near [3]coral
		for k := range near {
			m := n + k - 1
			px := float64((float64(m) + fp.MulAdd(fp.Random(m, 1, seed), 0.6, 0.2)) * cell)
			near[k] = coral{px, crest(px) + 0.01, float64(cell * fp.MulAdd(fp.Random(m, 2, seed), 0.5, 0.3)), fp.Hash(uint32(m), 3, seed) % 4, s.submerged(hues[fp.Hash(uint32(m), 4, seed)%uint32(len(hues))], veil)}
		}
		return func(y float64) (rgb, float64) {
			rough := fp.FractalNoise(x*18, y*18, 3, seed+5)
			c, a := s.submerged(rgb{120, 112, 118}.times(fp.MulAdd(rough, 0.9, 0.4)), veil), silhouette(y, top)
			for _, one := range near {
				if shape, shade := one.cover(x, y); shape > 0 {
					c, a = blendOver(c, a, one.c.times(shade), shape)
				}
			}
			return c, a
		}
	}
}

// cover returns how much of a coral is at a point, and how light it is there.
func (k coral) cover(x, y float64) (shape, shade float64) {
	u, v := (x-k.x)/k.r, (y-k.y)/k.r // v is negative above the foot
	if math.Abs(u) > 1.3 || v < -2.6 || v > 0.4 {
		return 0, 0
	}
	edge := 0.0025 / k.r
	switch k.kind {
	case 0: // a round one, with furrows
		furrow, _ := fp.SinCos(float64(34*u) + float64(9*fp.Noise(u*3, v*3, 5)))
		return fp.Smoothstep(edge, -edge, hypot(u, v)-1), fp.MulAdd(v, -0.35, 0.72) + float64(0.1*furrow)
	case 1: // branches
		d := 9.0
		for b := range 5 {
			lean := float64(0.3 * (float64(b) - 2))
			tall := 1.9 - math.Abs(lean)
			d = min(d, max(math.Abs(u+float64(lean*v))-float64(0.11*(1.2+v/2.4)), -v-tall, v-0.1))
		}
		return fp.Smoothstep(edge, -edge, d), fp.MulAdd(v, -0.25, 0.65)
	case 2: // a fan
		r, turn := hypot(u, v/1.5), turns(u, v)
		rib, _ := fp.SinCos(float64(turn * tau * 17))
		net, _ := fp.SinCos(float64(r * 30))
		return float64(fp.Smoothstep(edge, -edge, max(r-1.1, v)) * fp.Smoothstep(-0.6, 0.1, rib+float64(0.5*net)+0.35)), fp.MulAdd(r, 0.3, 0.7)
	}
	// tubes
	d, light := 9.0, 0.7
	for b := range 3 {
		px, tall := float64(0.62*(float64(b)-1)), 1.1+float64(0.45*float64(b%2))
		if one := max(math.Abs(u-px)-0.26, -v-tall, v-0.1); one < d {
			d, light = one, fp.MulAdd((u-px)/0.26, -0.2, 0.75)-float64(0.4*fp.Smoothstep(0.16, 0.05, v+tall))
		}
	}
	return fp.Smoothstep(edge, -edge, d), light
}

// kelp draws weeds that rise before the camera at the frame's sides, and dark stones at their feet.
func (s *scene) kelp() columnShader {
	type ribbon struct{ x, tall, phase, shade float64 }
	const size = 0.05
	return func(x float64) func(y float64) (rgb, float64) {
		n := int(math.Floor(x / size))
		var weeds []ribbon
		for k := n - 2; k <= n+2; k++ {
			px := float64((float64(k) + fp.Random(k, 1, s.seed+790)) * size)
			side := math.Abs(px) / float64(s.aspect/2)
			if side < 0.5+float64(0.3*fp.Random(k, 2, s.seed+790)) {
				continue
			}
			weeds = append(weeds, ribbon{px, float64(fp.MulAdd(fp.Random(k, 3, s.seed+790), 0.5, 0.2) * min(1.2, side)), float64(6 * fp.Random(k, 4, s.seed+790)), fp.MulAdd(fp.Random(k, 5, s.seed+790), 0.5, 0.6)})
		}
		side := math.Abs(x) / float64(s.aspect/2)
		stone := 0.54 - float64(0.16*fp.Smoothstep(0.35, 1, side)*fp.FractalNoise(x*3, 1, 3, s.seed+791)*1.6)
		return func(y float64) (rgb, float64) {
			c, a := rgb{}, 0.0
			for _, w := range weeds {
				up := (0.53 - y) / w.tall
				if up < 0 || up > 1 {
					continue
				}
				sway, _ := fp.SinCos(float64(up*w.tall*7) + w.phase)
				leaf, _ := fp.SinCos(float64(up*w.tall*58) + w.phase)
				half := float64((0.0052 + float64(0.0042*leaf)) * fp.Smoothstep(1.02, 0.7, up))
				off := x - w.x - float64(0.022*sway*up)
				if k := fp.Smoothstep(half+0.0015, half-0.0015, math.Abs(off)); k > 0 {
					c, a = blendOver(c, a, s.submerged(rgb{28, 70, 40}.to(rgb{126, 150, 62}, fp.MulAdd(up, 0.6, 0.1)).times(w.shade), 0.16), k)
				}
			}
			rough := fp.FractalNoise(x*12, y*12, 4, s.seed+792)
			return blendOver(c, a, s.submerged(rgb{64, 60, 68}.times(fp.MulAdd(rough, 1.1, 0.3)), 0.12), silhouette(y, stone))
		}
	}
}

// submerge puts the scene on the sea's floor if the words are of what is below the water.
func (s *sceneSpec) submerge() {
	if s.hour != "deep" || s.location != "" {
		return
	}
	s.ground, s.far, s.near = "seabed", "reef", "kelp"
}
