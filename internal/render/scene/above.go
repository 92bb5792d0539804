package scene

import (
	"image"
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// drawPlan draws the ground as it is seen from straight above.
func (s *scene) drawPlan() {
	const scale = 3.2 // units of the ground to a frame height
	paint := s.groundPaint()
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 1}}, 1, -2, 2, shader(func(px, py float64) (rgb, float64) {
		down := 0.3
		if s.ground == "beach" { // the shore runs across the frame
			down = 0.2 + float64(0.22*py)
		}
		return paint(float64(px*scale), fp.MulAdd(-py, scale, 4), down, [2]float64{px, s.horizon + 0.4}), 1
	}).columns())
	if s.has("fog") {
		s.addLayer(raster.Layer{Near: raster.Nearness{Base: 1.3}, DX: 0.01}, 0.3, -2, 2, s.fog().columns())
	}
}

// canopy draws a forest from above: round crowns, the higher over the lower, lit from one side.
func (s *scene) canopy(x, z, _ float64, _ [2]float64) rgb {
	const size = 0.2
	far := s.lit(rgb{44, 76, 40})
	blur := fp.Smoothstep(6, 16, z)
	if blur == 1 {
		return far
	}
	c, top := s.lit(rgb{16, 30, 18}), -1.0
	ix, iz := int(math.Floor(x/size)), int(math.Floor(z/size))
	for dz := -1; dz <= 1; dz++ {
		for dx := -1; dx <= 1; dx++ {
			i, k := ix+dx, iz+dz
			px, pz := float64((float64(i)+fp.Random(i, k, s.seed+135))*size), float64((float64(k)+fp.Random(i, k, s.seed+136))*size)
			u, v := (x-px)/size, (z-pz)/size
			radius := fp.MulAdd(fp.Random(i, k, s.seed+137), 0.34, 0.5)
			d := hypot(u, v)/radius + float64(0.24*(fp.Noise(x*42, z*42, s.seed+138)-0.5))
			tall := fp.Random(i, k, s.seed+139) - float64(0.4*d*d)
			if d > 1 || tall < top {
				continue
			}
			top = tall
			green := rgb{30, 66, 30}.to(rgb{106, 134, 52}, fp.Random(i, k, s.seed+140))
			if s.has("snowcover") {
				green = green.to(rgb{236, 242, 250}, 0.8)
			}
			shade := fp.Clamp(0.92+float64(0.5*float64((float64(u*sign(s.sunX))+v)/radius))-float64(0.3*d*d), 0.3, 1.35)
			c = s.lit(green.times(shade))
		}
	}
	return c.to(far, blur)
}

// blocks draws a city from above: streets round blocks of roofs, with lights in the streets at night.
func (s *scene) blocks(x, z, _ float64, _ [2]float64) rgb {
	const wide, deep, road = 1.15, 0.9, 0.13
	night := fp.Smoothstep(0.7, 0.35, s.bright)
	glow := rgb{255, 186, 96}
	far := s.lit(rgb{112, 110, 112}).to(glow, float64(0.25*night))
	blur := fp.Smoothstep(7, 20, z)
	u, v := float64(fraction(x/wide)*wide), float64(fraction(z/deep)*deep)
	i, k := int(math.Floor(x/wide)), int(math.Floor(z/deep))
	if street := min(u-road, v-road); street < 0 {
		c := s.lit(rgb{66, 68, 74})
		along, across := z, u-float64(road/2)
		if v < road {
			along, across = x, v-float64(road/2)
		}
		c = c.to(s.lit(rgb{220, 216, 200}), float64(0.7*fp.Smoothstep(0.008, 0.003, math.Abs(across))*fp.Smoothstep(0.1, 0.2, math.Abs(fraction(float64(along*6))-0.5))))
		c = c.to(s.lit(rgb{120, 118, 112}), fp.Smoothstep(-0.02, -0.012, street))
		lamp := bump((fraction(float64(along*3.3)) - 0.5) / 0.42)
		c = c.plus(glow, float64(night*fp.MulAdd(lamp, 0.5, 0.2)))
		return c.to(far, blur)
	}
	return s.roofs(u-road, v-road, wide-road, deep-road, i, k).to(far, blur)
}

// roofs draws the roofs of block (i, k) at a point of it; w and h are the block's size.
func (s *scene) roofs(u, v, w, h float64, i, k int) rgb {
	seed := s.seed + 142 + uint32(7*k)
	if fp.Random(i, 1, seed) > 0.9 { // a park
		tree := fp.FractalNoise(float64(u*16)+float64(5*i), float64(v*16)+float64(3*k), 3, seed)
		return s.lit(rgb{62, 92, 44}.to(rgb{30, 62, 30}, fp.Smoothstep(0.48, 0.56, tree)))
	}
	nx, nz := 2+int(fp.Hash(uint32(i), 2, seed)%3), 2+int(fp.Hash(uint32(i), 3, seed)%2)
	cu, cv := float64(float64(nx)*u)/w, float64(float64(nz)*v)/h
	a, b := int(math.Floor(cu)), int(math.Floor(cv))
	fu, fv := cu-float64(a), cv-float64(b)
	tones := []rgb{{176, 168, 158}, {150, 120, 100}, {128, 132, 138}, {196, 188, 172}, {110, 104, 104}, {162, 96, 74}}
	tone := tones[fp.Hash(uint32(i*31+a), uint32(k*17+b), seed)%uint32(len(tones))]
	tall := fp.Random(i*31+a, k*17+b, seed+1)
	edge := min(min(fu, 1-fu)*w/float64(nx), min(fv, 1-fv)*h/float64(nz))
	c := s.lit(tone.times(fp.MulAdd(tall, 0.3, 0.8)))
	// A parapet, and the wall on the side of the shadow.
	c = c.times(1 - float64(0.3*fp.Smoothstep(0.02, 0.012, edge)))
	side := fu
	if s.sunX > 0 {
		side = 1 - fu
	}
	c = c.times(1 - float64(0.45*fp.Smoothstep(0.1, 0.07, side)*tall))
	if fu > 0.3 && fu < 0.55 && fv > 0.4 && fv < 0.65 && tall > 0.4 {
		c = c.times(1.16)
	}
	if night := fp.Smoothstep(0.7, 0.35, s.bright); fp.Random(i*31+a, k*17+b, seed+2) > 0.55 {
		lit := bump((edge - 0.018) / 0.014)
		c = c.plus(neon(i*31+a, seed), float64(0.5*night*lit))
	}
	return c
}

// ridges draws mountains from above: rock and snow on the heights, woods in the valleys.
func (s *scene) ridges(x, z, _ float64, _ [2]float64) rgb {
	height := func(x, z float64) float64 { return fp.RidgedNoise(x*0.42, z*0.42, 6, s.seed+146) }
	h := height(x, z)
	light := float64((h - height(x+float64(0.02*sign(s.sunX)), z+0.02)) * -16)
	c := rgb{52, 76, 44}.to(rgb{112, 104, 98}, fp.Smoothstep(0.42, 0.58, h))
	snow := 0.66
	if s.has("snowcover") {
		snow = 0.4
	}
	c = c.to(rgb{242, 246, 252}, fp.Smoothstep(snow, snow+0.08, h+float64(0.08*(fp.FractalNoise(x*5, z*5, 3, s.seed+147)-0.5))))
	return s.lit(c.times(fp.Clamp(0.95+light, 0.45, 1.3)))
}

// drawFlatLay draws things that lie on a table, seen from straight above it.
func (s *scene) drawFlatLay() {
	b := backdrops()[s.backdrop]
	s.set, s.inside = b, true
	s.palette = palette{top: b.edge, mid: b.edge, low: b.middle, sunlight: b.middle.to(rgb{255, 255, 255}, 0.8), shadow: b.edge.times(0.3), bright: 1}
	paint := materials[b.below.material]
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 1}}, 1, -2, 2, shader(func(px, py float64) (rgb, float64) {
		c := paint(b.below, grain{u: px, v: py, s: 0.5, t: 0.5, fine: 1, seed: s.seed + 750})
		return c.times(fp.MulAdd(bump(hypot((px-float64(0.2*sign(s.sunX)))/1.5, (py+0.15)/1.1)), 0.42, 0.72)), 1
	}).columns())
	list := s.stillLife()
	rows := 1
	if len(list) > 3 || s.aspect < 1 && len(list) > 1 {
		rows = 2
	}
	columns := (len(list) + rows - 1) / rows
	for i, e := range list {
		slot := float64(0.88*s.aspect) / float64(columns)
		most := min(0.66, 0.84/float64(rows))
		wide := float64(2*e.half) / e.tall
		e.tall = min(most, float64(slot*0.92)/wide)
		e.x = float64(slot * (float64(i%columns) - float64(float64(min(columns, len(list)-i/columns*columns)-1)/2)))
		middle := float64(float64(0.9/float64(rows)) * (float64(i/columns) - float64(float64(rows-1)/2)))
		e.foot, e.near = middle+float64(0.5*e.tall)-s.horizon, 1
		if e.prop.shade != nil {
			e.prop.tall, e.prop.near = e.tall, 1
			s.drawProp(e.prop, e.x, s.horizon+e.foot)
			continue
		}
		e.lies = true
		s.drawFigure(e.figure, s.paintFigure(e.figure))
	}
}

// castOffset returns how far the shadow of a picture of a height is beside it, in pixels.
func castOffset(h int) int { return max(1, h/40) }

// castShadow returns how dark the shadow of a picture that lies flat is at a pixel, 0 to 1. h is the picture's height.
func (s *scene) castShadow(picture *image.RGBA, x, y, h int) float64 {
	off := castOffset(h)
	x, y = x+off*int(sign(s.sunX)), y-off
	sum := 0
	for v := -1; v <= 1; v++ {
		for u := -1; u <= 1; u++ {
			if p := (image.Point{X: x + u*off, Y: y + v*off}); p.In(picture.Rect) {
				sum += int(picture.Pix[picture.PixOffset(p.X, p.Y)+3])
			}
		}
	}
	return float64(sum) / (9 * 255)
}
