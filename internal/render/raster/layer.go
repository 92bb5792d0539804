package raster

import (
	"encoding/binary"
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
)

// Layer is a picture with a place in space.
type Layer struct {
	*mipmap
	Near             Nearness
	Edge             Bounds  // for a picture: where it ends, so that it can be stretched if the camera looks beyond; zero: no end
	MaxMagnification float64 // for a picture: how many times larger than at first the camera may show it
	DX, DY           float64 // drift in frame heights a second: clouds, water
}

// Bounds is a point of a layer, or the half width and half height of a picture, in frame heights.
type Bounds struct{ X, Y float64 }

// Nearness is how near each point of a layer is: 0 infinitely far, 1 the plane in which camera moves are measured. At
// the point (qx, qy) it is Base + qy*Slope, so that ground is a level plane, plus the value of the grid if there is
// one.
type Nearness struct {
	Base, Slope float64
	grid        *grid
}

// grid holds values at evenly spaced points of a picture that reaches to the bounds given.
type grid struct {
	w, h         int
	values       []float64
	edge         Bounds
	across, down float64 // points per frame height
}

func newGrid(w, h int, edge Bounds) *grid {
	return &grid{w, h, make([]float64, w*h), edge, float64(w-1) / edge.X / 2, float64(h-1) / edge.Y / 2}
}

// at returns the value at a point, linear between the grid's.
func (g *grid) at(qx, qy float64) float64 {
	fx := fp.Clamp(float64(float64(qx+g.edge.X)*g.across), 0, float64(g.w-1)-1e-9)
	fy := fp.Clamp(float64(float64(qy+g.edge.Y)*g.down), 0, float64(g.h-1)-1e-9)
	x, y := int(fx), int(fy)
	up, down := g.values[y*g.w+x:], g.values[(y+1)*g.w+x:]
	tx := fx - float64(x)
	return fp.Lerp(fp.Lerp(up[0], up[1], tx), fp.Lerp(down[0], down[1], tx), fy-float64(y))
}

// intersect returns the point of the layer that a ray meets (see camera.View.Ray).
func (n *Nearness) intersect(ax, ay, bx, by float64) (qx, qy float64) {
	if n.grid == nil {
		// The point on a plane has a formula.
		qy = fp.MulAdd(n.Base, by, ay) / max(0.1, 1-float64(n.Slope*by))
		return fp.MulAdd(fp.MulAdd(n.Slope, qy, n.Base), bx, ax), qy
	}
	// Each look at the grid brings the nearness closer to the solution. Two such steps are extrapolated (Aitken), and one
	// more corrects the error that the bends of the grid leave.
	meet := func(w float64) float64 { return n.Base + n.grid.at(fp.MulAdd(w, bx, ax), fp.MulAdd(w, by, ay)) }
	w := meet(n.Base)
	next := meet(w)
	if bend := next - float64(2*w) + n.Base; math.Abs(bend) > 1e-6 {
		w = n.Base - float64(float64(w-n.Base)*float64(w-n.Base))/bend
	} else {
		w = next
	}
	w = meet(meet(fp.Clamp(w, n.Base-1, n.Base+1)))
	return fp.MulAdd(w, bx, ax), fp.MulAdd(w, by, ay)
}

// Shot is one moment of the video: the camera's view, the time and the progress of a morph.
type Shot struct {
	View    camera.View
	W, H    int
	Seconds float64
	Flow    *Flow   // the way of the frame's points in a morph; nil: no morph
	Morph   float64 // the share of that way that they have gone
}

// Intersect returns the point of a layer that the pixel (x, y), which may be between pixels, sees.
func (s *Shot) Intersect(l *Layer, x, y float64) (qx, qy float64) {
	scale := 1 / float64(s.H)
	px := float64(fp.MulAdd(float64(s.W), -0.5, x+0.5) * scale)
	py := float64(fp.MulAdd(float64(s.H), -0.5, y+0.5) * scale)
	if s.Flow != nil && s.Morph > 0 {
		px, py = s.Flow.Source(px, py, s.Morph)
	}
	ax, ay, bx, by := s.View.Ray(px, py)
	qx, qy = l.Near.intersect(ax, ay, bx, by)
	return qx - float64(l.DX*s.Seconds), qy - float64(l.DY*s.Seconds)
}

// Extent returns the part of a layer that the frame's border sees.
func (s *Shot) Extent(l *Layer) (lo, hi Bounds) { return s.ExtentBetween(l, -1e9, 1e9) }

// ExtentBetween returns the part of a layer that the frame's border sees: its height, and its width between the heights
// top and bottom.
func (s *Shot) ExtentBetween(l *Layer, top, bottom float64) (lo, hi Bounds) {
	note := func(x, y int) {
		qx, qy := s.Intersect(l, float64(x), float64(y))
		if qy >= top && qy <= bottom {
			lo.X, hi.X = min(lo.X, qx), max(hi.X, qx)
		}
		lo.Y, hi.Y = min(lo.Y, qy), max(hi.Y, qy)
	}
	for i := range 17 {
		x, y := (s.W-1)*i/16, (s.H-1)*i/16
		note(x, 0)
		note(x, s.H-1)
		note(0, y)
		note(s.W-1, y)
	}
	return lo, hi
}

// sampleAt returns the point of a layer that the pixel (x, y) shows. A picture that ends before the frame does is
// stretched to the frame's border; the frame sees the part from lo to hi.
func (l *Layer) sampleAt(s *Shot, lo, hi Bounds, x, y float64) (qx, qy float64) {
	qx, qy = s.Intersect(l, x, y)
	if l.Edge.X > 0 {
		qx, qy = stretch(qx, l.Edge.X, lo.X, hi.X), stretch(qy, l.Edge.Y, lo.Y, hi.Y)
	}
	return qx, qy
}

// mapTiles writes into nodes which points of the layer the corners of the frame's tiles show.
func (l *Layer) mapTiles(s *Shot, nodes []samplePos) {
	var lo, hi Bounds
	if l.Edge.X > 0 {
		lo, hi = s.Extent(l)
	}
	across, down := tilesIn(s.W)+1, tilesIn(s.H)+1
	for j := range down {
		for i := range across {
			qx, qy := l.sampleAt(s, lo, hi, float64(i*tileSize), float64(j*tileSize))
			nodes[j*across+i] = l.clampPos(fp.MulAdd(qx, l.scale, l.ox), fp.MulAdd(qy, l.scale, l.oy))
		}
	}
}

// tilesIn returns how many tiles cover n pixels.
func tilesIn(n int) int { return (n + tileSize - 1) / tileSize }

// clampPos returns a position in the finest level, limited to the level and its border.
func (p *mipmap) clampPos(x, y float64) samplePos {
	x = fp.Clamp(x, -reach, float64(p.levels[0].y.w+reach))
	y = fp.Clamp(y, -reach, float64(p.levels[0].y.h+reach))
	return samplePos{int(math.Floor(fp.MulAdd(x, 1<<fractionBits, 0.5))), int(math.Floor(fp.MulAdd(y, 1<<fractionBits, 0.5)))}
}

// Project returns the pixel that shows a point of a plane of the given nearness.
func (s *Shot) Project(x, y, near float64) (px, py float64) {
	return s.View.Project(x, y, near, s.W, s.H)
}

// Opacity returns the layer's opacity (0 to 1) at a point in frame heights, and whether the layer was painted there.
// Beyond its end the layer repeats its edge. Tests ask it whether a scene covers what the camera sees.
func (l *Layer) Opacity(qx, qy float64) (a float64, painted bool) {
	x, y := fp.MulAdd(qx, l.scale, l.ox), fp.MulAdd(qy, l.scale, l.oy)
	luma := l.levels[0].y
	painted = x > -1 && y > -1 && x < float64(luma.w) && y < float64(luma.h)
	alpha := l.levels[0].a
	if alpha == nil {
		return 1, painted
	}
	ix, iy := max(0, min(alpha.w-1, int(x+0.5))), max(0, min(alpha.h-1, int(y+0.5)))
	stored := int(binary.LittleEndian.Uint16(alpha.line(iy)[2*(border+ix):]))
	return fp.Clamp(float64(stored-coefficientOffset)/255, 0, 1), painted
}
