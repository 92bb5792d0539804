package render

import "math"

// bounds is the half width and half height of a picture, in frame heights.
type bounds struct{ x, y float64 }

// stretch maps the coordinate q of a picture that reaches from -edge to edge so that a frame reaching from lo to hi
// shows no edge: the outer part of the picture is drawn out to where the frame ends. Where the frame lies within the
// picture, nothing is changed.
func stretch(q, edge, lo, hi float64) float64 {
	if hi > edge && q > 0 {
		return press(q, edge, hi)
	}
	if lo < -edge && q < 0 {
		return -press(-q, edge, -lo)
	}
	return q
}

// press maps [0, far] to [0, edge]: it is the identity near 0 and bends smoothly towards the edge.
func press(q, edge, far float64) float64 {
	over := far - edge
	// The band that gives way is three times as wide as what it has to make up for, so that it is stretched threefold at
	// the very edge at most and the eye finds no line where it starts.
	from := max(0, edge-float64(3*over))
	if q <= from {
		return q
	}
	// A parabola with slope 1 at from that passes through (far, edge).
	run := far - from
	u := q - from
	bend := (run - (edge - from)) / float64(run*run)
	return from + u - float64(bend*float64(u*u))
}

// still is a picture before the camera: a plate, how far it reaches and how near it is.
type still struct {
	plate *plate
	edge  bounds
	near  float64
}

// aim returns where the camera's view sees the still, for a frame of w x h pixels.
func (s *still) aim(v view, w, h int) func(x, y int) spot {
	scale := 1 / float64(h)
	see := func(x, y int) (float64, float64) {
		px := float64(mad(float64(w), -0.5, float64(x)+0.5) * scale)
		py := float64(mad(float64(h), -0.5, float64(y)+0.5) * scale)
		ax, ay, bx, by := v.ray(px, py)
		return mad(s.near, bx, ax), mad(s.near, by, ay)
	}
	lo, hi := bounds{}, bounds{}
	note := func(x, y int) {
		qx, qy := see(x, y)
		lo.x, hi.x = min(lo.x, qx), max(hi.x, qx)
		lo.y, hi.y = min(lo.y, qy), max(hi.y, qy)
	}
	for i := range 17 {
		x, y := (w-1)*i/16, (h-1)*i/16
		note(x, 0)
		note(x, h-1)
		note(0, y)
		note(w-1, y)
	}
	return func(x, y int) spot {
		qx, qy := see(x, y)
		qx = stretch(qx, s.edge.x, lo.x, hi.x)
		qy = stretch(qy, s.edge.y, lo.y, hi.y)
		return spot{
			int(math.Floor(mad(mad(qx, s.plate.scale, s.plate.ox), 1<<fine, 0.5))),
			int(math.Floor(mad(mad(qy, s.plate.scale, s.plate.oy), 1<<fine, 0.5))),
		}
	}
}
