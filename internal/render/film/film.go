package film

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/scene"
	"github.com/filmgate/filmgate/internal/render/typeset"
)

// film holds everything that the frames of one video are drawn from.
type film struct {
	*raster.Take
	spec           Spec
	first, last    *raster.Compositor // last is nil unless there are pictures for both the beginning and the end
	particles      []scene.ParticleSystem
	flow, flowBack *raster.Flow // from first to last and back, as seen in the middle of the morph
	read           reading      // what the prompt asks for
	letterings     []lettering  // texts that the prompt asks for
	caption        *overlayMask // over every frame; nil: none
	watermark      *overlayMask // nil: none
	thumbnails     *thumbnails  // nil: none
}

func newFilm(spec Spec) *film {
	r, set := spec.read(), typeset.NewSetter()
	f := &film{spec: spec, read: r, caption: caption(spec, set), letterings: newLetterings(spec, r, set), Take: &raster.Take{
		Plan: camera.NewPlan(r.scene, spec.pathSeconds(), spec.Camera, spec.Seed), W: spec.Width, H: spec.Height,
		Seconds: float64(spec.Frames-1) / float64(spec.FrameRate),
	}}
	if spec.Watermark {
		f.watermark = watermark(spec, set)
	}
	if spec.Thumbnails {
		f.thumbnails = newThumbnails(spec)
	}
	begin, end := spec.First, spec.Last
	switch {
	case r.plate:
		f.first = scene.NewPlate(r.scene, spec.Seed, f.Take)
	case begin == nil && end == nil:
		f.first, f.particles = scene.New(r.scene, spec.Without, spec.Seed, f.Take, r.signs...)
	case begin == nil:
		f.Reversed = true
		f.first = f.pictureCompositor(end, true)
	default:
		f.first = f.pictureCompositor(begin, false)
		if end != nil {
			f.last = f.pictureCompositor(end, true)
			f.keepInPicture(f.first.Layers[0], false) // the last picture may have changed the path
			f.morph()
		}
	}
	f.forgetRacks()
	return f
}

// morph finds where the points of the first picture are in the last, as the camera sees both in the middle of the
// video.
func (f *film) morph() {
	// A quarter of the size is enough, and is drawn quickly.
	w, h := max(64, f.spec.Width/4&^1), max(64, f.spec.Height/4&^1)
	var b raster.Resampler
	a, z := raster.NewFrame(w, h), raster.NewFrame(w, h)
	s := f.Shot(0.5, false)
	s.W, s.H = w, h
	f.first.Draw(a, &s, &b)
	s = f.Shot(0.5, true)
	s.W, s.H = w, h
	f.last.Draw(z, &s, &b)
	f.flow, f.flowBack = raster.FlowsBetween(a, z)
}

// time returns the time of frame n in [0,1]. n may be between frames. In a loop, time runs to the end and back.
func (f *film) time(n float64) float64 {
	t := n / float64(max(1, f.spec.Frames-1))
	if f.spec.Loop {
		return 2 * min(t, 1-t)
	}
	return t
}

// exposures returns how many moments are averaged for frame n, and how long the shutter is open, in frames. It is one
// moment unless the picture moves by more than a few pixels.
func (f *film) exposures(n int) (int, float64) {
	if n == 0 || n == f.spec.Frames-1 {
		return 1, 0
	}
	open := f.Plan.Shutter
	a, b := f.Shot(f.time(float64(n)-float64(open/2)), f.Reversed), f.Shot(f.time(float64(n)+float64(open/2)), f.Reversed)
	far := 0.0
	l := &raster.Layer{Near: raster.Nearness{Base: 1}}
	for _, p := range [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.5}} {
		x, y := float64(p[0]*float64(a.W)), float64(p[1]*float64(a.H))
		ax, ay := a.Intersect(l, x, y)
		bx, by := b.Intersect(l, x, y)
		far = max(far, math.Abs(bx-ax), math.Abs(by-ay))
	}
	return max(1, min(16, int(float64(far*float64(a.H))/2.5))), open
}
