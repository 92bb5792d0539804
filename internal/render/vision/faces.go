package vision

import (
	"image"
	"slices"

	_ "embed"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/tflite"
)

//go:embed faces.tflite
var faceNetwork []byte

// Face is a face in a picture.
type Face struct {
	Box   image.Rectangle // from the brows to the chin, in pixels of the picture
	Score float64         // how sure it is, 0.5 to 1
}

// Head returns the box of the whole head with its hair, in pixels of the picture; it may reach beyond the picture.
func (f Face) Head() image.Rectangle {
	b := f.Box
	return image.Rect(b.Min.X-b.Dx()/5, b.Min.Y-b.Dy()/2, b.Max.X+b.Dx()/5, b.Max.Y+b.Dy()/6)
}

// The scores from which on something may be a face at the first look, and is one at a closer look.
const (
	perhaps   = 0.4
	certainly = 0.78
)

// closeLooks limits how many faces are looked at closely.
const closeLooks = 12

// Faces returns the faces of the picture, the surest first. It looks at the whole picture, then at parts of it for smaller faces if
// there are none.
func (p *Picture) Faces() []Face {
	network, err := tflite.Parse(faceNetwork)
	if err != nil {
		panic(err) // the network is part of the program
	}
	side := max(p.w, p.h)
	found := p.sure(network, p.facesIn(network, (p.w-side)/2, (p.h-side)/2, side, perhaps))
	// The squares overlap by so much that each smaller face is whole in one.
	part := min(side*5/8, max(p.w*p.h/side*4/5, side*2/5))
	if len(found) > 0 || part < 64 {
		return found
	}
	across, down := squares(p.w, part), squares(p.h, part)
	for _, y := range down {
		for _, x := range across {
			found = append(found, p.facesIn(network, x, y, part, perhaps)...)
		}
	}
	return p.sure(network, found)
}

// sure returns those that are faces at a closer look, too: round each a square is looked at in which a face has the size that the
// network finds best. Where faces are not, a closer look finds no more.
func (p *Picture) sure(network *tflite.Network, found []Face) []Face {
	var out []Face
	found = distinct(found)
	for _, f := range found[:min(len(found), closeLooks)] {
		side := int(float64(3*f.Box.Dx()) / p.scaleX)
		middle := f.Box.Min.Add(f.Box.Max).Div(2).Sub(p.full.Bounds().Min)
		x, y := int(float64(middle.X)/p.scaleX)-side/2, int(float64(middle.Y)/p.scaleY)-side/2
		for _, again := range p.facesIn(network, x, y, max(1, side), certainly) {
			if overlap(again.Box, f.Box) > 0.4 {
				out = append(out, again)
			}
		}
	}
	return distinct(out)
}

// squares returns where squares of a side begin that cover n pixels.
func squares(n, side int) []int {
	if n <= side {
		return []int{(n - side) / 2}
	}
	count := (n-1)/(side*3/4) + 1
	var out []int
	for i := range count {
		out = append(out, (n-side)*i/(count-1))
	}
	return slices.Compact(out)
}

// facesIn returns the faces of a square.
func (p *Picture) facesIn(network *tflite.Network, x, y, side int, least float64) []Face {
	h, w := network.InputShape()
	out := network.Run(p.cut(x, y, side, side, w, h, -1, 1))
	places, scores := out[0], out[1]
	var found []Face
	for i, anchor := range anchors() {
		score := 1 / (1 + fp.Exp(fp.Clamp(-float64(scores[i]), -30, 30)))
		if score < least {
			continue
		}
		place := places[16*i:]
		at := func(k int, anchor float64) float64 { return anchor + float64(place[k])/float64(w) }
		cx, cy, fw, fh := at(0, anchor[0]), at(1, anchor[1]), at(2, 0), at(3, 0)
		full := func(at float64, from int, scale float64) int {
			return int(float64((float64(at*float64(side)) + float64(from)) * scale))
		}
		box := image.Rect(full(cx-fw/2, x, p.scaleX), full(cy-fh/2, y, p.scaleY), full(cx+fw/2, x, p.scaleX), full(cy+fh/2, y, p.scaleY))
		found = append(found, Face{Box: box.Add(p.full.Bounds().Min), Score: score})
	}
	return found
}

// anchors returns the points of the square that the network's results refer to, in shares of its side: two at each of 16 x 16
// places, and six at each of 8 x 8.
func anchors() [][2]float64 {
	var out [][2]float64
	for _, grid := range [][2]int{{16, 2}, {8, 6}} {
		n := grid[0]
		for i := range n * n * grid[1] {
			cell := i / grid[1]
			out = append(out, [2]float64{(float64(cell%n) + 0.5) / float64(n), (float64(cell/n) + 0.5) / float64(n)})
		}
	}
	return out
}

// distinct returns the surest of the boxes that show the same face.
func distinct(found []Face) []Face {
	slices.SortStableFunc(found, func(a, b Face) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	var out []Face
	for _, f := range found {
		if !slices.ContainsFunc(out, func(o Face) bool { return overlap(f.Box, o.Box) > 0.3 }) {
			out = append(out, f)
		}
	}
	return out
}

// overlap returns the area of two boxes' common part divided by that of the smaller one.
func overlap(a, b image.Rectangle) float64 {
	area := func(r image.Rectangle) int { return r.Dx() * r.Dy() }
	return float64(area(a.Intersect(b))) / float64(max(1, min(area(a), area(b))))
}
