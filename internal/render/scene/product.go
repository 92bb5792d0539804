package scene

import (
	"slices"
	"strings"
	"sync"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// backdropTable has a row for each backdrop of a product shot: its name; its colours at the edges and in the light; the surface below: its
// material, two colours and the size of its pattern in frame heights; how much that reflects and how dark shadows on it are, in
// hundredths; and over how much of the frame's height, in hundredths, it bends into the backdrop. 0 is a table with an edge.
const backdropTable = `
white   d3d8de fdfdfe flat   eceef1 eceef1 1    20 42 17
black   030304 2c2f37 flat   0c0d10 0c0d10 1    52 90 12
grey    4f555d b4bac2 flat   8d939b 8d939b 1    20 55 17
marble  6f6a64 cfc7bb marble f4f1ed 9d968e 0.62 30 50 0
wood    241a14 6f5644 planks 8a5a36 50301a 0.2  12 60 0
beige   c2ab8e f4e8d6 flat   e2d0b8 e2d0b8 1    16 42 17
pink    d7849f fbd3dd flat   f0b4c4 f0b4c4 1    18 42 17
red     7e1620 dc4450 flat   b42c38 b42c38 1    24 55 17
orange  c4621c fdb264 flat   ee9040 ee9040 1    20 48 17
yellow  d4a01c fde27a flat   f4c844 f4c844 1    18 45 17
green   2c6448 9ccfae flat   66a682 66a682 1    20 50 17
blue    204a86 8cbcec flat   5488c4 5488c4 1    22 52 17
purple  482a78 b494e0 flat   8060b4 8060b4 1    22 52 17
`

// backdrop is what a product shot has behind and below its subject.
type backdrop struct {
	edge, middle rgb
	below        surface
	gloss, dark  float64 // how much the surface reflects, and how dark shadows on it are, 0 to 1
	bend         float64 // over how many frame heights the surface bends into the backdrop; 0: it has an edge
}

// backdrops are the backdrops by their names, parsed for the first scene that has one.
var backdrops = sync.OnceValue(parseBackdrops)

func parseBackdrops() map[string]*backdrop {
	out := map[string]*backdrop{}
	for line := range strings.Lines(strings.TrimSpace(backdropTable)) {
		r := &planRow{line: line, rest: strings.Fields(line)}
		name, b := r.word(), &backdrop{edge: hex(r.word()), middle: hex(r.word())}
		b.below = surface{material: r.word(), a: hex(r.word()), b: hex(r.word()), size: r.number()}
		b.gloss, b.dark, b.bend = r.number()/100, r.number()/100, r.number()/100
		out[name] = b
	}
	return out
}

// stillLife are the props of product shots.
func stillLife() []string { return []string{"perfume", "bottle", "candle", "glass", "iceblock"} }

// chooseBackdrop puts what the words name before a backdrop, if they ask for a product shot, or for a studio or a
// backdrop for something, and name no place.
func (s *sceneSpec) chooseBackdrop() {
	some := len(s.subjects) > 0 || s.has("person") || s.hasTableThings()
	asked := s.shot == "product" || s.shot == "studio" && some || s.backdrop != "" && s.hasTableThings()
	if !asked || s.location != "" || s.ground != "" && s.ground != "table" || s.far != "" && s.far != "none" {
		s.backdrop = ""
		return
	}
	if s.backdrop == "" {
		s.backdrop = "grey"
	}
	for thing := range s.things {
		if !slices.Contains(stillLife(), thing) && thing != "person" {
			delete(s.things, thing)
		}
	}
	if len(s.subjects) > 0 {
		delete(s.things, "person")
	} else if len(s.things) == 0 {
		s.things["bottle"] = true
	}
	delete(s.particles, "bubbles") // of fish
	s.hour, s.far, s.ground, s.near = "studio", "none", "table", ""
}

// drawProductShot draws a backdrop, and before it what the words name.
func (s *scene) drawProductShot() {
	b := backdrops()[s.backdrop]
	s.set, s.inside = b, true
	light := b.middle.to(rgb{255, 255, 255}, 0.75)
	s.palette = palette{top: b.edge, mid: b.edge.to(b.middle, 0.5), low: b.middle, sunlight: light, shadow: b.edge.times(0.35), bright: 1}
	x := float64(0.14 * sign(s.sunX)) // of the light
	pool := func(px, py float64) rgb { return b.edge.to(b.middle, bump(hypot((px-x)/1.25, (py+0.02)/0.78))) }
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.3}}, 0.5, -2, 2, shader(func(px, py float64) (rgb, float64) {
		return pool(px, py), 1
	}).columns())
	list := s.stillLife()
	s.addSurface(b, pool, list)
	for _, one := range list {
		if one.prop.shade != nil {
			s.drawProp(one.prop, one.x, s.horizon+one.foot)
			continue
		}
		s.drawFigure(one.figure, s.paintFigure(one.figure))
	}
	s.drawSigns()
}

// addSurface draws what the things of a product shot stand on, with their shadows.
func (s *scene) addSurface(b *backdrop, pool func(x, y float64) rgb, list []exhibit) {
	edge := s.horizon
	if b.bend == 0 {
		edge += 0.1
	}
	paint, away := materials[b.below.material], -sign(s.sunX)
	s.addLayer(raster.Layer{Near: s.groundNear}, 1, edge-max(0.04, 8/float64(s.take.H)), groundDepth, shader(func(px, py float64) (rgb, float64) {
		down := max(py-s.horizon, 0.004)
		d := 0.3 / down
		c := paint(b.below, grain{u: float64(px * d), v: d, s: 0.5, t: 0.5, fine: fp.Smoothstep(7, 2.5, d), seed: s.seed + 740})
		lit := fp.MulAdd(bump(hypot(px/1.3, (down-0.24)/0.55)), 0.3, 0.76)
		c = c.times(lit)
		if b.bend > 0 { // near the bend it has the backdrop's colours
			c = pool(px, py).to(c, fp.Smoothstep(0, float64(2*b.bend), py-edge))
		}
		shadow := 0.0
		for _, e := range list {
			u, v := px-e.x-float64(0.16*e.half*away), py-s.horizon-e.foot+0.012
			shadow = max(shadow, bump(hypot(u/float64(1.25*e.half), v/0.03)), float64(0.72*bump(hypot((u-float64(0.5*e.half*away))/float64(2.3*e.half), v/0.1))))
		}
		c = c.to(s.shadow, float64(b.dark*shadow))
		if b.bend > 0 {
			return c, fp.Smoothstep(edge, edge+b.bend, py)
		}
		rim := fp.Smoothstep(0.014, 0.004, py-edge)
		return c.to(rgb{255, 252, 246}, float64(0.3*rim)), fp.Smoothstep(edge-0.0015, edge+0.0015, py)
	}).columns())
}

// exhibit is a thing of a product shot in its place: a prop, or else a figure.
type exhibit struct {
	prop prop
	figure
	half float64 // half its width, in frame heights
}

// stillLife returns the things of a product shot in their places: the props in the middle, since they are what it is of.
func (s *scene) stillLife() []exhibit {
	var out []exhibit
	for _, t := range props() {
		if s.has(t.name) {
			out = append(out, exhibit{prop: t})
		}
	}
	first := len(out)
	for _, subject := range s.subjects {
		for range min(subject.Count, maxFigures-len(out)) {
			out = append(out, exhibit{figure: figure{Subject: subject}})
		}
	}
	slot := float64(0.86*s.aspect) / float64(max(1, len(out)))
	for i := range out {
		e := &out[i]
		// From the middle to the sides: 0, 1, -1, 2, -2.
		place := float64((i + 1) / 2)
		if i%2 == 0 {
			place = -place
		}
		if len(out)%2 == 0 {
			place -= 0.5
		}
		e.x = float64(slot * place)
		e.foot = 0.37 - s.horizon - float64(0.014*float64((i+1)/2))
		if i < first {
			e.tall = min(float64(1.16*e.prop.tall), slot/float64(2*e.prop.reachX)*1.5)
			e.half = float64(e.tall * e.prop.reachX * 0.55)
			e.prop.tall, e.prop.foot, e.prop.near = e.tall, e.foot, float64(levelGround(0).Slope*e.foot)
			e.prop.near = s.propNearness(e.prop)
			continue
		}
		s.sizeExhibit(e, slot, first > 0)
	}
	slices.Reverse(out) // the middle is the nearest
	return out
}

// sizeExhibit chooses the size of a figure of a product shot. beside: it stands beside a prop.
func (s *scene) sizeExhibit(e *exhibit, slot float64, beside bool) {
	e.tall = 0.6
	if e.Metres > 1.2 { // a person or larger
		e.tall = 0.72
	}
	if beside {
		e.tall = 0.3
	}
	small := e.Paint(32, nil).Rect
	wide := float64(small.Dx()) / float64(small.Dy())
	e.tall = min(e.tall, float64(slot*0.98)/wide)
	e.half = float64(e.tall*wide) / 2
	e.near = s.propNearness(prop{near: float64(levelGround(0).Slope * e.foot), foot: e.foot})
}
