package scene

import (
	"image"
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/render/cutout"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// planShape is an item of a layer, ready to be painted, in metres.
type planShape struct {
	planItem
	x0, x1  float64
	picture *image.RGBA
	seed    uint32
}

// drawLayer draws what stands at one distance.
func (l *location) drawLayer(layer planLayer) {
	scale := metre(layer.distance)
	shapes := l.shapes(layer, scale)
	detail := 1.0
	if l.close {
		detail = 0.3 // out of focus
	}
	soft := 0.75 / float64(float64(float64(l.take.H)*scale)*detail)
	margin := max(0.05, 12/float64(l.take.H)) // enough transparent rows for the splines of coarse levels to settle
	top, bottom := -2.0, l.horizon+float64((eyeHeight-lowest(layer))*scale)+margin
	if !layer.wall {
		top = l.horizon - float64((highest(layer)-eyeHeight)*scale) - margin
	}
	if layer.edge {
		bottom = groundDepth
	}
	near := nearnessAt(layer.distance)
	if layer.edge { // a camera that comes near must not go through it
		near = min(near, 1.5)
	}
	l.addLayer(raster.Layer{Near: raster.Nearness{Base: near}}, detail, top, bottom, func(px float64) func(y float64) (rgb, float64) {
		x := l.metresAcross(layer, px, scale)
		var here []*planShape
		for i := range shapes {
			if s := &shapes[i]; x > s.x0-soft && x < s.x1+soft {
				here = append(here, s)
			}
		}
		if !layer.wall && len(here) == 0 {
			return func(float64) (rgb, float64) { return rgb{}, 0 }
		}
		return func(py float64) (rgb, float64) {
			return l.shadeAt(layer, here, x, eyeHeight-(py-l.horizon)/scale, soft)
		}
	})
}

// highest returns the height of a layer's highest item.
func highest(l planLayer) float64 {
	h := 0.0
	for _, it := range l.items {
		h = max(h, it.y+it.h)
		if it.kind == "lamp" {
			h = max(h, it.y+it.w)
		}
	}
	return h
}

// lowest returns the height of the lower edge of what a layer shows: the floor, unless a light reaches below it.
func lowest(l planLayer) float64 {
	h := 0.0
	for _, it := range l.items {
		if it.kind == "lamp" {
			h = min(h, it.y-float64(it.w*0.5))
		}
	}
	return h
}

// metresAcross returns the position in a layer's plan of a column of the frame.
func (l *location) metresAcross(layer planLayer, px, scale float64) float64 {
	x := float64(l.flip*px) / scale
	if layer.edge {
		return x - float64(sign(x)*(float64(l.aspect/2)/scale-10))
	}
	if layer.every > 0 {
		x -= float64(layer.every * math.Floor(x/layer.every+0.5))
	}
	return x
}

// shapes prepares the items of a layer.
func (l *location) shapes(layer planLayer, scale float64) []planShape {
	out := make([]planShape, 0, len(layer.items))
	for i, it := range layer.items {
		if it.kind == "flood" || l.isReplaced(it) {
			continue
		}
		s := planShape{planItem: it, seed: l.seed + 730 + uint32(i)}
		half := float64(max(it.w, it.top) / 2)
		switch it.kind {
		case "cut":
			d, _ := cutout.Named(it.name) // a test looks at every name
			s.picture = d.Paint(int(float64(it.h*scale)*float64(l.take.H)*1.2), nil)
			half = float64(it.h*float64(s.picture.Rect.Dx())) / float64(2*s.picture.Rect.Dy())
			s.w = 2 * half
		case "lamp":
			half = it.w * 0.5
		case "fire":
			half, s.w = it.h, 2*it.h
		}
		s.x0, s.x1 = it.x-half, it.x+half
		out = append(out, s)
	}
	return out
}

// isReplaced reports whether an item is a vehicle, and the words name vehicles of their own.
func (l *location) isReplaced(it planItem) bool {
	d, ok := cutout.Named(it.name)
	return ok && d.Habitat == "road" && slices.ContainsFunc(l.subjects, func(c cutout.Subject) bool { return c.Habitat == "road" })
}

// shadeAt returns the colour and the opacity of a layer at a point in metres. shapes are those that its column may show.
func (l *location) shadeAt(layer planLayer, shapes []*planShape, x, y, soft float64) (rgb, float64) {
	c, a := rgb{}, 0.0
	lamps := l.lampLight(float64(l.flip*x), y, layer.distance)
	if layer.wall {
		c, a = materials[layer.material](layer.surface, grain{u: x, v: y, s: 0.5, t: fp.Clamp(y/3, 0, 1), fine: 1, seed: l.seed + 725}), 1
		c = c.times(1 - float64(0.32*fp.Smoothstep(0.7, 0, y)) - float64(0.2*fp.Smoothstep(1.8, 4.5, y)))
		c = l.lightUp(c, lamps)
	}
	for _, s := range shapes {
		k := s.cover(x, y, soft)
		if k == 0 {
			continue
		}
		switch s.kind {
		case "window", "arched":
			a = float64(a * (1 - k))
		case "cut":
			p, pa := s.pixel(x, y)
			c, a = blendOver(c, a, l.lightUp(p, lamps.times(0.7)), float64(k*pa))
		case "lamp":
			c, a = blendOver(c, a, s.a, float64(s.size*0.4*l.halo()*bump(hypot(x-s.x, y-s.y)/float64(s.w*0.5))))
		case "fire":
			p, pa := l.scene.fire((x-s.x)/s.h, (s.y-y)/s.h)
			c, a = blendOver(c, a, p, pa)
		default:
			g := grain{u: x - s.x, v: y - s.y, s: fp.Clamp((x-s.x0)/max(0.01, s.x1-s.x0), 0, 1), t: fp.Clamp((y-s.y)/s.h, 0, 1), fine: 1, seed: s.seed}
			p := materials[s.material](s.surface, g)
			switch s.material {
			case "glow":
			case "facade":
				p = l.lightUp(p, lamps)
				if pane, lit := facadePane(s.surface, g); lit > 0.62 && !l.inside { // people are at home
					p = p.to(rgb{255, 206, 128}.times(float64(0.55+float64(0.55*lit))), float64(0.8*pane*l.night()))
				}
			default:
				p = l.lightUp(p, lamps)
			}
			c, a = blendOver(c, a, p, k)
		}
	}
	return c, a
}

// halo returns how much stronger a lamp's halo is than by day.
func (l *location) halo() float64 {
	if l.inside {
		return 1
	}
	return fp.MulAdd(l.night(), 0.7, 1)
}

// cover returns how much of a shape is at a point: 0 to 1 over a soft edge.
func (s *planShape) cover(x, y, soft float64) float64 {
	u, v := math.Abs(x-s.x)-float64(s.w/2), math.Abs(y-s.y-float64(s.h/2))-float64(s.h/2)
	d := max(u, v)
	switch s.kind {
	case "lamp", "fire":
		return 1
	case "oval":
		rx, ry := float64(s.w/2), float64(s.h/2)
		d = float64((hypot((x-s.x)/rx, (y-s.y-ry)/ry) - 1) * min(rx, ry))
	case "arch", "arched":
		r := float64(s.w / 2)
		if spring := s.y + s.h - r; y > spring {
			d = max(hypot(x-s.x, y-spring)-r, s.y-y)
		}
	case "taper":
		half := float64(fp.Lerp(s.w, s.top, fp.Clamp((y-s.y)/s.h, 0, 1)) / 2)
		d = max(math.Abs(x-s.x)-half, v)
	}
	return fp.Smoothstep(soft, -soft, d)
}

// pixel returns the colour and the opacity of a cut-out at a point, between the four pixels round it.
func (s *planShape) pixel(x, y float64) (rgb, float64) {
	w, h := s.picture.Rect.Dx(), s.picture.Rect.Dy()
	px, py := float64(float64((x-s.x0)/s.w)*float64(w))-0.5, float64((1-(y-s.y)/s.h)*float64(h))-0.5
	ix, iy := int(math.Floor(px)), int(math.Floor(py))
	fx, fy := px-float64(ix), py-float64(iy)
	c, a := rgb{}, 0.0
	for k := range 4 {
		qx, qy := ix+k&1, iy+k>>1
		if qx < 0 || qy < 0 || qx >= w || qy >= h {
			continue
		}
		wx, wy := 1-fx, 1-fy
		if k&1 == 1 {
			wx = fx
		}
		if k>>1 == 1 {
			wy = fy
		}
		p, weight := s.picture.RGBAAt(qx, qy), float64(wx*wy)
		a = fp.MulAdd(weight, float64(p.A)/255, a)
		c = c.plus(rgb{float64(p.R), float64(p.G), float64(p.B)}, weight)
	}
	if a < 1e-3 {
		return c, 0
	}
	return c.times(1 / a), a
}
