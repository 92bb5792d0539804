package render

import (
	"encoding/binary"
	"math"
)

// layer is one plate of the stage with its place in space.
type layer struct {
	*mipmap
	near             nearness
	edge             bounds  // for a picture: where it ends, so that the frame is filled when the camera looks beyond; zero: no end
	maxMagnification float64 // for a picture: how many times larger than it is at first the camera may show it
	dx, dy           float64 // drift in frame heights a second: clouds, water
}

// bounds is the half width and half height of a picture, in frame heights.
type bounds struct{ x, y float64 }

// nearness is how near each point of a layer is: 0 infinitely far, 1 the plane in which camera moves are measured. It is
// base + qy*slope at the point (qx, qy) of the frame (so that ground is a level plane), and in addition what the grid says.
type nearness struct {
	base, slope float64
	grid        *grid
}

// grid holds values at evenly spaced points of a picture that reaches to the bounds given.
type grid struct {
	w, h         int
	values       []float64
	edge         bounds
	across, down float64 // how many points lie in a frame height
}

func newGrid(w, h int, edge bounds) *grid {
	return &grid{w, h, make([]float64, w*h), edge, float64(w-1) / edge.x / 2, float64(h-1) / edge.y / 2}
}

// at returns the value at a point, linear between the grid's.
func (g *grid) at(qx, qy float64) float64 {
	fx := clamp(float64(float64(qx+g.edge.x)*g.across), 0, float64(g.w-1)-1e-9)
	fy := clamp(float64(float64(qy+g.edge.y)*g.down), 0, float64(g.h-1)-1e-9)
	x, y := int(fx), int(fy)
	up, down := g.values[y*g.w+x:], g.values[(y+1)*g.w+x:]
	tx := fx - float64(x)
	return lerp(lerp(up[0], up[1], tx), lerp(down[0], down[1], tx), fy-float64(y))
}

// intersect returns the point of the layer that a ray meets (see view.ray).
func (n *nearness) intersect(ax, ay, bx, by float64) (qx, qy float64) {
	if n.grid == nil {
		// A plane is met at a point that can be solved for.
		qy = mulAdd(n.base, by, ay) / max(0.1, 1-float64(n.slope*by))
		return mulAdd(mulAdd(n.slope, qy, n.base), bx, ax), qy
	}
	// Each look at the grid brings the nearness closer to the one that holds; from two such steps the end of all is told
	// (Aitken), and one more step mends what the bends of the grid leave.
	meet := func(w float64) float64 { return n.base + n.grid.at(mulAdd(w, bx, ax), mulAdd(w, by, ay)) }
	w := meet(n.base)
	next := meet(w)
	if bend := next - float64(2*w) + n.base; math.Abs(bend) > 1e-6 {
		w = n.base - float64(float64(w-n.base)*float64(w-n.base))/bend
	} else {
		w = next
	}
	w = meet(meet(clamp(w, n.base-1, n.base+1)))
	return mulAdd(w, bx, ax), mulAdd(w, by, ay)
}

// shot is a frozen moment: how the camera stands, what time it is, and how far a morph has got.
type shot struct {
	view    view
	w, h    int
	seconds float64
	flow    *flow   // where the points of the frame go in a morph; nil: nowhere
	morph   float64 // the part of that way they have gone
}

// intersect returns what the pixel (x, y), which may lie between pixels, sees of a layer.
func (s *shot) intersect(l *layer, x, y float64) (qx, qy float64) {
	scale := 1 / float64(s.h)
	px := float64(mulAdd(float64(s.w), -0.5, x+0.5) * scale)
	py := float64(mulAdd(float64(s.h), -0.5, y+0.5) * scale)
	if s.flow != nil && s.morph > 0 {
		px, py = s.flow.source(px, py, s.morph)
	}
	ax, ay, bx, by := s.view.ray(px, py)
	qx, qy = l.near.intersect(ax, ay, bx, by)
	return qx - float64(l.dx*s.seconds), qy - float64(l.dy*s.seconds)
}

// extent returns how far the frame's border sees on a layer.
func (s *shot) extent(l *layer) (lo, hi bounds) { return s.extentBetween(l, -1e9, 1e9) }

// within returns how far the frame's border sees on a layer: up and down, and sideways between the heights top and bottom.
func (s *shot) extentBetween(l *layer, top, bottom float64) (lo, hi bounds) {
	note := func(x, y int) {
		qx, qy := s.intersect(l, float64(x), float64(y))
		if qy >= top && qy <= bottom {
			lo.x, hi.x = min(lo.x, qx), max(hi.x, qx)
		}
		lo.y, hi.y = min(lo.y, qy), max(hi.y, qy)
	}
	for i := range 17 {
		x, y := (s.w-1)*i/16, (s.h-1)*i/16
		note(x, 0)
		note(x, s.h-1)
		note(0, y)
		note(s.w-1, y)
	}
	return lo, hi
}

// sampleAt returns what the pixel (x, y) shows of a layer: what it sees, drawn out to the frame's border if a picture ends
// before. The frame reaches from lo to hi on the layer.
func (l *layer) sampleAt(s *shot, lo, hi bounds, x, y float64) (qx, qy float64) {
	qx, qy = s.intersect(l, x, y)
	if l.edge.x > 0 {
		qx, qy = stretch(qx, l.edge.x, lo.x, hi.x), stretch(qy, l.edge.y, lo.y, hi.y)
	}
	return qx, qy
}

// mapTiles writes into nodes where the corners of the frame's cells see the layer.
func (l *layer) mapTiles(s *shot, nodes []samplePos) {
	var lo, hi bounds
	if l.edge.x > 0 {
		lo, hi = s.extent(l)
	}
	across, down := tilesIn(s.w)+1, tilesIn(s.h)+1
	for j := range down {
		for i := range across {
			qx, qy := l.sampleAt(s, lo, hi, float64(i*tileSize), float64(j*tileSize))
			nodes[j*across+i] = l.clampPos(mulAdd(qx, l.scale, l.ox), mulAdd(qy, l.scale, l.oy))
		}
	}
}

// tilesIn is how many cells lie side by side in n pixels.
func tilesIn(n int) int { return (n + tileSize - 1) / tileSize }

// clampPos makes a spot of a position in the finest level and keeps it inside what the level's border covers.
func (p *mipmap) clampPos(x, y float64) samplePos {
	x = clamp(x, -reach, float64(p.levels[0].y.w+reach))
	y = clamp(y, -reach, float64(p.levels[0].y.h+reach))
	return samplePos{int(math.Floor(mulAdd(x, 1<<fine, 0.5))), int(math.Floor(mulAdd(y, 1<<fine, 0.5)))}
}

// project returns the pixel in which a point of a plane of the given nearness is seen.
func (s *shot) project(x, y, near float64) (px, py float64) {
	return s.view.project(x, y, near, s.w, s.h)
}

// opacity returns the layer's opacity (0 to 1) at a point in frame heights, and whether it was painted there; beyond, its
// edge goes on.
func (l *layer) opacity(qx, qy float64) (a float64, painted bool) {
	x, y := mulAdd(qx, l.scale, l.ox), mulAdd(qy, l.scale, l.oy)
	luma := l.levels[0].y
	painted = x > -1 && y > -1 && x < float64(luma.w) && y < float64(luma.h)
	alpha := l.levels[0].a
	if alpha == nil {
		return 1, painted
	}
	ix, iy := max(0, min(alpha.w-1, int(x+0.5))), max(0, min(alpha.h-1, int(y+0.5)))
	stored := int(binary.LittleEndian.Uint16(alpha.line(iy)[2*(border+ix):]))
	return clamp(float64(stored-coefficientOffset)/255, 0, 1), painted
}
