package camera

import (
	"math"
	"slices"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// Pose is the camera's position and direction, as differences from the pose that shows a picture exactly as it is.
// Lengths are in frame heights at the distance of the middle plane, which is one focal length ahead.
type Pose struct {
	X, Y, Z         float64 // position: right, down, forward
	Pan, Tilt, Roll float64 // radians: to the right, upwards, clockwise
	Zoom            float64 // natural logarithm of the focal length against the reference
}

// Focal is the reference focal length in frame heights: a vertical field of view of 45 degrees.
const Focal = 1.2071067811865475

func (p Pose) plus(q Pose, k float64) Pose {
	return Pose{
		fp.MulAdd(q.X, k, p.X), fp.MulAdd(q.Y, k, p.Y), fp.MulAdd(q.Z, k, p.Z),
		fp.MulAdd(q.Pan, k, p.Pan), fp.MulAdd(q.Tilt, k, p.Tilt), fp.MulAdd(q.Roll, k, p.Roll), fp.MulAdd(q.Zoom, k, p.Zoom),
	}
}

// stronger returns for each axis the larger change of the two, and p's if they are equal.
func (p Pose) stronger(q Pose) Pose {
	for _, axis := range [][2]*float64{{&p.X, &q.X}, {&p.Y, &q.Y}, {&p.Z, &q.Z}, {&p.Pan, &q.Pan}, {&p.Tilt, &q.Tilt}, {&p.Roll, &q.Roll}, {&p.Zoom, &q.Zoom}} {
		if math.Abs(*axis[1]) > math.Abs(*axis[0]) {
			*axis[0] = *axis[1]
		}
	}
	return p
}

// pathSegment is a change of pose between two times of [0,1].
type pathSegment struct {
	from, to float64
	change   Pose
	ramp     float64 // share of the time in which speed rises, and again falls; 0.5 at most
}

// Path is the camera's pose as a function of time from 0 to 1. It begins on the zero pose.
type Path struct {
	segments []pathSegment
	shake    []shakeWave
}

// shakeWave is one wave of a shaking camera.
type shakeWave struct {
	size         Pose
	waves, phase float64
	from, to     float64 // when it shakes
}

// at returns the pose at time t of [0,1].
func (p Path) at(t float64) Pose {
	var out Pose
	for _, l := range p.segments {
		out = out.plus(l.change, ease((t-l.from)/(l.to-l.from), l.ramp))
	}
	for _, s := range p.shake {
		// The shaking is weaker at both ends, so that a path can begin and end on a picture exactly.
		calm := float64(fp.Smoothstep(0, 0.06, t-s.from) * fp.Smoothstep(0, 0.06, s.to-t))
		sin, _ := fp.SinCos(fp.MulAdd(float64(s.waves*t), 6.283185307179586, s.phase))
		out = out.plus(s.size, float64(calm*sin))
	}
	return out
}

// ease returns the share of a move that is done at time t of [0,1]: speed rises smoothly for ramp, stays, and falls
// smoothly for ramp.
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
	return float64(float64(cruise*ramp) * fp.MulAdd(-0.5, float64(u3*u), u3))
}

// Pose returns the pose at time t of [0,1], as the difference from the pose at the beginning or, with fromEnd, at the
// end.
func (p Path) Pose(t float64, fromEnd bool) Pose {
	q := p.at(t)
	if fromEnd {
		q = q.plus(p.at(1), -1)
	}
	return q
}

// Sizes returns the smallest and the largest factor by which the path scales a plane of the nearness given; 1 is its
// size at the beginning (or, with fromEnd, at the end).
func (p Path) Sizes(near float64, fromEnd bool) (small, large float64) {
	small, large = 1, 1
	for i := range 33 {
		q := p.Pose(float64(i)/32, fromEnd)
		k := float64(fp.Exp(q.Zoom) / max(0.2, 1-float64(q.Z*near)/Focal))
		small, large = min(small, k), max(large, k)
	}
	return small, large
}

// Limit applies change with the largest factor of [0,1] for which fits holds, and with 0 if it never holds. It does
// nothing if fits holds already.
func (p *Path) Limit(change func(Path, float64), fits func() bool) {
	if fits() {
		return
	}
	segments, shake, low, high := p.segments, p.shake, 0.0, 1.0
	try := func(k float64) bool {
		*p = Path{slices.Clone(segments), slices.Clone(shake)}
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

// Scale multiplies all changes of the path by k.
func (p Path) Scale(k float64) {
	for i := range p.segments {
		p.segments[i].change = Pose{}.plus(p.segments[i].change, k)
	}
}

// ScaleApproach multiplies what enlarges the picture, the way forward and the zoom, by k.
func (p Path) ScaleApproach(k float64) {
	for i := range p.segments {
		c := &p.segments[i].change
		c.Z, c.Zoom = float64(c.Z*k), float64(c.Zoom*k)
	}
}

// ScaleShake multiplies the shaking by k.
func (p Path) ScaleShake(k float64) {
	for i := range p.shake {
		p.shake[i].size = Pose{}.plus(p.shake[i].size, k)
	}
}

// View maps points of the frame to points of planes in space, for one pose of the camera.
type View struct {
	m       [9]float64 // rows of the rotation that takes a ray of the camera to the world, divided by the focal length
	X, Y, z float64    // position
	f2      float64    // square of the focal length, in frame heights
}

// View returns the mapping of the pose.
func (p Pose) View() View {
	sp, cp := fp.SinCos(p.Pan)
	st, ct := fp.SinCos(p.Tilt)
	sr, cr := fp.SinCos(p.Roll)
	f := float64(Focal * fp.Exp(p.Zoom))
	v := View{X: p.X, Y: p.Y, z: p.Z, f2: float64(f * f)}
	// World = pan about the upright axis * tilt about the level axis * roll about the line of sight.
	columns := [3][3]float64{{cr / f, sr / f, 0}, {-sr / f, cr / f, 0}, {0, 0, 1}}
	for c, r := range columns {
		x, y, z := r[0], r[1], r[2]
		y, z = fp.MulAdd(ct, y, -float64(st*z)), fp.MulAdd(st, y, float64(ct*z))
		x, z = fp.MulAdd(cp, x, float64(sp*z)), fp.MulAdd(cp, z, -float64(sp*x))
		v.m[c], v.m[3+c], v.m[6+c] = x, y, z
	}
	return v
}

// Ray returns a and b: the point (px, py) of the frame, in frame heights from its middle, sees the point a + w*b of a
// plane with nearness w (1 the middle plane, 0 infinitely far, above 1 nearer).
func (v *View) Ray(px, py float64) (ax, ay, bx, by float64) {
	dx := fp.MulAdd(v.m[0], px, fp.MulAdd(v.m[1], py, v.m[2]))
	dy := fp.MulAdd(v.m[3], px, fp.MulAdd(v.m[4], py, v.m[5]))
	dz := max(fp.MulAdd(v.m[6], px, fp.MulAdd(v.m[7], py, v.m[8])), 0.05)
	sx, sy := dx/dz, dy/dz
	// The middle plane is one focal length ahead, so that positions are in frame heights of that plane.
	return float64(Focal * sx), float64(Focal * sy), v.X - float64(v.z*sx), v.Y - float64(v.z*sy)
}

// Project returns the pixel, in a frame of w x h, that shows a point of a plane of the given nearness. It returns a
// pixel far outside if the point lies behind the camera.
func (v *View) Project(x, y, near float64, w, h int) (px, py float64) {
	// The point relative to the camera, with depth in units of the focal length. The inverse of the rotation is its
	// transpose, whose first two columns are divided by the focal length.
	dx, dy := (x/near-v.X)/Focal, (y/near-v.Y)/Focal
	dz := 1/near - v.z/Focal
	cx := fp.MulAdd(v.m[0], dx, fp.MulAdd(v.m[3], dy, float64(v.m[6]*dz)))
	cy := fp.MulAdd(v.m[1], dx, fp.MulAdd(v.m[4], dy, float64(v.m[7]*dz)))
	cz := fp.MulAdd(v.m[2], dx, fp.MulAdd(v.m[5], dy, float64(v.m[8]*dz)))
	if cz < 0.02 {
		return -1e6, -1e6
	}
	return fp.MulAdd(cx/cz, float64(v.f2*float64(h)), float64(w)/2), fp.MulAdd(cy/cz, float64(v.f2*float64(h)), float64(h)/2)
}
