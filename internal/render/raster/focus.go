package raster

import (
	"image"
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// Lens says how out of focus what is not at the focal distance is. The zero value shows everything sharp.
type Lens struct {
	Focus    float64 // nearness of what is sharp
	Aperture float64 // blur of what is 1 nearer or farther, in frame heights (a standard deviation); 0: everything is sharp
}

// maxBlur is the strongest blur, in frame heights.
const maxBlur = 0.022

// leastBlur is the blur in pixels below which a layer counts as sharp.
const leastBlur = 0.35

// blurAt returns the blur of what has the nearness given, in frame heights.
func (l Lens) blurAt(near float64) float64 {
	return min(maxBlur, float64(l.Aperture*math.Abs(near-l.Focus)))
}

// drawFocused fills f with what the shot sees through its lens. Layers of the same blur are drawn together; each group is drawn
// once over black and once over white, which gives its colour and what it lets through, and both are blurred.
func (s *Compositor) drawFocused(f *Frame, at *Shot, b *Resampler) {
	lens := at.Lens
	for i := 0; i < len(s.Layers); {
		n := i + 1
		for n < len(s.Layers) && s.Layers[i].alike(s.Layers[n], lens, f.H) {
			n++
		}
		group := &Compositor{Layers: s.Layers[i:n]}
		rows := s.Layers[i].blurRows(at, lens)
		switch {
		case i == 0 && rows == nil:
			group.drawSharp(f, at, b.sized(f.W, f.H, n-i))
		case rows == nil:
			group.drawOver(f, at, b.sized(f.W, f.H, n-i))
		default:
			group.drawBlurred(f, at, b, rows, i == 0)
		}
		i = n
	}
}

// sized returns memory for frames of w x h pixels and a number of layers, which is kept for the next frame.
func (b *Resampler) sized(w, h, layers int) *Resampler {
	for _, o := range b.groups {
		if o.w == w && o.h == h && len(o.nodes) == layers {
			return o
		}
	}
	o := &Resampler{}
	o.prepare(w, h, layers)
	b.groups = append(b.groups, o)
	return o
}

// depth returns the nearness of a layer without a slope for the focus.
func (l *Layer) depth() float64 {
	if l.Depth > 0 {
		return l.Depth
	}
	return l.Near.Base
}

// alike reports whether two layers are blurred alike, to a third of a pixel.
func (l *Layer) alike(o *Layer, lens Lens, h int) bool {
	return l.Near.Slope == 0 && o.Near.Slope == 0 && math.Abs(lens.blurAt(l.depth())-lens.blurAt(o.depth()))*float64(h) < 0.34
}

// blurRows returns the blur of a layer for each row of the frame, in pixels; nil: it is sharp. A level plane is the sharper, the nearer it is
// to the focal distance.
func (l *Layer) blurRows(at *Shot, lens Lens) []float64 {
	out, most := make([]float64, at.H), 0.0
	for y := range out {
		near := l.depth()
		if l.Near.Slope != 0 {
			_, qy := at.Intersect(l, float64(at.W)/2, float64(y))
			near = max(0, fp.MulAdd(l.Near.Slope, qy, l.Near.Base))
		}
		out[y] = float64(lens.blurAt(near) * float64(at.H))
		most = max(most, out[y])
	}
	if most < leastBlur {
		return nil
	}
	return out
}

// drawOver draws the layers over what the frame shows already. It returns the part of the frame that they may show in, in whole tiles.
func (s *Compositor) drawOver(f *Frame, at *Shot, b *Resampler) image.Rectangle {
	b.prepare(f.W, f.H, len(s.Layers))
	for i, l := range s.Layers {
		l.mapTiles(at, b.nodes[i])
	}
	var seen image.Rectangle
	for y := 0; y < f.H; y += tileSize {
		for n := range b.baseLayers {
			b.baseLayers[n] = -1
		}
		for i, l := range s.Layers {
			s.drawLayer(f, y, i, b)
			for n := range b.baseLayers {
				p, corners := f.tile(n, y)
				if _, there := l.coverage.tile(pick(b.nodes[i], corners)); there {
					seen = seen.Union(image.Rect(p.x0, p.y0, p.x0+p.nx, p.y0+p.ny))
				}
			}
		}
	}
	return seen
}

// drawBlurred draws the layers, blurred by the standard deviation given for each row in pixels, over what the frame shows already. opaque:
// they cover it.
func (s *Compositor) drawBlurred(f *Frame, at *Shot, b *Resampler, rows []float64, opaque bool) {
	shot, w, h := *at, f.W, f.H
	for h >= 256 && w%8 == 0 && h%8 == 0 && slices.Min(rows) > 2.5 { // what is so soft needs no more than half the pixels
		w, h = w/2, h/2
		shot.W, shot.H = w, h
		small := make([]float64, h)
		for y := range small {
			small[y] = rows[2*y] / 2
		}
		rows = small
	}
	b = b.sized(w, h, len(s.Layers))
	over := NewFrame(w, h)
	if opaque {
		s.drawSharp(over, &shot, b)
		newBlur(over, rows, image.Rect(0, 0, w, h)).put(f)
		return
	}
	seen := s.drawOver(over, &shot, b)
	if seen.Empty() {
		return
	}
	through := NewFrame(w, h)
	for i := range through.Pix {
		through.Pix[i] = 255
	}
	s.drawOver(through, &shot, b)
	for i, v := range over.Pix {
		through.Pix[i] -= min(v, through.Pix[i])
	}
	reach := int(float64(3*slices.Max(rows[seen.Min.Y:seen.Max.Y])))/2*2 + 4
	seen = seen.Inset(-reach).Intersect(image.Rect(0, 0, w, h))
	newBlur(over, rows, seen).blend(f, newBlur(through, rows, seen))
}
