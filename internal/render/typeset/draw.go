package typeset

import (
	"image"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// outline is a glyph's shape as closed polygons, in pixels from the middle of the block, down positive.
type outline [][][2]float64

// Draw returns how much of each pixel the letters cover. The origin of its rectangle is the middle of the block.
func (b *Block) Draw() *image.Alpha {
	var shapes []outline
	var all image.Rectangle
	for i, l := range b.lines {
		left := float64(-l.width / 2 * b.size / em)
		for _, g := range l.glyphs {
			o := flatten(g.face, g.id, fp.MulAdd(g.x, b.size/em, left), b.baseline(i)-float64(g.y*b.size/em), b.size)
			if len(o) > 0 {
				shapes, all = append(shapes, o), all.Union(o.bounds())
			}
		}
	}
	out := image.NewAlpha(all)
	var r vector.Rasterizer
	for _, o := range shapes {
		o.draw(out, &r)
	}
	return out
}

// bounds returns the pixels that an outline touches.
func (o outline) bounds() image.Rectangle {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, ring := range o {
		for _, p := range ring {
			for k := range p {
				lo[k], hi[k] = min(lo[k], p[k]), max(hi[k], p[k])
			}
		}
	}
	return image.Rect(int(math.Floor(lo[0])), int(math.Floor(lo[1])), int(math.Ceil(hi[0]))+1, int(math.Ceil(hi[1]))+1)
}

// draw adds an outline to a picture, in pieces that the rasterizer draws in fixed-point numbers.
func (o outline) draw(to *image.Alpha, r *vector.Rasterizer) {
	const side = 512 // larger pieces would be drawn in floating-point numbers, which differ between machines
	all := o.bounds()
	for y := all.Min.Y; y < all.Max.Y; y += side {
		for x := all.Min.X; x < all.Max.X; x += side {
			piece := image.Rect(x, y, min(x+side, all.Max.X), min(y+side, all.Max.Y))
			r.Reset(piece.Dx(), piece.Dy())
			for _, ring := range o {
				at := func(p [2]float64) (x, y float32) {
					return float32(p[0] - float64(piece.Min.X)), float32(p[1] - float64(piece.Min.Y))
				}
				r.MoveTo(at(ring[0]))
				for _, p := range ring[1:] {
					r.LineTo(at(p))
				}
				r.ClosePath()
			}
			r.Draw(to, piece, image.Opaque, image.Point{})
		}
	}
}

// flatten returns a glyph's shape with its origin at (x, y), with curves as short lines.
func flatten(face *font.Face, id font.GID, x, y, size float64) outline {
	shape, _ := face.GlyphDataOutline(id)
	scale := size / float64(face.Upem())
	at := func(p opentype.SegmentPoint) [2]float64 {
		return [2]float64{fp.MulAdd(float64(p.X), scale, x), y - float64(float64(p.Y)*scale)}
	}
	var out outline
	for _, s := range shape.Segments {
		if s.Op == opentype.SegmentOpMoveTo {
			out = append(out, [][2]float64{at(s.Args[0])})
			continue
		}
		ring := &out[len(out)-1]
		from := (*ring)[len(*ring)-1]
		switch s.Op {
		case opentype.SegmentOpLineTo:
			*ring = append(*ring, at(s.Args[0]))
		case opentype.SegmentOpQuadTo:
			*ring = curve(*ring, from, at(s.Args[0]), at(s.Args[0]), at(s.Args[1]), 2)
		case opentype.SegmentOpCubeTo:
			*ring = curve(*ring, from, at(s.Args[0]), at(s.Args[1]), at(s.Args[2]), 3)
		}
	}
	return out
}

// curve adds a Bézier curve of the given degree to a ring. Of degree 2, b and c are the same point.
func curve(ring [][2]float64, a, b, c, d [2]float64, degree int) [][2]float64 {
	bend := 0.0
	for k := range a {
		bend = max(bend, math.Abs(a[k]-float64(2*b[k])+c[k]), math.Abs(b[k]-float64(2*c[k])+d[k]))
	}
	// Lines that are nowhere farther from the curve than a thirtieth of a pixel.
	steps := max(1, min(64, 1+int(math.Sqrt(float64(bend*8)))))
	for i := 1; i <= steps; i++ {
		t := float64(i) / float64(steps)
		var p [2]float64
		for k := range p {
			ab, bc, cd := fp.Lerp(a[k], b[k], t), fp.Lerp(b[k], c[k], t), fp.Lerp(c[k], d[k], t)
			if degree == 2 {
				p[k] = fp.Lerp(ab, cd, t)
			} else {
				p[k] = fp.Lerp(fp.Lerp(ab, bc, t), fp.Lerp(bc, cd, t), t)
			}
		}
		ring = append(ring, p)
	}
	return ring
}
