package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// foreground draws what is right before the camera, low in the frame. It gives every move something near to move
// against.
func (s *scene) foreground() {
	near := map[string]columnShader{"grass": s.blades(rgb{46, 84, 30}, false), "wheat": s.blades(rgb{206, 156, 64}, false), "flowers": s.blades(rgb{46, 84, 30}, true), "pine": s.firs().columns(), "palm": s.fronds().columns(), "kelp": s.kelp()}[s.near]
	if near == nil {
		near = map[string]columnShader{"dunes": s.duneShader(field{base: 0.5, spread: 0.08, tall: 0.2, wide: 0.95, seed: s.seed + 540}, nil), "beach": s.nearSlope(), "snowfield": s.nearSlope(), "lava": s.rocks(), "ice": s.rocks(), "sea": nil,
			"lake": s.blades(rgb{38, 60, 30}, false), "meadow": s.blades(rgb{46, 84, 30}, false), "savanna": s.blades(rgb{180, 140, 66}, false), "river": s.rocks()}[s.ground]
	}
	if near == nil {
		return
	}
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 1.5}}, 0.9, -0.9, 2, near)
}

// blades draws stalks of grass along the lower edge, with flowers if asked for.
func (s *scene) blades(c rgb, flowers bool) columnShader {
	type blade struct {
		x, tall, bend float64 // distance of its foot from the column, its height, and how far its tip leans
		shade         float64
	}
	const size = 0.011
	if s.has("snowcover") { // withered
		c = rgb{176, 168, 150}
	}
	ground := s.lit(c)
	return func(x float64) func(y float64) (rgb, float64) {
		base := 0.5 - float64(0.05*fp.FractalNoise(x*2, 1, 3, s.seed+500))
		n := int(math.Floor(x / size))
		stalks := make([]blade, 0, 33)
		for row := range 3 {
			seed := s.seed + 501 + uint32(row)*8
			for k := n - 5; k <= n+5; k++ {
				b := blade{
					x:     x - float64((float64(k)+fp.Random(k, 2, seed))*size),
					tall:  fp.MulAdd(fp.Random(k, 1, seed), 0.13, 0.05) * fp.MulAdd(fp.Noise(float64(k)*0.05, 1, seed), 1.4, 0.25),
					bend:  float64((fp.Random(k, 3, seed) - 0.4) * 0.09),
					shade: fp.MulAdd(float64(row), 0.12, 0.75),
				}
				// Stalks that lean away from the column never cross it.
				if min(b.x, b.x-b.bend) < 0.006 && max(b.x, b.x-b.bend) > -0.006 {
					stalks = append(stalks, b)
				}
			}
		}
		return func(y float64) (rgb, float64) {
			colour, a := ground, fp.Smoothstep(base+0.02, base+0.06, y)
			if a > 0 { // the turf between the stalks, which a camera low down or far back sees
				colour = ground.times(fp.MulAdd(fp.FractalNoise(x*70, y*9, 3, s.seed+525), 0.55, 0.14))
			}
			for _, b := range stalks {
				up := (base + 0.05 - y) / b.tall
				if up < 0 || up > 1 {
					continue
				}
				w := float64(0.0034 * (1.05 - up))
				if k := fp.Smoothstep(w+0.001, w-0.001, math.Abs(b.x-float64(b.bend*float64(up*up)))); k > 0 {
					colour, a = blendOver(colour, a, s.lit(c.times(fp.MulAdd(up, 0.9, 0.3)).times(b.shade)), k)
				}
			}
			if flowers && y > base-0.24 {
				colour, a = s.heads(x, y, base, colour, a)
			}
			return colour, a
		}
	}
}

// heads draws the flowers on top of some stalks.
func (s *scene) heads(x, y, base float64, c rgb, a float64) (rgb, float64) {
	const size = 0.075
	n := int(math.Floor(x / size))
	for k := -1; k <= 1; k++ {
		px := float64((float64(n+k) + fp.Random(n+k, 1, s.seed+520)) * size)
		py := base - float64(0.16*fp.Random(n+k, 2, s.seed+520)) - 0.02
		u, v := (x-px)/0.022, (y-py)/0.018
		petal, _ := fp.SinCos(turns(u, v) * (6 * tau))
		hue := []rgb{{226, 60, 100}, {250, 200, 60}, {250, 244, 236}, {150, 100, 220}}[fp.Hash(uint32(n+k), 3, s.seed)%4]
		stem := fp.Smoothstep(0.0022, 0.001, math.Abs(x-px)) * fp.Smoothstep(py, py+0.01, y)
		c, a = blendOver(c, a, s.lit(rgb{50, 90, 34}), stem)
		c, a = blendOver(c, a, s.lit(hue).times(1.05), fp.Smoothstep(1.05, 0.9, hypot(u, v)-float64(0.18*petal)))
		c, a = blendOver(c, a, s.lit(rgb{214, 150, 30}), fp.Smoothstep(0.34, 0.26, hypot(u, v)))
	}
	return c, a
}

// firs draws two dark trees that frame the view.
func (s *scene) firs() shader {
	return func(x, y float64) (rgb, float64) {
		a, c := 0.0, s.shadow
		if y < -0.56 {
			return c, 0
		}
		ragged := float64(0.02 * (fp.FractalNoise(x*30, y*44, 3, s.seed+530) - 0.5))
		for i, t := range [][2]float64{{-0.62, 1.0}, {-0.46, 0.66}, {0.66, 0.85}, {0.82, 1.1}} {
			px := float64(t[0] * s.aspect * 0.86)
			u := x - px + ragged
			if k := fir(u, y-0.56+t[1], t[1]); k > 0 {
				a = max(a, k)
				c = s.lit(rgb{14, 34, 22}.to(rgb{52, 82, 44}, fp.Clamp(float64(4*u*sign(s.sunX))+0.25+float64(0.5*(fp.FractalNoise(x*40, y*60, 2, s.seed+531+uint32(i))-0.5)), 0, 1))).times(0.75)
			}
		}
		return c, a
	}
}

// fronds draws palm leaves that hang into the frame from its sides.
func (s *scene) fronds() shader {
	dark := s.lit(rgb{30, 66, 30}).to(s.shadow, 0.45)
	sideways := -sign(s.sunX)
	px, py := float64(sideways*s.aspect*0.4), -0.3
	return func(x, y float64) (rgb, float64) {
		lean := float64(0.1 * float64((y-py)*(y-py)) * sideways)
		c, a := blendOver(rgb{}, 0, s.lit(rgb{112, 84, 58}).times(fp.MulAdd(math.Abs(float64(y*26)-math.Floor(float64(y*26))-0.5), 0.7, 0.5)), float64(fp.Smoothstep(0.022, 0.018, math.Abs(x-px-lean))*fp.Smoothstep(py-0.005, py+0.005, y)))
		for i := range 9 {
			sin, cos := fp.SinCos(fp.MulAdd(float64(i), tau/9, 0.25))
			u, v := fp.MulAdd(x-px, cos, float64((y-py)*sin)), fp.MulAdd(y-py, cos, -float64((x-px)*sin))
			if u < 0 || u > 0.36 {
				continue
			}
			t := u / 0.36
			// The tips droop.
			v -= float64(0.14 * cos * t * t)
			half := float64(float64(0.05*bump((t-0.4)/0.62)) * fp.MulAdd(math.Abs(float64(u*70)-math.Floor(float64(u*70))-0.5), 1.5, 0.2))
			c, a = blendOver(c, a, dark.to(s.lit(rgb{92, 140, 56}), float64(0.6*fp.Random(i, 1, s.seed))), fp.Smoothstep(half+0.003, half-0.002, math.Abs(v)))
		}
		return c, a
	}
}

// nearSlope draws a near slope of sand or snow.
func (s *scene) nearSlope() columnShader {
	return func(x float64) func(y float64) (rgb, float64) {
		top := 0.42 - float64(0.13*fp.Noise(float64(x*0.9)+2, 1, s.seed+540)) + float64(0.06*fp.Noise(float64(x*2.1), 2, s.seed+541))
		return func(y float64) (rgb, float64) {
			if y < top-0.01 {
				return s.low, 0
			}
			ripple, _ := fp.SinCos(fp.MulAdd(y-top, 150, fp.MulAdd(x, 14, float64(16*fp.FractalNoise(x*1.6, y*2.6, 4, s.seed+542)))))
			c := s.lit(rgb{226, 174, 112})
			if s.ground == "snowfield" {
				c = s.lit(rgb{238, 243, 252})
			}
			shadow := fp.Smoothstep(0.25, -0.1, y-top+float64(0.4*(fp.FractalNoise(x*1.1, y*1.4, 3, s.seed+543)-0.5)))
			c = c.times(fp.MulAdd(ripple, 0.035, 0.9)).to(s.shadow, fp.MulAdd(shadow, -0.3, 0.42))
			return c, fp.Smoothstep(top-0.002, top+0.002, y)
		}
	}
}

// rocks draws stones at the lower edge: crust beside lava, floes on ice, boulders by a river.
func (s *scene) rocks() columnShader {
	stone, heat := rgb{98, 92, 86}, 0.0
	switch s.ground {
	case "lava":
		stone, heat = rgb{46, 34, 32}, 0.5
	case "ice":
		stone = rgb{216, 234, 246}
	}
	stones := func(x float64) float64 { return fp.RidgedNoise(x*2.2, 1, 3, s.seed+550) }
	if s.ground == "ice" { // floes are flat
		stones = func(x float64) float64 { return fp.Smoothstep(0.3, 0.7, fp.FractalNoise(x*1.3, 1, 2, s.seed+550)) }
	}
	return func(x float64) func(y float64) (rgb, float64) {
		n := stones(x)
		top := 0.53 - float64(0.2*fp.Smoothstep(0.3, 0.9, n)*fp.MulAdd(bump(x/(s.aspect*0.42)), -0.85, 1))
		return func(y float64) (rgb, float64) {
			if y < top-0.02 {
				return s.low, 0
			}
			relief := fp.FractalNoise(x*9, y*9, 4, s.seed+551)
			c := s.lit(stone).times(fp.MulAdd(relief, 1.1, 0.35)).times(fp.MulAdd(fp.Smoothstep(0, 0.06, y-top), -0.35, 1.1))
			c = c.to(rgb{255, 104, 24}, float64(heat*fp.Smoothstep(0.03, 0, y-top))*fp.MulAdd(relief, 0.8, 0.3))
			return c, fp.Smoothstep(top-0.003, top+0.003, y+float64(0.02*(relief-0.5)))
		}
	}
}
