package raster

import (
	"github.com/filmgate/filmgate/internal/render/camera"
)

// take is one run of the camera through a video: its path, the frame's size and the time it takes.
type Take struct {
	Plan     camera.Plan
	W, H     int     // pixels
	Seconds  float64 // until the last frame
	Reversed bool    // the path is run so that it ends on the zero pose
}

// pose returns the camera's pose at time t of [0,1], against that at the beginning or at the end.
func (t *Take) Pose(at float64, fromEnd bool) camera.Pose { return t.Plan.Path.Pose(at, fromEnd) }

// sizes returns by how much the path makes a plane of the nearness given smaller and larger at most; 1 is as it begins.
func (t *Take) Sizes(near float64) (small, large float64) { return t.Plan.Path.Sizes(near, t.Reversed) }

// shot returns what the camera sees at a time of [0,1], against its pose at the beginning or at the end.
func (t *Take) Shot(at float64, fromEnd bool) Shot {
	return Shot{View: t.Pose(at, fromEnd).View(), W: t.W, H: t.H, Seconds: float64(at * t.Seconds * t.Plan.DriftSpeed)}
}
