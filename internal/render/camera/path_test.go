package camera

import (
	"math"
	"testing"
)

func TestEaseSpeedsUpAndSlowsDown(t *testing.T) {
	for _, ramp := range []float64{0.01, 0.1, 0.25, 0.5} {
		for _, c := range []struct{ t, want float64 }{{-1, 0}, {0, 0}, {0.5, 0.5}, {1, 1}, {2, 1}} {
			if got := ease(c.t, ramp); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("ease(%g, %g) is %g, wanted %g", c.t, ramp, got, c.want)
			}
		}
		last := 0.0
		for i := 1; i <= 100; i++ {
			now := ease(float64(i)/100, ramp)
			if now < last {
				t.Errorf("ramp %g: the move goes back at %d/100", ramp, i)
			}
			if mirrored := 1 - ease(1-float64(i)/100, ramp); math.Abs(now-mirrored) > 1e-12 {
				t.Errorf("ramp %g: at %d/100 the progress is %g, mirrored %g", ramp, i, now, mirrored)
			}
			last = now
		}
		if first := ease(0.001, ramp); ramp >= 0.1 && first > 0.0001 {
			t.Errorf("ramp %g: the first step of the move is %g", ramp, first)
		}
	}
}

func TestSegmentsAddUp(t *testing.T) {
	p := Path{segments: []pathSegment{{0, 0.5, Pose{Pan: 0.2}, 0.25}, {0.5, 1, Pose{Zoom: 0.4, Pan: -0.1}, 0.25}}}
	for _, c := range []struct {
		t         float64
		pan, zoom float64
	}{{0, 0, 0}, {0.25, 0.1, 0}, {0.5, 0.2, 0}, {0.75, 0.15, 0.2}, {1, 0.1, 0.4}} {
		got := p.at(c.t)
		if math.Abs(got.Pan-c.pan) > 1e-12 || math.Abs(got.Zoom-c.zoom) > 1e-12 {
			t.Errorf("at %g the camera is at %+v", c.t, got)
		}
	}
}

func TestRaysMeetThePlaneAtTheRightPoint(t *testing.T) {
	for _, c := range []struct {
		name   string
		pose   Pose
		px, py float64 // point of the frame
		near   float64
		qx, qy float64 // point of the plane
	}{
		{"without a move a picture is seen unchanged", Pose{}, 0.4, -0.3, 1, 0.4, -0.3},
		{"without a move a far plane is seen unchanged", Pose{}, 0.4, -0.3, 0.1, 0.4, -0.3},
		{"to the right", Pose{X: 0.1}, 0, 0, 1, 0.1, 0},
		{"a far plane hardly moves", Pose{X: 0.1}, 0, 0, 0.01, 0.001, 0},
		{"up", Pose{Y: -0.2}, 0, 0, 1, 0, -0.2},
		{"half way to the picture", Pose{Z: Focal / 2}, 0.4, 0.2, 1, 0.2, 0.1},
		{"twice the focal length", Pose{Zoom: math.Ln2}, 0.4, 0.2, 1, 0.2, 0.1},
		{"a plane infinitely far does not grow", Pose{Z: Focal / 2}, 0.4, 0.2, 0, 0.4, 0.2},
		{"a quarter turn clockwise", Pose{Roll: math.Pi / 2}, 0.3, 0, 1, 0, 0.3},
		{"a turn to the right", Pose{Pan: math.Atan(0.5 / Focal)}, 0, 0, 1, 0.5, 0},
		{"a tilt up", Pose{Tilt: math.Atan(0.25 / Focal)}, 0, 0, 1, 0, -0.25},
	} {
		v := c.pose.View()
		ax, ay, bx, by := v.Ray(c.px, c.py)
		if x, y := ax+c.near*bx, ay+c.near*by; math.Abs(x-c.qx) > 1e-6 || math.Abs(y-c.qy) > 1e-6 {
			t.Errorf("%s: (%g, %g) sees (%.4f, %.4f), wanted (%g, %g)", c.name, c.px, c.py, x, y, c.qx, c.qy)
		}
	}
}

func TestSizesFollowTheNearness(t *testing.T) {
	path := NewPlan("camera push in, a meadow", 5, nil, 1).Path
	last := 1.0
	for _, near := range []float64{0.01, 0.4, 1, 1.4} {
		small, large := path.Sizes(near, false)
		if small != 1 || large <= last-1e-12 {
			t.Errorf("nearness %g: the sizes go from %g to %g", near, small, large)
		}
		last = large
	}
	if _, large := path.Sizes(0.01, false); large > 1.01 {
		t.Errorf("the sky grows %g-fold", large)
	}
}
