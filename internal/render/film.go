package render

import (
	"math"
	"slices"
)

// film is everything that the frames of one video are drawn from.
type film struct {
	spec           Spec
	plan           cameraPlan
	first, last    *compositor // last is nil unless there is a picture to end on and one to begin on
	reversed       bool        // the path is run so that it ends on the picture
	flow, flowBack *flow       // from first to last, and from last to first, in the middle of the morph
	weights        *splineWeights
	caption        []overlayMask // lines of lettering over every frame
	watermark      *overlayMask  // nil: none
	extras         *thumbnails   // nil: none
}

func newFilm(spec Spec) *film {
	f := &film{spec: spec, plan: planPath(spec.Prompt, spec.Camera, spec.Seed), weights: newSplineWeights(), caption: caption(spec)}
	if spec.Watermark {
		mark := newTextMask("FILMGATE", spec, min(float64(spec.Height)/36, float64(spec.Width)/20), true, 140)
		f.watermark = &mark
	}
	if spec.Thumbnails {
		f.extras = newThumbnails(spec)
	}
	begin, end := spec.First, spec.Last
	switch {
	case begin == nil && end == nil:
		f.limitPath()
		f.first = f.promptScene()
	case begin == nil:
		f.reversed = true
		f.first = f.pictureCompositor(end, true)
	default:
		f.first = f.pictureCompositor(begin, false)
		if end != nil {
			f.last = f.pictureCompositor(end, true)
			f.keepInPicture(f.first.layers[0], false) // the path may have become another for the last
			f.morph()
		}
	}
	return f
}

// limitPath scales the path so that the focal length and the distance stay within what a scene is drawn for, the camera stays
// above the ground, and the frame shows no end of sky or ground.
func (f *film) limitPath() {
	most := 1.0
	for i := range 33 {
		p := f.pose(float64(i)/32, false)
		most = max(most, math.Abs(p.zoom)/0.75, p.z/(0.5*focal), -p.z/(0.6*focal), math.Abs(p.x)/0.6, -p.y/0.4, p.y/0.16)
	}
	f.plan.path.scale(1 / most)
	f.limit(path.scale, func() bool { return !f.sceneEnds() })
}

// limit changes the path by the largest factor of [0,1] at which it fits; by 0 if it never does. It leaves a path that
// fits as it is.
func (f *film) limit(change func(path, float64), fits func() bool) {
	if fits() {
		return
	}
	legs, shake, low, high := f.plan.path.segments, f.plan.path.shake, 0.0, 1.0
	try := func(k float64) bool {
		f.plan.path = path{slices.Clone(legs), slices.Clone(shake)}
		change(f.plan.path, k)
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

// sceneEnds reports whether the camera looks beyond the end of the sky to the left or the right, or at ground that lies
// behind where it stood at first.
func (f *film) sceneEnds() bool {
	sky := &layer{near: nearness{base: 0.01}}
	ground := &layer{near: levelGround(lowestHorizon)}
	for i := range 33 {
		s := f.shot(float64(i)/32, false)
		lo, hi := s.extent(sky)
		_, feet := s.extent(ground)
		if max(hi.x, -lo.x) > f.wide()-0.1 || feet.y > groundDepth-0.1 {
			return true
		}
	}
	return false
}

// wide is how far a scene goes on to the left and to the right of the frame's middle, in frame heights.
func (f *film) wide() float64 {
	return max(3, float64(0.75*float64(f.spec.Width))/float64(f.spec.Height))
}

// sizes returns by how much the path makes a plane of the nearness given smaller and larger at most; 1 is as it begins.
func (f *film) sizes(near float64) (small, large float64) {
	small, large = 1, 1
	for i := range 33 {
		p := f.pose(float64(i)/32, f.reversed)
		k := float64(exp(p.zoom) / max(0.2, 1-float64(p.z*near)/focal))
		small, large = min(small, k), max(large, k)
	}
	return small, large
}

// pose is where the camera is at time t of [0,1]: since the beginning, or before the end.
func (f *film) pose(t float64, fromEnd bool) pose {
	p := f.plan.path.at(t)
	if fromEnd {
		p = p.plus(f.plan.path.at(1), -1)
	}
	return p
}

func (f *film) shot(t float64, fromEnd bool) shot {
	seconds := float64(f.spec.Frames-1) / float64(f.spec.FrameRate) // until the last frame
	return shot{view: f.pose(t, fromEnd).view(), w: f.spec.Width, h: f.spec.Height, seconds: float64(t * seconds * f.plan.driftSpeed)}
}

// morph finds where the points of the first picture lie in the last, as the camera sees both in the middle of the video.
func (f *film) morph() {
	// A quarter of the size tells as much and is soon drawn.
	w, h := max(64, f.spec.Width/4&^1), max(64, f.spec.Height/4&^1)
	b := newResampler(w, h, 1, f.weights)
	a, z := newFrame(w, h), newFrame(w, h)
	s := f.shot(0.5, false)
	s.w, s.h = w, h
	f.first.draw(a, &s, b)
	s = f.shot(0.5, true)
	s.w, s.h = w, h
	f.last.draw(z, &s, b)
	f.flow, f.flowBack = findFlow(a, z), findFlow(z, a)
}

// time is when in [0,1] frame n is taken; n may lie between frames.
func (f *film) time(n float64) float64 {
	return n / float64(max(1, f.spec.Frames-1))
}

// exposures says how many times the stage is drawn for frame n, and how long the shutter is open in frames: once, unless
// the picture moves by more than a few pixels meanwhile.
func (f *film) exposures(n int) (int, float64) {
	if n == 0 || n == f.spec.Frames-1 {
		return 1, 0
	}
	open := f.plan.shutter
	a, b := f.shot(f.time(float64(n)-float64(open/2)), f.reversed), f.shot(f.time(float64(n)+float64(open/2)), f.reversed)
	far := 0.0
	l := &layer{near: nearness{base: 1}}
	for _, p := range [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.5}} {
		x, y := float64(p[0]*float64(a.w)), float64(p[1]*float64(a.h))
		ax, ay := a.intersect(l, x, y)
		bx, by := b.intersect(l, x, y)
		far = max(far, math.Abs(bx-ax), math.Abs(by-ay))
	}
	return max(1, min(16, int(float64(far*float64(a.h))/2.5))), open
}
