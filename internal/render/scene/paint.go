package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// shader returns the colour and the opacity (0 to 1) of a layer at a point in frame heights from the frame's middle,
// down positive.
type shader func(x, y float64) (rgb, float64)

// columnShader is a shader that computes once what is the same in a whole column, for example the outline of a ridge.
type columnShader func(x float64) func(y float64) (rgb, float64)

// columns returns the shader as a columnShader.
func (i shader) columns() columnShader {
	return func(x float64) func(y float64) (rgb, float64) {
		return func(y float64) (rgb, float64) { return i(x, y) }
	}
}

// addLayer paints a layer between the heights top and bottom, as much of it as the camera ever sees, with detail
// samples for each pixel of the frame.
func (s *scene) addLayer(l raster.Layer, detail, top, bottom float64, with columnShader) {
	if sharp := s.sharpness(); sharp < 1 { // enough rows for the splines of coarse levels to settle before the layer ends
		detail = max(float64(detail*sharp), min(detail, 48/float64(s.take.H)))
		top -= 10 / float64(float64(s.take.H)*detail)
	}
	lo, hi := raster.Bounds{Y: top}, raster.Bounds{Y: bottom}
	seen := [2]float64{9, -9}
	for i := range 33 {
		shot := s.take.Shot(float64(i)/32, false)
		const step = 0.15 // more than the distance of two points of the frame's border
		a, b := shot.ExtentBetween(&l, top-step, bottom+step)
		lo.X, hi.X = min(lo.X, a.X), max(hi.X, b.X)
		seen[0], seen[1] = min(seen[0], a.Y), max(seen[1], b.Y)
	}
	const margin = 0.02
	wide := halfWidth(s.take) + float64(math.Abs(l.DX)*s.take.Shot(1, false).Seconds)
	lo.X, hi.X = max(-wide, lo.X-margin), min(wide, hi.X+margin)
	lo.Y, hi.Y = max(lo.Y, seen[0]-margin), min(hi.Y, seen[1]+margin)
	if hi.Y-lo.Y < 0.01 {
		return
	}
	// For ground: the part between the horizon and the camera.
	small, large := s.take.Sizes(max(0, fp.MulAdd(math.Abs(l.Near.Slope), 0.3, l.Near.Base)))
	res := float64(float64(float64(s.take.H)*detail) * min(1.6, large))
	// A wide move sees a large part of a near layer, but only for a short time: it is drawn a little coarser.
	const most = 1.5
	frame := float64(float64(s.take.W) * float64(s.take.H))
	if area := float64(float64((hi.X-lo.X)*(hi.Y-lo.Y)) * float64(res*res)); area > float64(most*frame) {
		res = float64(res * math.Sqrt(float64(most*frame)/area))
	}
	w, h := max(8, int(float64((hi.X-lo.X)*res))), max(8, int(float64((hi.Y-lo.Y)*res)))
	s.addSampledLayer(l, w, h, res, lo, min(1, small/large/detail), func(x int) func(y int) (rgb, float64) {
		column := with(fp.MulAdd(float64(x)+0.5, 1/res, lo.X))
		return func(y int) (rgb, float64) { return column(fp.MulAdd(float64(y)+0.5, 1/res, lo.Y)) }
	})
}

// addSampledLayer paints w x h samples of a layer, with its upper left corner at corner, and puts it before the others.
func (s *scene) addSampledLayer(l raster.Layer, w, h int, res float64, corner raster.Bounds, least float64, at func(x int) func(y int) (rgb, float64)) {
	seen := s.canvas.Paint(&l, w, h, len(s.out.Layers) == 0, res, corner, least, func(x int) func(y int) raster.Sample {
		column := at(x)
		return func(y int) raster.Sample {
			c, a := column(y)
			return s.sample(x, y, c, a)
		}
	})
	if seen {
		s.out.Layers = append(s.out.Layers, &l)
	}
}

// sample returns one sample of a layer, with the scene's mood.
func (s *scene) sample(x, y int, c rgb, a float64) raster.Sample {
	if s.graded {
		c = s.grade(c)
	}
	// The last four bits are random, so that soft gradients show no bands.
	grain := fp.Hash(uint32(x), uint32(y), 0)
	return raster.Sample{
		R: stored16(c.r, grain>>28), G: stored16(c.g, grain>>24&15), B: stored16(c.b, grain>>20&15),
		A: uint16(fp.Clamp(fp.MulAdd(a, 255<<4, 0.5), 0, 255<<4)),
	}
}

// stored16 returns a value of 0 to 255 as a sample holds it, with grain of 0 to 15.
func stored16(v float64, grain uint32) uint16 {
	return uint16(max(0, min(255<<4, int32(float64(v*16))+int32(grain)-8)))
}
