package render

import "math"

// limitPath scales the path so that the focal length and the distance stay within what a scene is drawn for, the camera stays
// above the ground, and the frame shows no end of sky or ground.
func limitPath(t *take) {
	most := 1.0
	for i := range 33 {
		p := t.pose(float64(i)/32, false)
		most = max(most, math.Abs(p.zoom)/0.75, p.z/(0.5*focal), -p.z/(0.6*focal), math.Abs(p.x)/0.6, -p.y/0.4, p.y/0.16)
	}
	t.plan.path.scale(1 / most)
	t.plan.path.limit(path.scale, func() bool { return !sceneEnds(t) })
}

// sceneEnds reports whether the camera looks beyond the end of the sky to the left or the right, or at ground that lies
// behind where it stood at first.
func sceneEnds(t *take) bool {
	sky := &layer{near: nearness{base: 0.01}}
	ground := &layer{near: levelGround(lowestHorizon)}
	for i := range 33 {
		s := t.shot(float64(i)/32, false)
		lo, hi := s.extent(sky)
		_, feet := s.extent(ground)
		if max(hi.x, -lo.x) > halfWidth(t)-0.1 || feet.y > groundDepth-0.1 {
			return true
		}
	}
	return false
}

// halfWidth is how far a scene goes on to the left and to the right of the frame's middle, in frame heights.
func halfWidth(t *take) float64 {
	return max(3, float64(0.75*float64(t.w))/float64(t.h))
}
