package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// prop is an object of a scene: its shader in its own size (1 is its height, its foot at (0,0), up negative), its
// height in frame heights, its nearness, and how far below the horizon its foot is.
type prop struct {
	name             string
	tall, near, foot float64
	reachX           float64 // half its width in its own heights
	shade            func(s *scene, x, y float64) (rgb, float64)
}

// props lists the props that a scene can have, the farthest first.
func props() []prop {
	return []prop{
		{"waterfall", 0.42, 0.34, 0.08, 0.7, (*scene).waterfall},
		{"pyramid", 0.26, 0.3, 0.03, 1.9, (*scene).pyramid},
		{"castle", 0.34, 0.34, 0.0, 0.8, (*scene).castle},
		{"bridge", 0.3, 0.4, 0.05, 7, (*scene).bridge},
		{"island", 0.16, 0.45, 0.03, 2.2, (*scene).island},
		{"iceberg", 0.26, 0.5, 0.07, 1.4, (*scene).iceberg},
		{"lighthouse", 0.42, 0.55, 0.06, 0.9, (*scene).lighthouse},
		{"windmill", 0.4, 0.6, 0.05, 0.7, (*scene).windmill},
		{"balloon", 0.24, 0.5, -0.16, 0.6, (*scene).balloon},
		{"birds", 0.16, 0.5, -0.2, 1.6, (*scene).birds},
		{"boat", 0.3, 0.7, 0.12, 0.7, (*scene).boat},
		{"acacia", 0.34, 0.7, 0.07, 1.0, (*scene).acacia},
		{"house", 0.24, 0.7, 0.1, 1.1, (*scene).house},
		{"tree", 0.5, 0.8, 0.12, 0.8, (*scene).tree},
		{"cactus", 0.34, 0.85, 0.15, 0.6, (*scene).cactus},
		{"person", 0.36, 0.9, 0.22, 0.4, (*scene).person},
		{"fire", 0.2, 0.95, 0.24, 1.0, (*scene).fire},
		{"iceblock", 0.3, 0.95, 0.3, 1.4, (*scene).iceblock},
		{"perfume", 0.52, 1, 0.3, 0.45, (*scene).perfume},
		{"bottle", 0.52, 1, 0.3, 0.5, (*scene).bottle},
		{"candle", 0.42, 1, 0.3, 0.8, (*scene).candle},
		{"glass", 0.56, 1.05, 0.34, 0.7, (*scene).glass},
	}
}

// placedProp is a prop in its place.
type placedProp struct {
	prop
	x float64
}

// placedProps returns the scene's props in their places, side by side if there are several.
func (s *scene) placedProps() []placedProp {
	var all []prop
	for _, t := range props() {
		if s.has(t.name) {
			all = append(all, t)
		}
	}
	out := make([]placedProp, len(all))
	for i, t := range all {
		// If the frame is too narrow for all of them, they are smaller.
		t.tall = float64(t.tall * min(1, float64(4*s.aspect)/float64(max(2, len(all)))))
		s.frameProp(&t, len(all))
		t.near = s.propNearness(t)
		out[i] = placedProp{t, s.propColumn(t, i, len(all))}
	}
	return out
}

// drawProps draws the scene's props.
func (s *scene) drawProps() {
	for _, p := range s.placedProps() {
		s.drawProp(p.prop, p.x, s.horizon+p.foot)
	}
}

// propNearness returns the nearness of a prop. If the camera sinks or draws back, a prop nearer than the ground at its
// foot rises against it, so props become farther until none rises above the horizon.
func (s *scene) propNearness(t prop) float64 {
	if s.ground == "none" || t.foot < 0 {
		return t.near
	}
	for near := t.near; ; near = float64(near * 0.9) {
		lowest := 1.0
		for i := range 33 {
			p := s.take.Pose(float64(i)/32, false)
			lowest = min(lowest, (s.horizon+t.foot-float64(near*p.Y))/max(0.2, 1-float64(near*p.Z)/camera.Focal)-s.horizon)
		}
		if lowest >= float64(0.3*t.foot)-0.02 || near < 0.05 {
			return near
		}
	}
}

// depthOf returns how near a prop looks: as near as the ground at its foot.
func (s *scene) depthOf(t prop) float64 {
	if s.ground == "none" || t.foot <= 0 || s.location != "" || s.set != nil {
		return t.near
	}
	return min(t.near, float64(s.groundSlope()*t.foot))
}

// propColumn returns the position of prop i of all in a scene, the farthest first. A single prop is beside the middle,
// a second on the other side. Three or more have a column each, with the nearest in the middle.
func (s *scene) propColumn(t prop, i, all int) float64 {
	if all > 2 {
		slot := i / 2
		if i%2 == 1 {
			slot = all - 1 - slot
		}
		return float64(float64(sign(s.subjectX)*0.86) * s.aspect * ((float64(slot)+0.5)/float64(all) - 0.5))
	}
	// In an upright frame they are closer together.
	apart := min(1, s.aspect*0.6)
	px := s.subjectX
	if t.name == "iceblock" {
		return float64(px*0.25) + float64(float64(0.36*apart)*sign(px))
	}
	if t.name == "glass" || t.name == "bottle" || t.name == "perfume" || t.name == "candle" {
		px *= 0.25
	}
	if i == 1 {
		px = float64(-0.8*px) + float64(float64(0.3*apart)*sign(-px))
	}
	return px
}

// drawProp paints a layer as large as the prop and a transparent margin.
func (s *scene) drawProp(t prop, px, foot float64) {
	const margin = 12 // samples: enough for the splines of coarse levels to settle before the layer ends
	tall := t.tall
	small, large := s.take.Sizes(t.near)
	sharp := min(1.8, float64(large*1.1))
	res := float64(float64(s.take.H) * sharp)
	half := float64(tall * t.reachX)
	deep := 1.35
	if s.set != nil { // the floor reflects it
		deep = 1.6
	}
	w, h := int(float64(2*half*res))+4, int(float64(tall*deep*res))+4
	top := foot - float64(tall*1.12)
	corner := raster.Bounds{X: px - half - float64(margin/res), Y: top - float64(margin/res)}
	s.addSampledLayer(raster.Layer{Near: raster.Nearness{Base: t.near}, Depth: s.depthOf(t)}, w+2*margin, h+2*margin, res, corner, min(1, small/sharp), func(x int) func(y int) (rgb, float64) {
		x -= margin
		u := fp.MulAdd(float64(x)+0.5, 1/res, -half) / tall
		return func(y int) (rgb, float64) {
			y -= margin
			v := (fp.MulAdd(float64(y)+0.5, 1/res, top) - foot) / tall
			if s.set != nil && v > 0 {
				c, a := t.shade(s, u, -v)
				return c, float64(a * s.reflected(v/0.46))
			}
			c, a := t.shade(s, u, v)
			return c, float64(a * fp.Clamp(float64(min(x, w-1-x, y, h-1-y))/3, 0, 1))
		}
	})
}

func (s *scene) tree(x, y float64) (rgb, float64) {
	bark := s.lit(rgb{84, 62, 44}).times(fp.MulAdd(sign(s.sunX)*x, 4, 0.8))
	c, a := blendOver(rgb{}, 0, bark, inside(max(math.Abs(x-float64(0.02*fp.FractalNoise(1, y*4, 2, 3)))-0.028-float64(0.03*fp.Smoothstep(-0.1, 0, y)), y))*fp.Smoothstep(-0.75, -0.6, y))
	lump := fp.FractalNoise(x*5, y*5, 4, s.seed+400)
	crown := hypot(x/0.42, (y+0.64)/0.36) - 1 + float64(0.75*(lump-0.5))
	leaf := fp.FractalNoise(x*16, y*16, 4, s.seed+401)
	green := s.lit(rgb{26, 58, 22}.to(rgb{128, 160, 62}, fp.Clamp(fp.MulAdd(x, 0.7*sign(s.sunX), float64(-0.9*(y+0.64)))+float64(1.5*(leaf-0.5))+0.42, 0, 1)))
	return blendOver(c, a, green, fp.Smoothstep(0.06, -0.06, crown+float64(0.5*(leaf-0.5))))
}

func (s *scene) acacia(x, y float64) (rgb, float64) {
	dark := s.shadow.to(rgb{20, 14, 8}, 0.6)
	lean := float64(float64(0.12*fp.Smoothstep(0, -0.7, y)) * sign(x))
	trunk := math.Abs(math.Abs(x)-float64(float64(math.Abs(lean)*fp.Smoothstep(-0.2, -0.75, y))*2)) - 0.02
	c, a := blendOver(rgb{}, 0, dark, inside(trunk)*fp.Smoothstep(-0.82, -0.78, y)*fp.Smoothstep(0.004, 0, y))
	n := fp.FractalNoise(x*7, y*14, 4, s.seed+402) - 0.5
	top := hypot(x/0.8, (y+0.84)/0.13) - 1 + float64(1.1*n)
	return blendOver(c, a, dark.to(s.lit(rgb{70, 84, 34}), 0.45*fp.Smoothstep(-0.8, -0.95, y)), fp.Smoothstep(0.05, -0.05, top)*fp.Smoothstep(0.98, 0.86, math.Abs(x)))
}

func (s *scene) cactus(x, y float64) (rgb, float64) {
	d := max(math.Abs(x)-0.075, y, -y-0.93+float64(x*x*9))
	left := min(max(math.Abs(x+0.24)-0.05, y+0.3, -y-0.78), max(math.Abs(x+0.13)-0.15, math.Abs(y+0.34)-0.05))
	right := min(max(math.Abs(x-0.22)-0.05, y+0.46, -y-0.9), max(math.Abs(x-0.12)-0.14, math.Abs(y+0.5)-0.05))
	rib, _ := fp.SinCos(x * 160)
	c := s.lit(rgb{62, 112, 58}).times(fp.MulAdd(rib, 0.12, fp.Clamp(fp.MulAdd(x*sign(s.sunX), 3.5, 0.85), 0.5, 1.2)))
	return c, inside(min(d, left, right))
}

func (s *scene) house(x, y float64) (rgb, float64) {
	wall := s.lit(rgb{196, 160, 122}).times(fp.MulAdd(fp.FractalNoise(x*2, y*40, 2, 5), 0.3, 0.8))
	c, a := blendOver(rgb{}, 0, wall, inside(box(x, y, 0, -0.25, 0.62, 0.26)))
	roof := max(math.Abs(x)-0.78+max(0, float64((-y-0.46)*0.62)), -y-0.96, y+0.44)
	c, a = blendOver(c, a, s.lit(rgb{132, 54, 44}).times(fp.MulAdd(fp.FractalNoise(x*3, y*60, 2, 6), 0.4, 0.75)), inside(roof))
	c, a = blendOver(c, a, s.lit(rgb{120, 80, 66}), inside(box(x, y, 0.34, -0.92, 0.06, 0.16)))
	glow := rgb{255, 206, 110}.to(s.lit(rgb{120, 150, 180}), fp.Smoothstep(0.5, 0.95, s.bright))
	for _, wx := range []float64{-0.36, 0.36} {
		c, a = blendOver(c, a, s.lit(rgb{240, 236, 226}), inside(box(x, y, wx, -0.28, 0.12, 0.12)))
		c, a = blendOver(c, a, glow, inside(max(box(x, y, wx, -0.28, 0.1, 0.1), 0.012-min(math.Abs(x-wx), math.Abs(y+0.28)))))
	}
	return blendOver(c, a, s.lit(rgb{90, 58, 40}), inside(box(x, y, 0, -0.18, 0.085, 0.18)))
}

func (s *scene) castle(x, y float64) (rgb, float64) {
	stone := s.lit(rgb{150, 142, 134}).times(fp.MulAdd(fp.FractalNoise(x*14, y*26, 3, 7), 0.5, 0.72)).times(fp.MulAdd(x*sign(s.sunX), 0.25, 0.95))
	notch := float64(0.03 * fp.Smoothstep(0.4, 0.6, float64(math.Abs(float64(x*14)-math.Floor(float64(x*14))-0.5)*2)))
	d := box(x, y, 0, -0.16, 0.5, 0.26-notch)
	roof := 1.0
	for i, t := range []float64{-0.5, -0.17, 0.2, 0.52} {
		h := []float64{0.62, 0.86, 0.7, 0.56}[i]
		d = min(d, box(x, y, t, -h/2, 0.075, h/2))
		roof = min(roof, max(math.Abs(x-t)-float64(0.1*fp.Smoothstep(h+0.2, h, -y)), h-0.01+y, -y-h-0.2))
	}
	hill := float64(0.08*bump(x/0.9)) - 0.09 + float64(0.03*fp.FractalNoise(x*6, 1, 3, 8))
	c, a := blendOver(rgb{}, 0, stone, inside(d))
	c, a = blendOver(c, a, s.lit(rgb{74, 70, 104}), inside(roof))
	wx, wy := float64(x*22)-math.Floor(float64(x*22))-0.5, float64(y*9)-math.Floor(float64(y*9))-0.5
	if a > 0.9 && y < -0.14 && y > -0.8 && fp.Random(int(math.Floor(x*22)), int(math.Floor(y*9)), 9) > 0.6 {
		c = c.to(rgb{255, 200, 110}.to(s.shadow, s.bright), inside(max(math.Abs(wx)-0.14, math.Abs(wy)-0.26)/9))
	}
	// The rock below thins out to both sides.
	rock := float64(0.1 * (hypot(x/0.86, (y-0.005)/0.1) - 1))
	return blendOver(c, a, s.lit(rgb{70, 88, 54}), inside(max(-y-hill, rock)))
}

func (s *scene) lighthouse(x, y float64) (rgb, float64) {
	half := fp.MulAdd(-y, -0.05, 0.12)
	stripe := fp.Smoothstep(-0.1, 0.1, float64(math.Abs(float64(-y*3)-math.Floor(float64(-y*3))-0.5)*2)-0.5)
	round := 1 - float64(0.45*math.Abs(x/half-float64(0.5*sign(s.sunX))))
	c, a := blendOver(rgb{}, 0, s.lit(rgb{244, 240, 232}.to(rgb{206, 50, 44}, stripe)).times(round), inside(max(math.Abs(x)-half, -y-0.78, y+0.04)))
	c, a = blendOver(c, a, s.lit(rgb{60, 60, 66}), inside(box(x, y, 0, -0.79, 0.1, 0.014)))
	c, a = blendOver(c, a, rgb{255, 240, 170}, inside(box(x, y, 0, -0.85, 0.055, 0.06)))
	c, a = blendOver(c, a, s.lit(rgb{170, 40, 40}), inside(max(math.Abs(x)-0.075+float64((-y-0.9)*0.7), -y-1, y+0.9)))
	beam := bump((y+0.85)/fp.MulAdd(math.Abs(x), 0.12, 0.02)) * fp.Smoothstep(0.88, 0.05, math.Abs(x)) * (1.05 - s.bright)
	c, a = blendOver(c, a, rgb{255, 244, 190}, float64(0.6*beam))
	rock := 0.07 - float64(0.2*bump(x/0.85)) - float64(0.09*(fp.FractalNoise(x*7, 2, 4, 10)-0.5)) - y
	return blendOver(c, a, s.lit(rgb{92, 84, 78}).times(fp.MulAdd(fp.RidgedNoise(x*6, y*6, 3, 11), 0.6, 0.6)), inside(rock)*fp.Smoothstep(0.07, 0.04, y))
}

func (s *scene) windmill(x, y float64) (rgb, float64) {
	c, a := blendOver(rgb{}, 0, s.lit(rgb{226, 218, 204}).times(fp.MulAdd(x*sign(s.sunX), 2.6, 0.86)), inside(max(math.Abs(x)-fp.MulAdd(-y, -0.09, 0.15), -y-0.62, y-0.2)))
	c, a = blendOver(c, a, s.lit(rgb{120, 66, 48}), inside(max(hypot(x/1.05, y+0.6)-0.1, y+0.6)))
	u, v := x, y+0.62
	for range 4 {
		// Each sail is the one before, turned by a right angle.
		u, v = -v, u
		p, q := fp.MulAdd(u, 0.9, float64(v*0.436)), fp.MulAdd(u, -0.436, float64(v*0.9))
		c, a = blendOver(c, a, s.lit(rgb{90, 70, 56}), inside(box(p, q, 0.2, 0, 0.2, 0.008)))
		c, a = blendOver(c, a, s.lit(rgb{240, 236, 226}), inside(box(p, q, 0.24, 0.045, 0.15, 0.036)))
	}
	return c, a
}
