package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// limitPath scales the path so that focal length and distance stay in the range that scenes are drawn for, the camera
// stays above the ground, and the frame never shows the end of sky or ground.
func limitPath(t *raster.Take) {
	most := 1.0
	for i := range 33 {
		p := t.Pose(float64(i)/32, false)
		most = max(most, math.Abs(p.Zoom)/0.75, p.Z/(0.5*camera.Focal), -p.Z/(0.6*camera.Focal), math.Abs(p.X)/0.6, -p.Y/0.4, p.Y/0.16)
	}
	t.Plan.Path.Scale(1 / most)
	t.Plan.Path.Limit(camera.Path.Scale, func() bool { return !sceneEnds(t) })
}

// sceneEnds reports whether the camera looks beyond the left or right end of the sky, or at ground nearer than any that
// is painted.
func sceneEnds(t *raster.Take) bool {
	sky := &raster.Layer{Near: raster.Nearness{Base: 0.01}}
	ground := &raster.Layer{Near: levelGround(lowestHorizon)}
	for i := range 33 {
		s := t.Shot(float64(i)/32, false)
		lo, hi := s.Extent(sky)
		_, feet := s.Extent(ground)
		if max(hi.X, -lo.X) > halfWidth(t)-0.1 || feet.Y > groundDepth-0.1 {
			return true
		}
	}
	return false
}

// halfWidth returns how far a scene reaches to the left and to the right of the frame's middle, in frame heights.
func halfWidth(t *raster.Take) float64 {
	return max(3, float64(0.75*float64(t.W))/float64(t.H))
}
