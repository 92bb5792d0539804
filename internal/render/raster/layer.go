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
	Depth            float64 // nearness for the focus of the lens, if it is another than Near's; 0: it is not
	Lo, Hi           Bounds  // for a picture: its upper left and its lower right corner
	Padded           bool    // for a picture: the frame shows more than the picture from the beginning
	MaxMagnification float64 // for a picture: how many times larger than at first the camera may show it
	DX, DY           float64 // drift in frame heights a second: clouds, water
}

// Bounds is a point of a layer, or the half width and half height of a frame, in frame heights.
type Bounds struct{ X, Y float64 }

// Nearness is how near each point of a layer is: 0 infinitely far, 1 the plane in which camera moves are measured. At
// the point (qx, qy) it is Base + qy*Slope, so that ground is a level plane. Every layer is a plane, so that straight lines
// stay straight.
type Nearness struct{ Base, Slope float64 }

// intersect returns the point of the layer that a ray meets (see camera.View.Ray).
func (n *Nearness) intersect(ax, ay, bx, by float64) (qx, qy float64) {
	qy = fp.MulAdd(n.Base, by, ay) / max(0.1, 1-float64(n.Slope*by))
	return fp.MulAdd(fp.MulAdd(n.Slope, qy, n.Base), bx, ax), qy
}

// Shot is one moment of the video: the camera's view, the time and the progress of a morph.
type Shot struct {
	View    camera.View
	W, H    int
	Seconds float64
	Flow    *Flow   // the way of the frame's points in a morph; nil: no morph
	Morph   float64 // the share of that way that they have gone
	Lens    Lens    // what is out of focus
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

// mapTiles writes into nodes which points of the layer the corners of the frame's tiles show.
func (l *Layer) mapTiles(s *Shot, nodes []samplePos) {
	across, down := tilesIn(s.W)+1, tilesIn(s.H)+1
	for j := range down {
		for i := range across {
			qx, qy := s.Intersect(l, float64(i*tileSize), float64(j*tileSize))
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
