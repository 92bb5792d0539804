package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"image"
	"image/color"
	"maps"
	"math"
	"slices"

	"golang.org/x/image/vector"
)

// unitsPerSide is the number of units that a drawing stores for the 32 of Fluent's files.
const unitsPerSide = 2048

// shape is a drawing as it is stored.
type shape struct {
	fills   []svgFill
	palette [][3]byte
	main    int // of the palette: the colour that fills most
	box     [4]int
}

// shape reads a drawing's SVG.
func (d *drawing) shape() (*shape, error) {
	fills, err := readSVG(d.body)
	if err != nil {
		return nil, err
	}
	s := &shape{fills: fills}
	s.scale()
	for _, f := range s.fills {
		if !slices.Contains(s.palette, f.colour) {
			s.palette = append(s.palette, f.colour)
		}
	}
	s.measure()
	return s, nil
}

// scale changes the units to those stored, which are whole numbers.
func (s *shape) scale() {
	k := float64(unitsPerSide) / 32
	round := func(p point) point { return point{math.Round(p.x * k), math.Round(p.y * k)} }
	for i := range s.fills {
		for j := range s.fills[i].path {
			c := &s.fills[i].path[j]
			c.start = round(c.start)
			from := c.start
			var parts []part
			for _, p := range c.parts {
				p = part{round(p.c1), round(p.c2), round(p.to), p.line}
				p.line = p.line || straight(from, p)
				if p.to != from {
					parts = append(parts, p)
				}
				from = p.to
			}
			c.parts = parts
		}
	}
}

// straight reports whether a cubic is a line within a unit.
func straight(from point, p part) bool {
	dx, dy := p.to.x-from.x, p.to.y-from.y
	length := math.Hypot(dx, dy)
	for _, c := range []point{p.c1, p.c2} {
		if length == 0 || math.Abs(dx*(c.y-from.y)-dy*(c.x-from.x))/length > 0.8 {
			return false
		}
		if along := (dx*(c.x-from.x) + dy*(c.y-from.y)) / length; along < -1 || along > length+1 {
			return false
		}
	}
	return true
}

// measure finds the bounds and the main colour by drawing the shape on a small grid.
func (s *shape) measure() {
	const side = 128
	k := float32(side) / unitsPerSide
	seen := image.NewRGBA(image.Rect(0, 0, side, side))
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, f := range s.fills {
		r := vector.NewRasterizer(side, side)
		for _, c := range f.path {
			for i, p := range c.flatten() {
				lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
				if i == 0 {
					r.MoveTo(float32(p.x)*k, float32(p.y)*k)
				} else {
					r.LineTo(float32(p.x)*k, float32(p.y)*k)
				}
			}
			r.ClosePath()
		}
		if f.opacity > 128 {
			r.Draw(seen, seen.Rect, image.NewUniform(color.RGBA{byte(slices.Index(s.palette, f.colour)), 0, 0, 255}), image.Point{})
		}
	}
	s.box = [4]int{int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y))}
	s.main = s.mainColour(seen)
}

// mainColour returns the colour that covers most of the drawing together with those like it. One with a hue counts twice.
func (s *shape) mainColour(seen *image.RGBA) int {
	cover := map[int]int{}
	for i := 0; i < len(seen.Pix); i += 4 {
		if seen.Pix[i+3] == 255 && int(seen.Pix[i]) < len(s.palette) {
			cover[int(seen.Pix[i])]++
		}
	}
	best, most := 0, -1
	for _, i := range slices.Sorted(maps.Keys(cover)) {
		c := s.palette[i]
		n := cover[i]
		if int(max(c[0], c[1], c[2]))-int(min(c[0], c[1], c[2])) > 60 {
			n *= 2
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// pack encodes the shape and compresses it: the palette and the number of its main colour, the bounds, then the fills. A
// fill is its colour, its opacity and its contours; a contour its start, a bit for each part that is a line, and the
// points of the parts. All points are differences from the one before.
func (s *shape) pack() ([]byte, error) {
	b := []byte{byte(len(s.palette)), byte(s.main)}
	for _, c := range s.palette {
		b = append(b, c[:]...)
	}
	for _, v := range s.box {
		b = binary.AppendVarint(b, int64(v))
	}
	b = binary.AppendUvarint(b, uint64(len(s.fills)))
	at := point{}
	put := func(p point) {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(p.x-at.x)), int64(p.y-at.y))
		at = p
	}
	for _, f := range s.fills {
		b = append(b, byte(slices.Index(s.palette, f.colour)), f.opacity)
		b = binary.AppendUvarint(b, uint64(len(f.path)))
		for _, c := range f.path {
			b = binary.AppendUvarint(b, uint64(len(c.parts)))
			lines := make([]byte, (len(c.parts)+7)/8)
			for i, p := range c.parts {
				if p.line {
					lines[i/8] |= 1 << (i % 8)
				}
			}
			b = append(b, lines...)
			put(c.start)
			for _, p := range c.parts {
				if !p.line {
					put(p.c1)
					put(p.c2)
				}
				put(p.to)
			}
		}
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}
