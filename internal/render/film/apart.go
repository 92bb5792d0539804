package film

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
	"github.com/filmgate/filmgate/internal/render/words"
)

// A person in front of a background, if the camera moves aside.
const (
	personNear   = 1.3  // nearness of the person, who moves so many times as far as the middle plane
	behindNear   = 0.5  // factor for the nearness of what is behind
	asideFrom    = 0.05 // way of the camera to a side, up or down from which on both move apart, in frame heights
	maxUncovered = 0.11 // how far they may move apart: what the person hid at first is filled with soft colours
)

// standApart returns the layer of the people in the foreground of a picture, whose layer is moved behind them, and their mask. ok is
// false if the picture stays one plane: if there are no such people, if it is morphed, or if the camera stays where it is
// and its focus too, and so sees no depth.
func (f *film) standApart(l *raster.Layer, src image.Image, look *vision.Picture, fromEnd bool) (before *raster.Layer, m raster.Mask, ok bool) {
	if f.spec.First != nil && f.spec.Last != nil || f.aside(fromEnd) < asideFrom && len(f.Plan.Racks) == 0 {
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

// leastDepth is how much nearer the lower edge of a picture must be than the upper one, so that focus can go from one to
// the other. What is low counts as near, so a picture without any cue has 0.34.
const leastDepth = 0.4

// rackFocus has the lens follow what the prompt says of the focus: from a person who stands before the background, or else from the lower
// edge of a picture that looks deep. A picture without depth stays sharp.
func (f *film) rackFocus(l, before *raster.Layer) {
	if len(f.Plan.Racks) == 0 || f.spec.First != nil && f.spec.Last != nil {
		return
	}
	near, far := float64(0.5*l.Near.Slope), float64(-0.5*l.Near.Slope)
	near, far = l.Near.Base+near, l.Near.Base+far
	if before != nil {
		near, far = before.Near.Base, l.Near.Base
	} else if near-far < leastDepth {
		return
	}
	f.Lens = camera.NewLensPath(f.Plan.Racks, near, far, func(text string) (float64, bool) {
		return near, before != nil && slices.ContainsFunc(strings.Fields(text), func(w string) bool { return words.IsOne(w, peopleWords) })
	})
}

// forgetRacks removes the changes of focus from the moves that were understood, if the film has no depth that would show them.
func (f *film) forgetRacks() {
	if f.Lens.Sharp() {
		f.Plan.Moves = slices.DeleteFunc(f.Plan.Moves, func(m camera.Move) bool { return m.Name == camera.RackFocus })
	}
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
