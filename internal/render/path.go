package render

import (
	"math"
	"slices"
)

// pose is where the camera is and how it looks, as differences from the pose that sees a picture exactly as it is.
// Lengths are in frame heights at the distance of the picture's middle plane, which lies one focal length ahead.
type pose struct {
	x, y, z         float64 // position: right, down, forward
	pan, tilt, roll float64 // radians: to the right, upwards, clockwise
	zoom            float64 // natural logarithm of the focal length against the reference
}

// focal is the reference focal length in frame heights: an upright field of view of 45 degrees.
const focal = 1.2071067811865475

func (p pose) plus(q pose, k float64) pose {
	return pose{
		mulAdd(q.x, k, p.x), mulAdd(q.y, k, p.y), mulAdd(q.z, k, p.z),
		mulAdd(q.pan, k, p.pan), mulAdd(q.tilt, k, p.tilt), mulAdd(q.roll, k, p.roll), mulAdd(q.zoom, k, p.zoom),
	}
}

// stronger takes for each axis the larger change of the two; p's where both are as large.
func (p pose) stronger(q pose) pose {
	for _, axis := range [][2]*float64{{&p.x, &q.x}, {&p.y, &q.y}, {&p.z, &q.z}, {&p.pan, &q.pan}, {&p.tilt, &q.tilt}, {&p.roll, &q.roll}, {&p.zoom, &q.zoom}} {
		if math.Abs(*axis[1]) > math.Abs(*axis[0]) {
			*axis[0] = *axis[1]
		}
	}
	return p
}

// pathSegment is one part of a path: a change of pose carried out between two times of [0,1].
type pathSegment struct {
	from, to float64
	change   pose
	ramp     float64 // share of the leg spent in gathering speed, and again in losing it; 0.5 at most
}

// path is the camera's way through the video as time goes from 0 to 1. It begins on the zero pose.
type path struct {
	segments []pathSegment
	shake    []shakeWave
}

// shakeWave is one wave of an unsteady hand.
type shakeWave struct {
	size         pose
	waves, phase float64
	from, to     float64 // when it shakes
}

// at returns the pose at time t in [0,1].
func (p path) at(t float64) pose {
	var out pose
	for _, l := range p.segments {
		out = out.plus(l.change, ease((t-l.from)/(l.to-l.from), l.ramp))
	}
	for _, s := range p.shake {
		// The hand trembles less at both ends, so that a path can begin and end on a picture exactly.
		calm := float64(smoothstep(0, 0.06, t-s.from) * smoothstep(0, 0.06, s.to-t))
		sin, _ := sincos(mulAdd(float64(s.waves*t), 6.283185307179586, s.phase))
		out = out.plus(s.size, float64(calm*sin))
	}
	return out
}

// ease is the way covered at time t of a move that gathers speed smoothly, keeps it, and loses it smoothly.
func ease(t, ramp float64) float64 {
	switch {
	case t <= 0:
		return 0
	case t >= 1:
		return 1
	case t > 0.5:
		return 1 - ease(1-t, ramp)
	}
	cruise := 1 / (1 - ramp)
	if t >= ramp {
		return float64(cruise * (t - float64(ramp/2)))
	}
	// The integral of the cubic step u²(3-2u) is u³-u⁴/2.
	u := t / ramp
	u3 := float64(u * float64(u*u))
	return float64(float64(cruise*ramp) * mulAdd(-0.5, float64(u3*u), u3))
}

// pose is where the camera is at time t of [0,1]: since the beginning, or before the end.
func (p path) pose(t float64, fromEnd bool) pose {
	q := p.at(t)
	if fromEnd {
		q = q.plus(p.at(1), -1)
	}
	return q
}

// sizes returns by how much the path makes a plane of the nearness given smaller and larger at most; 1 is as it begins.
func (p path) sizes(near float64, fromEnd bool) (small, large float64) {
	small, large = 1, 1
	for i := range 33 {
		q := p.pose(float64(i)/32, fromEnd)
		k := float64(exp(q.zoom) / max(0.2, 1-float64(q.z*near)/focal))
		small, large = min(small, k), max(large, k)
	}
	return small, large
}

// limit changes the path by the largest factor of [0,1] at which it fits; by 0 if it never does. It leaves a path that
// fits as it is.
func (p *path) limit(change func(path, float64), fits func() bool) {
	if fits() {
		return
	}
	segments, shake, low, high := p.segments, p.shake, 0.0, 1.0
	try := func(k float64) bool {
		*p = path{slices.Clone(segments), slices.Clone(shake)}
		change(*p, k)
		return fits()
	}
	for range 12 {
		if middle := (low + high) / 2; try(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	try(low)
}

// scale makes all changes of the path k times as large.
func (p path) scale(k float64) {
	for i := range p.segments {
		p.segments[i].change = pose{}.plus(p.segments[i].change, k)
	}
}

// scaleApproach makes what brings the picture nearer, the way forward and the zoom, k times as large, and leaves the rest.
func (p path) scaleApproach(k float64) {
	for i := range p.segments {
		c := &p.segments[i].change
		c.z, c.zoom = float64(c.z*k), float64(c.zoom*k)
	}
}

// scaleShake makes the shaking k times as large.
func (p path) scaleShake(k float64) {
	for i := range p.shake {
		p.shake[i].size = pose{}.plus(p.shake[i].size, k)
	}
}

// view maps points of the frame to points of a plane of the scene: a camera frozen at one time.
type view struct {
	m       [9]float64 // rows of the rotation that takes a ray of the camera to the world, divided by the focal length
	x, y, z float64    // position
	f2      float64    // square of the focal length, in frame heights
}

func (p pose) view() view {
	sp, cp := sincos(p.pan)
	st, ct := sincos(p.tilt)
	sr, cr := sincos(p.roll)
	f := float64(focal * exp(p.zoom))
	v := view{x: p.x, y: p.y, z: p.z, f2: float64(f * f)}
	// World = pan about the upright axis * tilt about the level axis * roll about the line of sight.
	columns := [3][3]float64{{cr / f, sr / f, 0}, {-sr / f, cr / f, 0}, {0, 0, 1}}
	for c, r := range columns {
		x, y, z := r[0], r[1], r[2]
		y, z = mulAdd(ct, y, -float64(st*z)), mulAdd(st, y, float64(ct*z))
		x, z = mulAdd(cp, x, float64(sp*z)), mulAdd(cp, z, -float64(sp*x))
		v.m[c], v.m[3+c], v.m[6+c] = x, y, z
	}
	return v
}

// ray returns a and b such that the point of the frame (px, py), in frame heights from its middle, sees the point
// a + w*b of a plane with nearness w (1 the middle plane, 0 infinitely far, above 1 nearer).
func (v *view) ray(px, py float64) (ax, ay, bx, by float64) {
	dx := mulAdd(v.m[0], px, mulAdd(v.m[1], py, v.m[2]))
	dy := mulAdd(v.m[3], px, mulAdd(v.m[4], py, v.m[5]))
	dz := max(mulAdd(v.m[6], px, mulAdd(v.m[7], py, v.m[8])), 0.05)
	sx, sy := dx/dz, dy/dz
	// The middle plane is one focal length ahead, so that positions are in frame heights of that plane.
	return float64(focal * sx), float64(focal * sy), v.x - float64(v.z*sx), v.y - float64(v.z*sy)
}

// project returns the pixel in which a point of a plane of the given nearness is seen in a frame of w x h pixels; one
// far outside if it lies behind the camera.
func (v *view) project(x, y, near float64, w, h int) (px, py float64) {
	// Relative to the camera, with depth in units of the focal length; the rotation is undone by its transpose, whose first
	// two columns are divided by the focal length.
	dx, dy := (x/near-v.x)/focal, (y/near-v.y)/focal
	dz := 1/near - v.z/focal
	cx := mulAdd(v.m[0], dx, mulAdd(v.m[3], dy, float64(v.m[6]*dz)))
	cy := mulAdd(v.m[1], dx, mulAdd(v.m[4], dy, float64(v.m[7]*dz)))
	cz := mulAdd(v.m[2], dx, mulAdd(v.m[5], dy, float64(v.m[8]*dz)))
	if cz < 0.02 {
		return -1e6, -1e6
	}
	return mulAdd(cx/cz, float64(v.f2*float64(h)), float64(w)/2), mulAdd(cy/cz, float64(v.f2*float64(h)), float64(h)/2)
}
