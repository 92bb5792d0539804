package scene

import (
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// eyeHeight is how high the camera is above the floor of a location, in metres: a figure of a person's height is then as large as its
// place on level ground makes it.
const eyeHeight = 1.12

// metre returns the frame heights of a metre at a distance in metres.
func metre(distance float64) float64 { return camera.Focal / distance }

// nearnessAt returns the nearness of what is at a distance in metres, so that it stands on level ground.
func nearnessAt(distance float64) float64 {
	return float64(levelGround(0).Slope*eyeHeight) * metre(distance)
}

// location is a plan while it is drawn.
type location struct {
	*scene
	*plan
	flip  float64 // -1: mirrored
	lamps []placedLamp
	close bool // things on a table, before what is behind it out of focus
}

// placedLamp is a light in a location, in metres.
type placedLamp struct {
	x, y, distance, radius float64
	colour                 rgb
}

// hasTableThings reports whether the scene is about things that stand on a table.
func (s *sceneSpec) hasTableThings() bool {
	for _, thing := range stillLife() {
		if s.has(thing) {
			return true
		}
	}
	for _, c := range s.subjects {
		if c.Habitat != "table" {
			return false
		}
	}
	return len(s.subjects) > 0
}

// isCloseUp reports whether the camera is close to things on the location's table.
func (s *scene) isCloseUp() bool { return s.hasTableThings() && s.plan().table.material != "" }

// drawLocation draws the floor of a location and what stands on it. The camera sees what is outside through its windows.
func (s *scene) drawLocation() {
	l := &location{scene: s, plan: s.plan(), flip: -sign(s.subjectX), close: s.isCloseUp()}
	l.placeLamps()
	if !l.open {
		l.lightInside()
	}
	for _, layer := range l.layers {
		if layer.wall {
			l.drawLayer(layer)
		}
	}
	l.drawFloor()
	if l.ceiling > 0 {
		l.drawCeiling()
	}
	for _, layer := range l.layers {
		if !layer.wall && !layer.edge {
			l.drawLayer(layer)
		}
	}
	if l.close {
		l.drawTable()
	}
}

// drawLocationFront draws what stands before the subjects, at the frame's edges.
func (s *scene) drawLocationFront() {
	l := &location{scene: s, plan: s.plan(), flip: -sign(s.subjectX)}
	for _, layer := range l.layers {
		if layer.edge && !s.hasTableThings() {
			l.drawLayer(layer)
		}
	}
}

// plan returns the plan of the scene's location; nil: it has none.
func (s *sceneSpec) plan() *plan { return plans()[s.location] }

// placeLamps lists the lights.
func (l *location) placeLamps() {
	for _, layer := range l.layers {
		for _, it := range layer.items {
			strength := map[string]float64{"lamp": 1, "flood": l.night()}[it.kind]
			if strength > 0 {
				l.lamps = append(l.lamps, placedLamp{float64(l.flip * it.x), it.y, layer.distance, it.w, it.a.times(float64(it.size * strength))})
			}
		}
	}
}

// lightInside changes the light from that outside to that of the location.
func (l *location) lightInside() {
	day := l.scene.bright
	level := float64(l.level * fp.Lerp(l.dark, 1, fp.Smoothstep(0.2, 0.9, day)))
	tone := l.light.to(l.sunlight, float64(0.35*fp.Smoothstep(0.3, 1, day)))
	l.scene.palette = palette{top: l.top, mid: tone, low: tone, sunlight: tone, shadow: rgb{26, 20, 22}, bright: level}
	l.inside = true
}

// wallDistance returns how far away the floor's end is.
func (l *location) wallDistance() float64 {
	for _, layer := range l.layers {
		if layer.wall {
			return layer.distance
		}
	}
	return 400
}

// lampLight returns the light of the lamps on a point in metres.
func (l *location) lampLight(x, y, distance float64) rgb {
	sum := rgb{}
	strength, reach := fp.MulAdd(l.night(), 1.6, 1), fp.MulAdd(l.night(), 0.5, 1)
	if l.inside {
		strength, reach = 1.15-float64(0.6*l.bright), 1
	}
	for _, lamp := range l.lamps {
		dx, dy, dz := x-lamp.x, y-lamp.y, distance-lamp.distance
		d := math.Sqrt(fp.MulAdd(dx, dx, fp.MulAdd(dy, dy, float64(dz*dz)))) / float64(lamp.radius*reach)
		if d < 1 {
			sum = sum.plus(lamp.colour, float64(strength*bump(d)))
		}
	}
	return sum
}

// night returns how dark it is under the open sky, so that lamps count: 0 to 1.
func (l *location) night() float64 { return fp.Smoothstep(0.7, 0.3, l.bright) }

// lightUp returns a colour in the light of the hour and of the lamps.
func (l *location) lightUp(c, lamps rgb) rgb {
	lit := l.lit(c)
	return rgb{fp.MulAdd(c.r, lamps.r/255, lit.r), fp.MulAdd(c.g, lamps.g/255, lit.g), fp.MulAdd(c.b, lamps.b/255, lit.b)}
}

// foot is where something stands on the floor, in metres.
type foot struct{ x, half, distance float64 }

// feet lists what stands on the floor.
func (l *location) feet() []foot {
	var out []foot
	for _, layer := range l.layers {
		for _, it := range layer.items {
			if it.y == 0 && !l.isReplaced(it) && !layer.wall && !layer.hung && !layer.edge && it.kind != "lamp" && it.kind != "flood" {
				w := it.w
				if it.kind == "cut" {
					w = float64(it.h * 0.8)
				}
				out = append(out, foot{float64(l.flip * it.x), float64(0.55 * w), layer.distance})
			}
		}
	}
	return out
}

// drawFloor draws the floor from the wall to below the frame.
func (l *location) drawFloor() {
	wall := l.wallDistance()
	seam := l.horizon + float64(eyeHeight*metre(wall))
	feet := l.feet()
	paint := materials[l.floor.material]
	fade := !l.inside && wall > 100
	shade := func(px, py float64) (rgb, float64) {
		down := max(py-l.horizon, 0.004)
		d := float64(eyeHeight*camera.Focal) / down
		x := float64(px*d) / camera.Focal
		size := l.floor.size
		g := grain{u: x, v: d, s: 0.5, t: 0.5, fine: fp.Smoothstep(float64(size*70), float64(size*22), d), seed: l.seed + 700}
		c := paint(l.floor, g)
		shadow := 0.0
		for _, f := range feet {
			dx, dz := (x-f.x)/(f.half+0.18), (d-f.distance+0.08)/0.42
			shadow = max(shadow, float64(0.6*bump(max(0, hypot(dx, dz)-0.25)/0.75)))
		}
		if l.inside {
			shadow = max(shadow, float64(0.5*fp.Smoothstep(0.9, 0, wall-d)))
		}
		c = l.lightUp(c.times(1-shadow), l.lampLight(x, 0, d).times(1-shadow))
		if fade {
			c = c.to(l.low.to(l.mid, 0.2), 0.5*fp.Smoothstep(0.11, 0, down))
		}
		return c, fp.Smoothstep(seam-0.0015, seam+0.0015, py)
	}
	l.addLayer(raster.Layer{Near: l.groundNear}, 1, seam-max(0.04, 8/float64(l.take.H)), groundDepth, shader(shade).columns())
}

// drawTable draws the top of a table, from before the wall to below the frame.
func (l *location) drawTable() {
	edge := l.horizon + 0.2
	paint := materials[l.plan.table.material]
	l.addLayer(raster.Layer{Near: l.groundNear}, 1, edge-max(0.04, 8/float64(l.take.H)), groundDepth, shader(func(px, py float64) (rgb, float64) {
		down := max(py-l.horizon, 0.004)
		d := 0.3 / down
		g := grain{u: float64(px * d), v: d, s: 0.5, t: 0.5, fine: 1, seed: l.seed + 710}
		c := l.lightUp(paint(l.plan.table, g), l.lampLight(px, 0.9, 3).times(0.5))
		rim := fp.Smoothstep(0.012, 0.004, py-edge)
		return c.times(fp.MulAdd(fp.Smoothstep(0.5, 0.1, math.Abs(px-l.subjectX)), 0.16, 0.9)).to(rgb{255, 250, 240}, float64(0.2*rim)), fp.Smoothstep(edge-0.0015, edge+0.0015, py)
	}).columns())
}

// drawCeiling draws a level ceiling from the wall to above the frame.
func (l *location) drawCeiling() {
	wall := l.wallDistance()
	up := l.ceiling - eyeHeight
	seam := l.horizon - float64(up*metre(wall))
	slope := levelGround(0).Slope * eyeHeight / up
	paint := materials[l.roof.material]
	l.addLayer(raster.Layer{Near: raster.Nearness{Base: float64(slope * l.horizon), Slope: -slope}}, 0.8, -2, seam+max(0.04, 8/float64(l.take.H)), shader(func(px, py float64) (rgb, float64) {
		above := max(l.horizon-py, 0.004)
		d := float64(up*camera.Focal) / above
		x := float64(px*d) / camera.Focal
		c := paint(l.roof, grain{u: x, v: d, s: 0.5, t: 0.5, fine: fp.Smoothstep(40, 10, d), seed: l.seed + 720})
		c = c.times(0.82 - float64(0.3*fp.Smoothstep(1.2, 0, wall-d)))
		return l.lightUp(c, l.lampLight(x, l.ceiling, d)), fp.Smoothstep(seam+0.0015, seam-0.0015, py)
	}).columns())
}

// furnish leaves out of a location what is not there: outside are the weather and what stands on the ground.
func (s *sceneSpec) furnish() {
	p := s.plan()
	if p == nil {
		return
	}
	if s.near = ""; s.ground == "none" || s.ground == "" {
		s.ground = "meadow"
	}
	for _, t := range props() {
		if !slices.Contains([]string{"person", "perfume", "bottle", "candle", "glass", "iceblock", "birds", "balloon"}, t.name) || !p.open && t.foot < 0 {
			delete(s.things, t.name)
		}
	}
	delete(s.things, "fog")
	if !p.open {
		for _, fall := range []string{"rain", "snow", "leaves", "bubbles"} {
			delete(s.particles, fall)
		}
	}
}

// placeIndoors puts a figure on the floor at its size: the smaller, the nearer to the camera, and a little larger than it is, to be seen.
func (s *scene) placeIndoors(f *figure, slot float64) {
	if f.Habitat == "air" || f.Habitat == "deep" {
		return
	}
	if s.plan().middle && len(s.subjects) == 1 && f.Count == 1 {
		f.x = 0
	}
	small := fp.Smoothstep(1.6, 0.2, f.Metres)
	if f.foot = 0.25 + float64(0.09*small); f.Habitat == "table" && s.isCloseUp() {
		f.foot = 0.29
		return
	}
	root := math.Sqrt(math.Sqrt(1.7 / f.Metres))
	seen := float64(root * math.Sqrt(root)) // how much larger than it is
	f.tall = fp.Clamp(float64(float64(f.foot/eyeHeight)*float64(f.Metres*seen)), 0.13, min(0.56, float64(slot*1.3)))
}
