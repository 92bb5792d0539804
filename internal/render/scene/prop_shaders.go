package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

func (s *scene) waterfall(x, y float64) (rgb, float64) {
	rock := s.lit(rgb{96, 92, 84}).times(fp.MulAdd(fp.RidgedNoise(x*5, y*2.4, 5, s.seed+410), 0.8, 0.5))
	wall := math.Abs(x) - 0.62 + float64(0.2*(fp.FractalNoise(x*2, y*3, 4, s.seed+411)-0.5)) + float64(0.1*fp.Smoothstep(-0.4, -1, y))
	c, a := blendOver(rgb{}, 0, rock.to(s.lit(rgb{58, 88, 46}), fp.Smoothstep(0.55, 0.7, fp.FractalNoise(x*6, y*6, 4, s.seed+412))), inside(max(wall, y-0.05, -y-1+float64(0.08*fp.Noise(x*8, 1, s.seed)))))
	half := fp.MulAdd(fp.Smoothstep(-1, 0, y), 0.1, 0.13)
	strand := fp.FractalNoise(x*34, fp.MulAdd(y, 1.6, 3), 4, s.seed+413)
	fall := fp.Smoothstep(half+0.03, half-0.03, math.Abs(x)+float64(0.05*(strand-0.5))) * fp.Smoothstep(-0.96, -0.93, y) * fp.Smoothstep(0.08, 0.02, y)
	c, a = blendOver(c, a, s.lit(rgb{150, 186, 206}).to(s.lit(rgb{250, 253, 255}), fp.Smoothstep(0.3, 0.7, strand)), fall*0.96)
	mist := bump(hypot(x/0.55, (y+0.02)/0.2)) * fp.MulAdd(fp.FractalNoise(x*5, y*6, 4, s.seed+414), 0.9, 0.3)
	return blendOver(c, a, s.lit(rgb{240, 246, 250}), mist)
}

func (s *scene) pyramid(x, y float64) (rgb, float64) {
	one := func(cx, h float64, c rgb, a float64) (rgb, float64) {
		u := x - cx
		d := max(float64(math.Abs(u)*0.66)-float64((y+h)*1), y)
		course := fp.MulAdd(math.Abs(float64(y*40)-math.Floor(float64(y*40))-0.5), 0.12, 0.92)
		k := fp.Smoothstep(-0.01, 0.01, float64((u-float64(0.22*(y+h)))*sign(s.sunX)))
		stone := s.lit(rgb{216, 176, 118})
		return blendOver(c, a, stone.to(s.shadow, 0.55).to(stone, k).times(course), inside(d*0.8))
	}
	c, a := one(-0.95*sign(s.sunX), 0.6, rgb{}, 0)
	return one(0.15, 0.98, c, a)
}

func (s *scene) bridge(x, y float64) (rgb, float64) {
	red := s.lit(rgb{196, 70, 48})
	c, a := blendOver(rgb{}, 0, red.times(0.8), inside(box(x, y, 0, -0.26, 8, 0.018)))
	// The bridge repeats beyond the frame: between towers the cable is a parabola.
	u := x - float64(2.6*math.Round(x/2.6))
	tower := 1.3 - math.Abs(u)
	c, a = blendOver(c, a, red, inside(min(box(tower, y, 0.05, -0.5, 0.018, 0.5), box(tower, y, 0, -0.9, 0.06, 0.015), box(tower, y, 0, -0.6, 0.06, 0.015))))
	cable := -0.34 - float64(0.62*float64(u/1.3*u/1.3))
	c, a = blendOver(c, a, red.times(0.9), fp.Smoothstep(0.018, 0.008, math.Abs(y-cable)))
	hang := math.Abs(float64(x*12) - math.Round(float64(x*12)))
	return blendOver(c, a, red.times(0.9), float64(0.8*fp.Smoothstep(0.09, 0.04, hang))*fp.Smoothstep(cable, cable+0.01, y)*fp.Smoothstep(-0.25, -0.27, y))
}

func (s *scene) island(x, y float64) (rgb, float64) {
	n := fp.FractalNoise(x*2, 1, 5, s.seed+420)
	top := float64(float64(-0.75*bump(x/1.9)) * fp.MulAdd(n, 1.2, 0.35))
	green := s.lit(rgb{34, 74, 34}.to(rgb{110, 140, 62}, fp.FractalNoise(x*9, y*12, 4, s.seed+421)))
	c := green.to(s.lit(rgb{222, 196, 140}), fp.Smoothstep(-0.1, -0.02, y))
	return c, float64(float64(inside(top-y)*fp.Smoothstep(0.05, 0.02, y)) * fp.Smoothstep(2.05, 1.9, math.Abs(x)))
}

func (s *scene) iceberg(x, y float64) (rgb, float64) {
	top := float64(float64(-1.1*bump(x/1.3)) * fp.MulAdd(fp.RidgedNoise(x*1.4, 2, 4, s.seed+422), 1, 0.25))
	facet := fp.FractalNoise(fp.MulAdd(x, 5, float64(y*3)), fp.MulAdd(y, 4, float64(-2*x)), 3, s.seed+423)
	c := s.lit(rgb{126, 184, 214}.to(rgb{250, 253, 255}, fp.Smoothstep(0.35, 0.6, facet)))
	c = c.to(s.lit(rgb{70, 190, 200}), 0.7*fp.Smoothstep(-0.12, 0, y))
	return c, float64(float64(inside(top-y)*fp.Smoothstep(0.04, 0.01, y)) * fp.Smoothstep(1.34, 1.2, math.Abs(x)))
}

func (s *scene) balloon(x, y float64) (rgb, float64) {
	v := (y + 0.64) / 0.4
	half := float64(float64(0.4*math.Sqrt(max(0, 1-float64(v*v)))) * fp.MulAdd(fp.Smoothstep(0.1, 1, v), -0.3, 1))
	turn := fp.Clamp(x/max(half, 1e-6), -1, 1)
	gore := float64(turn * fp.MulAdd(float64(turn*turn), 1.4, 3.2))
	stripe := fp.Smoothstep(-0.1, 0.1, float64(math.Abs(fraction(gore)-0.5)*2)-0.5)
	hue := []rgb{{226, 60, 52}, {40, 110, 196}, {236, 150, 40}}[s.seed%3]
	cloth := s.lit(hue.to(rgb{250, 228, 180}, stripe)).times(fp.MulAdd(x*sign(s.sunX), 0.9, 0.9))
	c, a := blendOver(rgb{}, 0, cloth, inside(max(math.Abs(x)-half, float64(math.Abs(v)*0.4)-0.4)))
	c, a = blendOver(c, a, s.shadow, fp.Smoothstep(0.008, 0.003, math.Abs(math.Abs(x)-fp.MulAdd(y, -0.5, 0.03)))*fp.Smoothstep(-0.3, -0.28, y)*fp.Smoothstep(-0.1, -0.12, y))
	return blendOver(c, a, s.lit(rgb{130, 86, 48}), inside(box(x, y, 0, -0.06, 0.055, 0.05)))
}

func (s *scene) birds(x, y float64) (rgb, float64) {
	a := 0.0
	for i := range 9 {
		px := fp.MulAdd(fp.Random(i, 1, s.seed+430), 2.6, -1.3)
		py := fp.MulAdd(fp.Random(i, 2, s.seed+430), -0.9, -0.08)
		size := fp.MulAdd(fp.Random(i, 3, s.seed+430), 0.12, 0.12)
		u, v := math.Abs(x-px)/size, (y-py)/size
		wing := float64(0.55*math.Sqrt(u)) - float64(float64(0.75*u)*fp.MulAdd(u, 0.5, 0.3))
		thick := fp.MulAdd(1-u, 0.12, 0.03)
		if u < 1 {
			a = max(a, fp.Smoothstep(thick, thick-0.08, math.Abs(v+wing)))
		}
	}
	return s.shadow.to(rgb{20, 22, 28}, 0.5), a
}

func (s *scene) boat(x, y float64) (rgb, float64) {
	hull := max(math.Abs(x)-0.42+float64((y+0.1)*0.6), -y-0.12, y-0.01)
	c, a := blendOver(rgb{}, 0, s.lit(rgb{120, 62, 40}).times(fp.MulAdd(fp.Smoothstep(0, -0.12, y), 0.5, 0.6)), inside(hull))
	c, a = blendOver(c, a, s.lit(rgb{80, 58, 40}), inside(box(x, y, 0, -0.54, 0.01, 0.44)))
	up := (-y - 0.16) / 0.78
	mainSail := max(x-float64(0.36*(1-up)*fp.MulAdd(up, 0.5, 1)), 0.02-x, -up, up-1)
	c, a = blendOver(c, a, s.lit(rgb{250, 244, 230}).times(fp.MulAdd(x, -0.5, 1)), inside(mainSail))
	jib := max(-x-float64(0.34*(1-float64(up*1.15))), x+0.02, -up, up-0.86)
	c, a = blendOver(c, a, s.lit(rgb{226, 216, 196}), inside(jib))
	// The reflection in the water.
	ripple := float64(0.05 * (fp.FractalNoise(x*3, y*40, 2, s.seed+431) - 0.5))
	image := max(math.Abs(x+ripple)-float64(0.4*fp.Smoothstep(0.26, 0, y)), 0.012-y)
	return blendOver(c, a, s.shadow.to(s.lit(rgb{230, 222, 206}), 0.3), 0.4*inside(image)*fp.Smoothstep(0.12, 0.02, y))
}

func (s *scene) person(x, y float64) (rgb, float64) {
	coat := s.lit(rgb{120, 44, 40}).times(fp.Clamp(fp.MulAdd(x*sign(s.sunX), 5, 0.8), 0.45, 1.2))
	legs := min(hypot((x+0.045)/1, 0)-0.035, hypot((x-0.05)/1, 0)-0.035)
	c, a := blendOver(rgb{}, 0, s.lit(rgb{40, 42, 56}), inside(max(legs, -y-0.48, y)))
	body := max(math.Abs(x)-fp.MulAdd(fp.Smoothstep(-0.8, -0.4, y), 0.045, 0.09), -y-0.84, y+0.4)
	arms := max(math.Abs(math.Abs(x)-0.115-float64(0.05*fp.Smoothstep(-0.8, -0.45, y)))-0.026, -y-0.8, y+0.42)
	c, a = blendOver(c, a, coat, inside(min(body, arms)))
	c, a = blendOver(c, a, s.lit(rgb{206, 158, 128}), inside(hypot(x, (y+0.92)/1.1)-0.062))
	return blendOver(c, a, s.lit(rgb{52, 36, 28}), inside(max(hypot(x, (y+0.935)/1.05)-0.068, y+0.93)))
}

// fire draws a wood fire with flames and its glow.
func (s *scene) fire(x, y float64) (rgb, float64) {
	glow := bump(hypot(x/0.95, (y+0.3)/fp.MulAdd(fp.Smoothstep(-0.3, 0, y), -0.3, 0.8)))
	c, a := rgb{255, 120, 30}, float64(0.42*glow)
	sway := float64(0.2 * (fp.FractalNoise(x*3, y*3, 3, s.seed+440) - 0.5))
	tall := min(0.88, fp.MulAdd(fp.FractalNoise(float64(x*7)+3, 1, 3, s.seed+441), 1.1, 0.35))
	u := math.Abs(x+sway) / float64(0.24*fp.MulAdd(fp.Smoothstep(0, -0.9, y), -0.8, 1))
	heat := fp.Clamp(1.2-u-float64(-y/tall), 0, 1)
	c, a = blendOver(c, a, rgb{255, 90, 16}.to(rgb{255, 226, 120}, fp.Smoothstep(0.3, 0.8, heat)), fp.Smoothstep(0.02, 0.3, heat)*fp.Smoothstep(0.03, -0.02, y))
	for _, k := range []float64{0.25, -0.25, 0.05} {
		c, a = blendOver(c, a, rgb{52, 30, 20}, inside(max(math.Abs(y+0.04-float64(x*k))-0.045, math.Abs(x)-0.34)))
	}
	return c, a
}

// iceblock draws a heap of clear blocks, lit from within by what glows behind.
func (s *scene) iceblock(x, y float64) (rgb, float64) {
	c, a := rgb{}, 0.0
	blocks := [][4]float64{{-0.55, -0.28, 0.3, 0.2}, {0.45, -0.3, 0.36, -0.25}, {-0.05, -0.42, 0.4, 0.1}}
	for i, b := range blocks {
		sin, cos := fp.SinCos(b[3])
		u, v := fp.MulAdd(x-b[0], cos, float64((y-b[1])*sin)), fp.MulAdd(y-b[1], cos, -float64((x-b[0])*sin))
		c, a = s.cube(u/b[2], v/b[2], uint32(i), c, a)
	}
	return c, a
}

// cube draws one block of ice, seen from slightly above: a front and a top.
func (s *scene) cube(u, v float64, n uint32, c rgb, a float64) (rgb, float64) {
	d := max(math.Abs(u), math.Abs(v)) - 0.7
	if d > 0.15 {
		return c, a
	}
	round := hypot(max(0, math.Abs(u)-0.55), max(0, math.Abs(v)-0.55)) - 0.15
	vein := math.Abs(fp.FractalNoise(u*2.4, v*2.4, 4, s.seed+450+n) - 0.5)
	body := rgb{86, 146, 186}.to(rgb{214, 238, 250}, fp.Clamp(fp.MulAdd(u-v, 0.32, 0.4)+float64(0.8*(fp.FractalNoise(u*1.6, v*1.6, 3, s.seed+453+n)-0.5)), 0, 1))
	body = body.to(rgb{250, 254, 255}, 0.7*fp.Smoothstep(0.03, 0, vein))
	body = body.to(rgb{255, 150, 60}, float64(0.45*s.warmth())*fp.Smoothstep(-0.1, 0.7, v))
	body = body.to(rgb{255, 255, 255}, float64(0.8*fp.Smoothstep(0.09, 0.02, math.Abs(max(math.Abs(u), math.Abs(v))-0.6)))*fp.Smoothstep(0.5, -0.5, v))
	c, a = blendOver(c, a, body, 0.93*inside(max(d, round)*0.3))
	topFace := max(math.Abs(u+float64(v*0.2))-0.62, math.Abs(v+0.56)-0.12)
	return blendOver(c, a, rgb{232, 246, 255}, 0.6*inside(topFace*0.3))
}

// warmth returns how much fire lights the scene from below, 0 or 1.
func (s *scene) warmth() float64 {
	if s.ground == "lava" || s.has("fire") {
		return 1
	}
	return 0
}

// glass draws a tumbler of tea with ice, a slice of lemon and drops on its outside.
func (s *scene) glass(x, y float64) (rgb, float64) {
	half := fp.MulAdd(-y, 0.1, 0.24)
	d := max(math.Abs(x)-half, -y-0.96, y+0.02)
	if d > 0.12 {
		return rgb{}, 0
	}
	turn := fp.Clamp(x/half, -1, 1)
	c, a := blendOver(rgb{}, 0, rgb{210, 226, 232}, 0.22*inside(d))
	// The tea: dark below, golden where light comes through.
	level := -0.8
	tea := rgb{120, 44, 8}.to(rgb{244, 150, 36}, fp.Clamp(fp.MulAdd(-y, 0.75, 0.12)+float64(0.35*bump((turn-float64(0.25*sign(s.sunX)))/0.6))-float64(0.3*turn*turn), 0, 1))
	tea = tea.plus(rgb{255, 140, 30}, float64(0.35*s.warmth())*fp.Smoothstep(-0.5, 0, y))
	c, a = blendOver(c, a, tea, 0.95*inside(max(math.Abs(x)-half+0.022, level-y, y+0.07)))
	for i, b := range [][4]float64{{-0.1, -0.72, 0.13, 0.3}, {0.12, -0.66, 0.14, -0.2}, {-0.02, -0.48, 0.12, 0.6}, {0.1, -0.86, 0.12, 0.15}, {-0.09, -0.3, 0.1, -0.5}} {
		sin, cos := fp.SinCos(b[3])
		u, v := fp.MulAdd(x-b[0], cos, float64((y-b[1])*sin)), fp.MulAdd(y-b[1], cos, -float64((x-b[0])*sin))
		cc, ca := s.cube(u/b[2], v/b[2], uint32(10+i), rgb{}, 0)
		if ca > 0 && d < -0.02 {
			c = c.to(cc.to(tea, 0.4*fp.Smoothstep(level-0.05, level+0.05, y)), ca*0.75)
			a = max(a, ca*0.85)
		}
	}
	c, a = s.lemon(x-float64(half*0.9), y+0.95, c, a)
	// Glass: bright rims, a long highlight, drops.
	rim := fp.Smoothstep(0.02, 0.006, math.Abs(math.Abs(x)-half+0.012)) * fp.Smoothstep(0.02, -0.01, max(-y-0.97, y))
	c, a = blendOver(c, a, rgb{246, 250, 255}, 0.55*rim)
	c, a = blendOver(c, a, rgb{250, 252, 255}, 0.7*fp.Smoothstep(0.014, 0.006, math.Abs(y+0.955))*fp.Smoothstep(half, half-0.02, math.Abs(x)))
	c, a = blendOver(c, a, rgb{255, 255, 255}, float64(float64(0.5*bump((turn+float64(0.62*sign(-s.sunX)))/0.12))*fp.Smoothstep(0, -0.1, d)*fp.Smoothstep(-0.94, -0.8, y)))
	c, a = blendOver(c, a, rgb{230, 238, 244}, 0.7*inside(max(math.Abs(x)-half+0.01, -y-0.055, y)))
	drop := fp.Noise(x*46, y*34, s.seed+460)
	return blendOver(c, a, rgb{255, 250, 240}, 0.5*fp.Smoothstep(0.8, 0.9, drop)*inside(d+0.02))
}

// lemon draws a slice of lemon on the rim.
func (s *scene) lemon(u, v float64, c rgb, a float64) (rgb, float64) {
	r := hypot(u, v)
	spoke := math.Abs(float64(turns(u, v) * 8))
	spoke -= math.Floor(spoke)
	c, a = blendOver(c, a, rgb{246, 200, 40}, inside(r-0.15))
	c, a = blendOver(c, a, rgb{255, 246, 190}, inside(r-0.132))
	return blendOver(c, a, rgb{252, 220, 90}, inside(r-0.115)*fp.Smoothstep(0.06, 0.14, min(spoke, 1-spoke)))
}

func (s *scene) bottle(x, y float64) (rgb, float64) {
	shoulder := fp.Smoothstep(-0.62, -0.74, y)
	half := fp.MulAdd(shoulder, -0.155, 0.22)
	turn := x / half
	hue := []rgb{{190, 120, 40}, {40, 110, 80}, {150, 50, 90}}[s.seed%3]
	body := hue.times(fp.MulAdd(bump((turn+0.2)/0.9), 0.9, 0.25)).to(rgb{255, 250, 240}, 0.75*bump((turn+0.58)/0.14)).to(rgb{255, 250, 240}, 0.3*bump((turn-0.7)/0.1))
	c, a := blendOver(rgb{}, 0, body, inside(max(math.Abs(x)-half, -y-0.9, y)))
	c, a = blendOver(c, a, rgb{222, 186, 110}.times(fp.MulAdd(bump((turn+0.3)/0.8), 0.7, 0.4)), inside(box(x, y, 0, -0.95, 0.085, 0.065)))
	label := inside(max(math.Abs(x)-0.19, math.Abs(y+0.32)-0.16))
	c, a = blendOver(c, a, rgb{240, 232, 214}.times(fp.MulAdd(bump((turn+0.2)/1.2), 0.6, 0.4)), 0.95*label)
	line := fp.Smoothstep(0.014, 0.006, min(math.Abs(y+0.42), math.Abs(y+0.22))) + float64(fp.Smoothstep(0.03, 0.02, math.Abs(y+0.32))*fp.Smoothstep(0.1, 0.09, math.Abs(x)))
	return blendOver(c, a, rgb{90, 70, 50}, label*fp.Clamp(line, 0, 1)*fp.Smoothstep(0.15, 0.14, math.Abs(x)))
}

func (s *scene) candle(x, y float64) (rgb, float64) {
	glow := bump(hypot(x/0.75, (y+0.6)/0.51))
	c, a := rgb{255, 176, 80}, float64(0.4*glow)
	wax := rgb{244, 228, 196}.times(fp.MulAdd(bump(x/0.16), 0.5, 0.45)).to(rgb{255, 190, 90}, fp.Smoothstep(-0.2, -0.58, y)*0.6)
	c, a = blendOver(c, a, wax, inside(max(math.Abs(x)-0.13, -y-0.58-float64(0.03*fp.Noise(x*20, 1, s.seed)), y)))
	c, a = blendOver(c, a, rgb{40, 30, 26}, inside(box(x, y, 0, -0.61, 0.008, 0.04)))
	up := float64((-y - 0.61) / 0.25)
	half := float64(float64(0.055*math.Sqrt(max(0, float64(up*2)))) * max(0, 1-up) * 1.5)
	c, a = blendOver(c, a, rgb{255, 150, 40}, float64(float64(fp.Smoothstep(0.012, -0.01, math.Abs(x)-half)*fp.Smoothstep(-0.01, 0.03, up))*fp.Smoothstep(1.05, 0.9, up)))
	return blendOver(c, a, rgb{255, 244, 190}, float64(fp.Smoothstep(0.01, -0.01, math.Abs(x)-float64(half*0.6))*fp.Smoothstep(0, 0.05, up)*fp.Smoothstep(0.85, 0.6, up)))
}
