package render

import "math"

// film is everything that the frames of one video are drawn from.
type film struct {
	*take
	spec           Spec
	first, last    *compositor // last is nil unless there is a picture to end on and one to begin on
	particles      []particleSystem
	flow, flowBack *flow         // from first to last, and from last to first, in the middle of the morph
	caption        []overlayMask // lines of lettering over every frame
	watermark      *overlayMask  // nil: none
	extras         *thumbnails   // nil: none
}

func newFilm(spec Spec) *film {
	f := &film{spec: spec, caption: caption(spec), take: &take{
		plan: planPath(spec.Prompt, spec.Camera, spec.Seed), w: spec.Width, h: spec.Height,
		seconds: float64(spec.Frames-1) / float64(spec.FrameRate),
	}}
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
		f.first, f.particles = newScene(spec.Prompt, spec.Without, spec.Seed, f.take)
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

// morph finds where the points of the first picture lie in the last, as the camera sees both in the middle of the video.
func (f *film) morph() {
	// A quarter of the size tells as much and is soon drawn.
	w, h := max(64, f.spec.Width/4&^1), max(64, f.spec.Height/4&^1)
	b := newResampler(w, h, 1)
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
