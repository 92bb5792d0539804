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
