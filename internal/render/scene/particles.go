package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// ParticleSystem is one kind of particle in the air. Positions are functions of time, so that any frame can be drawn by
// itself.
type ParticleSystem struct {
	count      int
	colour     [3]byte // Y, U, V
	size       [2]float64
	fall, side float64 // frame heights a second at nearness 1
	sway       float64 // frame heights
	strength   float64 // opacity, 0 to 1
	streak     float64 // seconds of movement drawn as one line
	rise, soft bool    // starts below; is a puff, not a point
	flicker    bool
	seed       uint32
	wide, tall float64 // of the field that repeats in all directions, in frame heights; 0: usualWide and usualTall
}

// usualWide and usualTall are the size of a field of particles if the camera sees no more. The count of a system is for
// this size.
const usualWide, usualTall float64 = 2.9, 1.7

// sizeFields makes the fields of particles so large that they always cover the frame, with as many more particles.
func sizeFields(systems []ParticleSystem, t *raster.Take) []ParticleSystem {
	const margin = 0.1 // for swaying and for the size of particles
	var x, y float64
	for i := range 33 {
		s := t.Shot(float64(i)/32, t.Reversed)
		for _, near := range []float64{mostNearness, leastNearness} {
			lo, hi := s.Extent(&raster.Layer{Near: raster.Nearness{Base: near}})
			cx, cy := float64(s.View.X*near), float64(s.View.Y*near)
			x, y = max(x, hi.X-cx+margin, cx-lo.X+margin), max(y, hi.Y-cy+margin, cy-lo.Y+margin)
		}
	}
	for i := range systems {
		w := &systems[i]
		wide, tall := usualWide, usualTall
		if w.rise { // the field is as wide as the source of the particles
			wide *= 0.62
		}
		if w.wide, w.tall = max(wide, 2*x), max(tall, 2*y); w.rise {
			w.tall = tall
		}
		w.count = int(float64(w.count) * min(40, float64(w.wide*w.tall)/float64(wide*tall)))
	}
	return systems
}

// leastNearness and mostNearness are the range of the nearness of particles.
const leastNearness, mostNearness = 0.5, 1.8

// particleSystems returns the particles that the prompt asks for.
func (s *scene) particleSystems() []ParticleSystem {
	kinds := map[string]ParticleSystem{
		"rain":      {count: 420, colour: s.yuv(rgb{205, 216, 230}), size: [2]float64{0.0011, 0.002}, fall: 1.9, side: 0.16, strength: 0.42, streak: 0.026},
		"snow":      {count: 340, colour: s.yuv(rgb{250, 252, 255}), size: [2]float64{0.0016, 0.0055}, fall: 0.13, side: 0.03, sway: 0.02, strength: 0.85},
		"dust":      {count: 170, colour: s.yuv(s.sunlight.to(rgb{220, 190, 150}, 0.4)), size: [2]float64{0.0012, 0.0038}, fall: -0.012, side: 0.05, sway: 0.03, strength: 0.4},
		"sparks":    {count: 190, colour: s.yuv(rgb{255, 190, 84}), size: [2]float64{0.0012, 0.003}, fall: -0.3, side: 0.05, sway: 0.035, strength: 0.95, streak: 0.03, rise: true, flicker: true},
		"smoke":     {count: 46, colour: s.yuv(s.low.to(rgb{226, 226, 230}, 0.6)), size: [2]float64{0.05, 0.14}, fall: -0.085, side: 0.012, sway: 0.03, strength: 0.17, rise: true, soft: true},
		"fireflies": {count: 60, colour: s.yuv(rgb{226, 255, 120}), size: [2]float64{0.003, 0.006}, fall: -0.006, side: 0.014, sway: 0.05, strength: 0.95, flicker: true},
		"leaves":    {count: 80, colour: s.yuv(s.lit(rgb{216, 120, 50})), size: [2]float64{0.004, 0.009}, fall: 0.1, side: 0.06, sway: 0.06, strength: 0.9},
		"bubbles":   {count: 90, colour: s.yuv(rgb{214, 244, 250}), size: [2]float64{0.003, 0.01}, fall: -0.12, side: 0.0, sway: 0.02, strength: 0.45},
		"motes":     {count: 150, colour: s.yuv(s.sunlight), size: [2]float64{0.0010, 0.0032}, fall: -0.007, side: 0.01, sway: 0.03, strength: 0.5},
		"streaks":   {count: 150, colour: s.yuv(s.sunlight.to(rgb{255, 240, 220}, 0.4)), size: [2]float64{0.0012, 0.0024}, strength: 0.6},
	}
	var out []ParticleSystem
	for i, name := range []string{"smoke", "dust", "leaves", "snow", "bubbles", "rain", "fireflies", "sparks", "streaks", "motes"} {
		if s.particles[name] {
			w := kinds[name]
			w.seed = s.seed + 600 + uint32(16*i)
			out = append(out, w)
		}
	}
	return out
}

// yuv returns a colour, with the scene's mood, in the frame's format.
func (s *scene) yuv(c rgb) [3]byte {
	c = s.grade(c)
	r, g, b := int32(fp.Clamp(c.r, 0, 255)), int32(fp.Clamp(c.g, 0, 255)), int32(fp.Clamp(c.b, 0, 255))
	return [3]byte{
		byte(16 + (2992*r+10064*g+1016*b+1<<13)>>14),
		byte(128 + (-1649*r-5547*g+7196*b+1<<13)>>14),
		byte(128 + (7196*r-6536*g-660*b+1<<13)>>14),
	}
}

// Draw draws the particles over a frame.
func (w *ParticleSystem) Draw(f *raster.Frame, s *raster.Shot) {
	for i := range w.count {
		near := fp.MulAdd(fp.Random(i, 1, w.seed), mostNearness-leastNearness, leastNearness)
		if w.fall == 0 && w.side == 0 {
			w.drawLine(f, s, i)
			continue
		}
		x, y, k := w.place(s, i, near)
		px, py := s.Project(x, y, near)
		size := float64(fp.Lerp(w.size[0], w.size[1], fp.Random(i, 2, w.seed)) * near * float64(f.H))
		dx, dy := 0.0, 0.0
		if w.streak > 0 {
			dx, dy = float64(w.side*near*w.streak*float64(f.H)), float64(w.fall*near*w.streak*float64(f.H))
		}
		w.drawDot(f, px, py, dx, dy, max(size, 0.7), k)
	}
}

// place returns where particle i is at the shot's time, and its opacity.
func (w *ParticleSystem) place(s *raster.Shot, i int, near float64) (x, y, k float64) {
	wide, tall := w.wide, w.tall
	if wide == 0 {
		wide, tall = usualWide, usualTall
	}
	t := s.Seconds
	// The field repeats: take the copy before the camera.
	cx, cy := float64(s.View.X*near/wide), float64(s.View.Y*near/tall)
	if w.rise {
		cy = 0
	}
	across := fp.Random(i, 3, w.seed) + float64(t*w.side*near/wide) - cx
	along := fp.Random(i, 4, w.seed) + float64(t*w.fall*near/tall) - cy
	along -= math.Floor(along)
	across -= math.Floor(across)
	swing, _ := fp.SinCos(fp.MulAdd(t, fp.MulAdd(fp.Random(i, 5, w.seed), 1.4, 0.6), float64(6*fp.Random(i, 6, w.seed))))
	x, y = fp.MulAdd(across+cx-0.5, wide, float64(w.sway*swing)), float64((along+cy-0.5)*tall)
	k = w.strength
	if w.rise {
		// It starts below and fades on its way up.
		k *= fp.Smoothstep(0, 0.35, along) * fp.Smoothstep(1, 0.85, along)
		y += 0.25
	}
	if w.flicker {
		beat, _ := fp.SinCos(fp.MulAdd(t, fp.MulAdd(fp.Random(i, 7, w.seed), 5, 2), float64(6*fp.Random(i, 8, w.seed))))
		k *= fp.MulAdd(beat, 0.45, 0.55)
	}
	return x, y, k
}

// drawLine draws one of the lines of high speed, which run out from the middle of the frame.
func (w *ParticleSystem) drawLine(f *raster.Frame, s *raster.Shot, i int) {
	angle := float64(tau * fp.Random(i, 1, w.seed))
	sin, cos := fp.SinCos(angle)
	t := fp.Random(i, 2, w.seed) + float64(s.Seconds*fp.MulAdd(fp.Random(i, 3, w.seed), 0.9, 0.8))
	t -= math.Floor(t)
	r := float64(fp.MulAdd(float64(t*t), max(1.25, float64(0.6*float64(f.W))/float64(f.H)), 0.05) * float64(f.H))
	length := float64(fp.MulAdd(t, 0.3, 0.02) * t * float64(f.H))
	px, py := fp.MulAdd(cos, r, float64(f.W)/2), fp.MulAdd(sin, r, float64(f.H)*0.5)
	w.drawDot(f, px, py, float64(cos*length), float64(sin*length), max(0.7, float64(fp.MulAdd(t, 0.0026, 0.0004)*float64(f.H))), float64(w.strength*fp.Smoothstep(0.05, 0.4, t)))
}

// drawDot draws a soft dot or, if it moves by (dx, dy), a line. Sizes are in pixels.
func (w *ParticleSystem) drawDot(f *raster.Frame, px, py, dx, dy, r, k float64) {
	reach := float64(r * 1.6)
	if w.soft {
		reach = 2 * r
	}
	y0, y1 := int(math.Ceil(min(py, py-dy)-reach)), int(math.Floor(max(py, py-dy)+reach))
	length, part := fp.MulAdd(dx, dx, float64(dy*dy)), 1/float64(reach*reach)
	for y := max(0, y0); y <= min(f.H-1, y1); y++ {
		v := float64(y) - py
		x0, x1 := across(px, dx, v, dy, reach)
		for x := max(0, x0); x <= min(f.W-1, x1); x++ {
			u, v := float64(x)-px, v
			if length > 0 {
				t := fp.Clamp(-(fp.MulAdd(u, dx, float64(v*dy)))/length, 0, 1)
				u, v = fp.MulAdd(t, dx, u), fp.MulAdd(t, dy, v)
			}
			d := float64(fp.MulAdd(u, u, float64(v*v)) * part)
			if d >= 1 {
				continue
			}
			a := int(float64(float64(k*float64((1-d)*(1-d))) * 256))
			o := y*f.W + x
			f.Y[o] += byte((int(w.colour[0]) - int(f.Y[o])) * a >> 8)
			if x&1 == 0 && y&1 == 0 {
				c := y/2*(f.W/2) + x/2
				f.U[c] += byte((int(w.colour[1]) - int(f.U[c])) * a >> 8)
				f.V[c] += byte((int(w.colour[2]) - int(f.V[c])) * a >> 8)
			}
		}
	}
}

// across returns the pixels of a row, v below the beginning of a line, that may be within reach of the line; none if x0
// is beyond x1.
func across(px, dx, v, dy, reach float64) (x0, x1 int) {
	// The part of the line that is within reach of the row.
	from, to := 0.0, 1.0
	if dy != 0 {
		a, b := (-v-reach)/dy, (-v+reach)/dy
		from, to = max(0, min(a, b)), min(1, max(a, b))
	}
	if from > to {
		return 1, 0
	}
	a, b := px-float64(from*dx), px-float64(to*dx)
	return int(math.Floor(min(a, b) - reach)), int(math.Ceil(max(a, b) + reach))
}
