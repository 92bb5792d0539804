package raster

import (
	"github.com/filmgate/filmgate/internal/render/camera"
)

// Take is one run of the camera through a video: its plan, the frame's size and the length.
type Take struct {
	Plan     camera.Plan
	W, H     int             // pixels
	Seconds  float64         // until the last frame
	Reversed bool            // the path is run so that it ends on the zero pose
	Lens     camera.LensPath // where focus is; the zero value shows everything sharp
}

// Pose returns the camera's pose at a time of [0,1], as the difference from the pose at the beginning or, with fromEnd,
// at the end.
func (t *Take) Pose(at float64, fromEnd bool) camera.Pose { return t.Plan.Path.Pose(at, fromEnd) }

// Sizes returns the smallest and the largest factor by which the camera scales a plane of the nearness given.
func (t *Take) Sizes(near float64) (small, large float64) { return t.Plan.Path.Sizes(near, t.Reversed) }

// Shot returns the moment at a time of [0,1], with the camera's pose as the difference from that at the beginning or,
// with fromEnd, at the end.
func (t *Take) Shot(at float64, fromEnd bool) Shot {
	focus, aperture := t.Lens.At(at)
	return Shot{View: t.Pose(at, fromEnd).View(), W: t.W, H: t.H, Seconds: float64(at * t.Seconds * t.Plan.DriftSpeed), Lens: Lens{focus, aperture}}
}
