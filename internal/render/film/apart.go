package film

import (
	"image"
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
)

// A person in front of a background, if the camera moves aside.
const (
	personNear   = 1.3  // nearness of the person, who moves so many times as far as the middle plane
	behindNear   = 0.5  // factor for the nearness of what is behind
	asideFrom    = 0.05 // way of the camera to a side, up or down from which on both move apart, in frame heights
	maxUncovered = 0.11 // how far they may move apart: what the person hid at first is filled with soft colours
)

// standApart returns the layer of the people in the foreground of a picture, whose layer is moved behind them, and their mask. ok is
// false if the picture stays one plane: if there are no such people, if it is morphed, or if the camera stays where it is and so sees no depth.
func (f *film) standApart(l *raster.Layer, src image.Image, look *vision.Picture, fromEnd bool) (before *raster.Layer, m raster.Mask, ok bool) {
	if f.spec.First != nil && f.spec.Last != nil || f.aside(fromEnd) < asideFrom {
		return nil, m, false
	}
	if look == nil {
		look = vision.NewPicture(src)
	}
	found, ok := look.Foreground()
	if !ok {
		return nil, m, false
	}
	before = &raster.Layer{Lo: l.Lo, Hi: l.Hi, Padded: l.Padded, Near: raster.Nearness{Base: personNear}, MaxMagnification: l.MaxMagnification}
	l.Near.Base, l.Near.Slope = float64(l.Near.Base*behindNear), float64(l.Near.Slope*behindNear)
	f.Plan.Path.Limit(camera.Path.Scale, func() bool { return float64(f.aside(fromEnd)*(personNear-behindNear)) <= maxUncovered })
	return before, raster.Mask(found), true
}

// aside returns how far the camera goes to a side, up or down at most, in frame heights.
func (f *film) aside(fromEnd bool) float64 {
	most := 0.0
	for i := range 33 {
		p := f.Pose(float64(i)/32, fromEnd)
		most = max(most, math.Abs(p.X), math.Abs(p.Y))
	}
	return most
}
