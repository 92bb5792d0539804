package render

import (
	"math"
	"testing"
)

func TestFixedFunctionsAgreeWithMath(t *testing.T) {
	for x := -12.0; x <= 12; x += 0.37 {
		sin, cos := sincos(x)
		if math.Abs(sin-math.Sin(x)) > 1e-8 || math.Abs(cos-math.Cos(x)) > 1e-8 {
			t.Errorf("sincos(%g) is %g, %g", x, sin, cos)
		}
		if x > -10 && x < 10 && math.Abs(exp(x)/math.Exp(x)-1) > 1e-8 {
			t.Errorf("exp(%g) is %g", x, exp(x))
		}
		if a := turns(math.Cos(x), math.Sin(x)) - math.Atan2(math.Sin(x), math.Cos(x))/tau; math.Abs(a) > 1e-3 {
			t.Errorf("the angle of %g is %g of a turn off", x, a)
		}
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"smooth before", smoothstep(1, 3, 0), 0},
		{"smooth in the middle", smoothstep(1, 3, 2), 0.5},
		{"smooth behind", smoothstep(1, 3, 9), 1},
		{"smooth downwards", smoothstep(3, 1, 1.5), 0.84375},
		{"lerp", lerp(10, 20, 0.25), 12.5},
		{"clamp below", clamp(-1, 0, 5), 0},
		{"clamp above", clamp(7, 0, 5), 5},
		{"bell on top", bump(0), 1},
		{"bell at its foot", bump(-1), 0},
		{"bell beyond", bump(4), 0},
		{"far", hypot(3, -4), 5},
		{"side left", sign(-0.1), -1},
		{"side right", sign(0), 1},
		{"inside", inside(-0.1), 1},
		{"outside", inside(0.1), 0},
		{"in the middle of a box", box(2, 3, 2, 3, 0.5, 1), -0.5},
		{"beside a box", box(4, 3, 2, 3, 0.5, 1), 1.5},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %g, wanted %g", c.name, c.got, c.want)
		}
	}
}

func TestEaseGathersSpeedAndLosesIt(t *testing.T) {
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
				t.Errorf("ramp %g: the way at %d/100 is %g, and mirrored %g", ramp, i, now, mirrored)
			}
			last = now
		}
		if first := ease(0.001, ramp); ramp >= 0.1 && first > 0.0001 {
			t.Errorf("ramp %g: the move starts with a jerk of %g", ramp, first)
		}
	}
}

func TestLegsAddUp(t *testing.T) {
	p := path{segments: []pathSegment{{0, 0.5, pose{pan: 0.2}, 0.25}, {0.5, 1, pose{zoom: 0.4, pan: -0.1}, 0.25}}}
	for _, c := range []struct {
		t         float64
		pan, zoom float64
	}{{0, 0, 0}, {0.25, 0.1, 0}, {0.5, 0.2, 0}, {0.75, 0.15, 0.2}, {1, 0.1, 0.4}} {
		got := p.at(c.t)
		if math.Abs(got.pan-c.pan) > 1e-12 || math.Abs(got.zoom-c.zoom) > 1e-12 {
			t.Errorf("at %g the camera is at %+v", c.t, got)
		}
	}
}

func TestRaysMeetThePlaneTheyAreMeantFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		pose   pose
		px, py float64 // point of the frame
		near   float64
		qx, qy float64 // point of the plane
	}{
		{"at rest a picture is seen as it is", pose{}, 0.4, -0.3, 1, 0.4, -0.3},
		{"at rest a far plane too", pose{}, 0.4, -0.3, 0.1, 0.4, -0.3},
		{"to the right", pose{x: 0.1}, 0, 0, 1, 0.1, 0},
		{"what is far hardly moves", pose{x: 0.1}, 0, 0, 0.01, 0.001, 0},
		{"up", pose{y: -0.2}, 0, 0, 1, 0, -0.2},
		{"half way to the picture", pose{z: focal / 2}, 0.4, 0.2, 1, 0.2, 0.1},
		{"twice the focal length", pose{zoom: math.Ln2}, 0.4, 0.2, 1, 0.2, 0.1},
		{"what is infinitely far does not grow", pose{z: focal / 2}, 0.4, 0.2, 0, 0.4, 0.2},
		{"a quarter turn clockwise", pose{roll: math.Pi / 2}, 0.3, 0, 1, 0, 0.3},
		{"a turn to the right", pose{pan: math.Atan(0.5 / focal)}, 0, 0, 1, 0.5, 0},
		{"a look up", pose{tilt: math.Atan(0.25 / focal)}, 0, 0, 1, 0, -0.25},
	} {
		v := c.pose.view()
		ax, ay, bx, by := v.ray(c.px, c.py)
		if x, y := ax+c.near*bx, ay+c.near*by; math.Abs(x-c.qx) > 1e-6 || math.Abs(y-c.qy) > 1e-6 {
			t.Errorf("%s: (%g, %g) sees (%.4f, %.4f), wanted (%g, %g)", c.name, c.px, c.py, x, y, c.qx, c.qy)
		}
	}
}

func TestProjectUndoesSee(t *testing.T) {
	for _, p := range []pose{{}, {x: 0.2, y: -0.1, z: 0.3}, {pan: 0.2, tilt: -0.1, roll: 0.4}, {x: -0.1, pan: 0.1, zoom: 0.5, z: -0.4}} {
		s := shot{view: p.view(), w: 320, h: 192}
		for _, near := range []float64{0.2, 1, 1.5} {
			l := &layer{near: nearness{base: near}}
			for _, at := range [][2]float64{{10, 10}, {160, 96}, {300, 20}, {47, 180}} {
				qx, qy := s.intersect(l, at[0], at[1])
				x, y := s.project(qx, qy, near)
				if math.Abs(x-0.5-at[0]) > 1e-4 || math.Abs(y-0.5-at[1]) > 1e-4 {
					t.Errorf("%+v, nearness %g: pixel %v comes back as %.5f, %.5f", p, near, at, x-0.5, y-0.5)
				}
			}
		}
	}
}

func TestGroundIsALevelPlane(t *testing.T) {
	n := nearness{base: -0.26, slope: 2.6}
	v := pose{x: 0.3, y: -0.1, z: 0.2}.view()
	for _, py := range []float64{0.15, 0.3, 0.5} {
		ax, ay, bx, by := v.ray(0.1, py)
		qx, qy := n.intersect(ax, ay, bx, by)
		w := n.base + n.slope*qy
		if math.Abs(ax+w*bx-qx) > 1e-9 || math.Abs(ay+w*by-qy) > 1e-9 {
			t.Errorf("at %g the ray meets (%g, %g), where the nearness is %g", py, qx, qy, w)
		}
	}
}

func TestStretchFillsTheFrameAndLeavesTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name            string
		q, edge, lo, hi float64
		want            float64
	}{
		{"within the picture nothing changes", 0.4, 0.5, -0.5, 0.5, 0.4},
		{"the middle stays when the right is overstepped", 0, 0.5, -0.5, 0.6, 0},
		{"the left stays when the right is overstepped", -0.45, 0.5, -0.5, 0.6, -0.45},
		{"the far right shows the picture's edge", 0.6, 0.5, -0.5, 0.6, 0.5},
		{"the far left shows the picture's edge", -0.62, 0.5, -0.62, 0.5, -0.5},
		{"before the band nothing changes", 0.15, 0.5, -0.5, 0.6, 0.15},
	} {
		if got := stretch(c.q, c.edge, c.lo, c.hi); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %g, wanted %g", c.name, got, c.want)
		}
	}
	for _, far := range []float64{0.5001, 0.51, 0.6, 0.666} {
		last := 0.0
		for q := 0.001; q <= 0.75; q += 0.001 { // corners of cells lie beyond the frame
			now := compress(q, 0.5, far)
			if step := now - last; step < 0.0005-1e-9 || step > 0.001+1e-9 {
				t.Fatalf("at %g the picture is stretched by %g where it reaches to %g", q, 0.001/step, far)
			}
			last = now
		}
	}
}

func TestPathIsCalmedWhereAPictureEnds(t *testing.T) {
	for _, prompt := range []string{"camera pull out", "fast pan right", "whip pan left", "camera rolls clockwise"} {
		film := newFilm(small(prompt))
		l := film.first.layers[0]
		for i := range 33 {
			s := film.shot(float64(i)/32, false)
			lo, hi := s.extent(l)
			if over := max(hi.x-l.edge.x, -lo.x-l.edge.x, hi.y-l.edge.y, -lo.y-l.edge.y); over > 0.19 {
				t.Errorf("%q looks %.3f frame heights beyond the picture at %d/32", prompt, over, i)
			}
		}
	}
}

func TestSizesFollowTheNearness(t *testing.T) {
	film := newFilm(Spec{Prompt: "camera push in, a meadow", Seed: 1, Width: 64, Height: 64, Frames: 24, FrameRate: 24})
	last := 1.0
	for _, near := range []float64{0.01, 0.4, 1, 1.4} {
		small, large := film.sizes(near)
		if small != 1 || large <= last-1e-12 {
			t.Errorf("nearness %g: from %g to %g", near, small, large)
		}
		last = large
	}
	if _, large := film.sizes(0.01); large > 1.01 {
		t.Errorf("the sky grows %g-fold", large)
	}
}
