package render

// take is one run of the camera through a video: its path, the frame's size and the time it takes.
type take struct {
	plan     cameraPlan
	w, h     int     // pixels
	seconds  float64 // until the last frame
	reversed bool    // the path is run so that it ends on the zero pose
}

// pose returns the camera's pose at time t of [0,1], against that at the beginning or at the end.
func (t *take) pose(at float64, fromEnd bool) pose { return t.plan.path.pose(at, fromEnd) }

// sizes returns by how much the path makes a plane of the nearness given smaller and larger at most; 1 is as it begins.
func (t *take) sizes(near float64) (small, large float64) { return t.plan.path.sizes(near, t.reversed) }

// shot returns what the camera sees at a time of [0,1], against its pose at the beginning or at the end.
func (t *take) shot(at float64, fromEnd bool) shot {
	return shot{view: t.pose(at, fromEnd).view(), w: t.w, h: t.h, seconds: float64(at * t.seconds * t.plan.driftSpeed)}
}
