package raster

import (
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
)

func TestProjectUndoesIntersect(t *testing.T) {
	for _, p := range []camera.Pose{{}, {X: 0.2, Y: -0.1, Z: 0.3}, {Pan: 0.2, Tilt: -0.1, Roll: 0.4}, {X: -0.1, Pan: 0.1, Zoom: 0.5, Z: -0.4}} {
		s := Shot{View: p.View(), W: 320, H: 192}
		for _, near := range []float64{0.2, 1, 1.5} {
			l := &Layer{Near: Nearness{Base: near}}
			for _, at := range [][2]float64{{10, 10}, {160, 96}, {300, 20}, {47, 180}} {
				qx, qy := s.Intersect(l, at[0], at[1])
				x, y := s.Project(qx, qy, near)
				if math.Abs(x-0.5-at[0]) > 1e-4 || math.Abs(y-0.5-at[1]) > 1e-4 {
					t.Errorf("%+v, nearness %g: pixel %v comes back as %.5f, %.5f", p, near, at, x-0.5, y-0.5)
				}
			}
		}
	}
}

func TestGroundIsALevelPlane(t *testing.T) {
	n := Nearness{Base: -0.26, Slope: 2.6}
	v := camera.Pose{X: 0.3, Y: -0.1, Z: 0.2}.View()
	for _, py := range []float64{0.15, 0.3, 0.5} {
		ax, ay, bx, by := v.Ray(0.1, py)
		qx, qy := n.intersect(ax, ay, bx, by)
		w := n.Base + n.Slope*qy
		if math.Abs(ax+w*bx-qx) > 1e-9 || math.Abs(ay+w*by-qy) > 1e-9 {
			t.Errorf("at %g the ray meets (%g, %g), but the nearness there is %g", py, qx, qy, w)
		}
	}
}

func TestStretchFillsTheFrameAndKeepsTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name            string
		q, edge, lo, hi float64
		want            float64
	}{
		{"within the picture nothing changes", 0.4, 0.5, -0.5, 0.5, 0.4},
		{"the middle stays if the frame ends beyond the right edge", 0, 0.5, -0.5, 0.6, 0},
		{"the left stays if the frame ends beyond the right edge", -0.45, 0.5, -0.5, 0.6, -0.45},
		{"the far right shows the picture's edge", 0.6, 0.5, -0.5, 0.6, 0.5},
		{"the far left shows the picture's edge", -0.62, 0.5, -0.62, 0.5, -0.5},
		{"before the stretched band nothing changes", 0.15, 0.5, -0.5, 0.6, 0.15},
	} {
		if got := stretch(c.q, c.edge, c.lo, c.hi); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %g, wanted %g", c.name, got, c.want)
		}
	}
	for _, far := range []float64{0.5001, 0.51, 0.6, 0.666} {
		last := 0.0
		for q := 0.001; q <= 0.75; q += 0.001 { // corners of tiles may be beyond the frame
			now := compress(q, 0.5, far)
			if step := now - last; step < 0.0005-1e-9 || step > 0.001+1e-9 {
				t.Fatalf("at %g the picture is stretched %g times, for a frame that ends at %g", q, 0.001/step, far)
			}
			last = now
		}
	}
}
