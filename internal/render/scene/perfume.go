package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// roundBox returns the distance to a rectangle with the middle (cx, cy), the half sizes w and h, and round corners.
func roundBox(x, y, cx, cy, w, h, radius float64) float64 {
	u, v := math.Abs(x-cx)-w+radius, math.Abs(y-cy)-h+radius
	return hypot(max(u, 0), max(v, 0)) + min(max(u, v), 0) - radius
}

// perfume draws a flacon: thick glass, coloured perfume, a label, and a metal cap.
func (s *scene) perfume(x, y float64) (rgb, float64) {
	c, a := s.flacon(x, y)
	metal := func(half float64) rgb {
		turn := x / half
		k := fp.Clamp(0.38+float64(0.75*bump((turn+0.45)/0.5))+float64(0.3*bump((turn-0.62)/0.22))-float64(0.25*bump((turn-0.15)/0.3)), 0, 1.15)
		return rgb{92, 62, 26}.to(rgb{255, 232, 178}, k)
	}
	c, a = blendOver(c, a, metal(0.1).times(0.85), inside(box(x, y, 0, -0.69, 0.1, 0.045)))
	c, a = blendOver(c, a, rgb{60, 40, 16}, float64(0.6*inside(math.Abs(y+0.69)-0.006)*inside(math.Abs(x)-0.1)))
	lid := metal(0.145).times(fp.MulAdd(fp.Smoothstep(-0.99, -0.74, y), -0.22, 1.05))
	c, a = blendOver(c, a, lid, inside(roundBox(x, y, 0, -0.865, 0.145, 0.135, 0.018)))
	return blendOver(c, a, rgb{255, 250, 234}, float64(0.7*inside(math.Abs(y+0.985)-0.006)*inside(math.Abs(x)-0.125)))
}

// flacon draws the glass of a perfume bottle with what is in it.
func (s *scene) flacon(x, y float64) (rgb, float64) {
	body := roundBox(x, y, 0, -0.335, 0.31, 0.335, 0.05)
	hollow := roundBox(x, y, 0, -0.355, 0.27, 0.275, 0.03)
	away := s.low.to(rgb{255, 255, 255}, 0.25)
	// Thick glass is dark at its edges, and shows what is behind it in between.
	c := away.times(0.92).to(away.times(0.4), float64(0.75*fp.Smoothstep(-0.035, -0.002, body)))
	c = c.to(away.times(0.55), float64(0.6*fp.Smoothstep(0.03, 0.0, math.Abs(y+0.045)))).to(rgb{255, 255, 255}, float64(0.5*bump((y+0.068)/0.012)))
	c, a := blendOver(rgb{}, 0, c, float64(0.86*inside(body)))
	hue := []rgb{{226, 138, 44}, {214, 92, 112}, {72, 138, 150}, {206, 160, 66}}[s.seed%4]
	turn := x / 0.27
	light := fp.Clamp(0.5+float64(0.62*bump((turn-float64(0.25*sign(s.sunX)))/0.9))+float64(0.3*fp.Smoothstep(-0.5, -0.1, y)), 0, 1.2)
	liquid := hue.times(fp.MulAdd(light, 0.72, 0.28)).to(rgb{255, 240, 214}, float64(0.28*bump((turn+float64(0.1*sign(s.sunX)))/0.45)*fp.Smoothstep(-0.5, -0.15, y)))
	level := -0.55
	c, a = blendOver(c, a, liquid, float64(0.9*inside(max(hollow, level-y))))
	c, a = blendOver(c, a, hue.to(rgb{255, 255, 255}, 0.55), float64(0.7*inside(math.Abs(y-level)-0.007)*inside(hollow)))
	c, a = blendOver(c, a, rgb{236, 236, 232}, float64(0.5*inside(math.Abs(x)-0.008)*inside(box(x, y, 0, -0.38, 0.01, 0.25)))) // the tube
	c, a = s.perfumeLabel(x, y, c, a)
	// A soft box is mirrored on the light's side, a reflector on the other.
	side := float64(x * sign(s.sunX))
	band := float64(inside(math.Abs(side-0.225)-0.026) * fp.Smoothstep(-0.62, -0.5, y) * fp.Smoothstep(-0.08, -0.16, y))
	c, a = blendOver(c, a, rgb{255, 255, 255}, float64(0.72*band*fp.MulAdd(y, -0.7, 0.5)))
	thin := float64(inside(math.Abs(side+0.278)-0.008) * fp.Smoothstep(-0.62, -0.56, y) * fp.Smoothstep(-0.06, -0.12, y))
	c, a = blendOver(c, a, rgb{255, 255, 255}, float64(0.55*thin))
	rim := float64(fp.Smoothstep(0.012, 0.002, math.Abs(body+0.008)) * fp.Smoothstep(-0.4, -0.66, y))
	return blendOver(c, a, rgb{255, 255, 255}, float64(0.65*rim*inside(body)))
}

// perfumeLabel draws a label with a frame and an emblem over a colour.
func (s *scene) perfumeLabel(x, y float64, c rgb, a float64) (rgb, float64) {
	label := inside(box(x, y, 0, -0.31, 0.15, 0.115))
	c, a = blendOver(c, a, rgb{250, 245, 234}.times(fp.MulAdd(x*sign(s.sunX), 0.5, 0.95)), label)
	gold := rgb{176, 132, 58}
	frame := math.Abs(box(x, y, 0, -0.31, 0.132, 0.097))
	c, a = blendOver(c, a, gold, float64(label*fp.Smoothstep(0.006, 0.002, frame)))
	ring := math.Abs(hypot(x/0.045, (y+0.33)/0.045) - 1)
	c, a = blendOver(c, a, gold, float64(label*fp.Smoothstep(0.16, 0.06, ring)))
	leaf := math.Abs(x)/0.018 + math.Abs(y+0.33)/0.034 - 1
	c, a = blendOver(c, a, gold, float64(label*fp.Smoothstep(0.2, -0.1, leaf)))
	line := max(math.Abs(y+0.252)-0.004, math.Abs(x)-0.07)
	return blendOver(c, a, gold, float64(label*fp.Smoothstep(0.003, -0.001, line)))
}
