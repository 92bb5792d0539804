package film

import (
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// frameRenderer draws frames of a film with memory of its own.
type frameRenderer struct {
	*film
	resampler raster.Resampler
	other     *raster.Frame
	sum       []uint16
}

func newFrameRenderer(f *film) *frameRenderer {
	w, h := f.spec.Width, f.spec.Height
	return &frameRenderer{film: f, other: raster.NewFrame(w, h)}
}

// render draws the frame of a job, and its preview and thumbnails if they are due.
func (p *frameRenderer) render(j *frameJob) {
	p.draw(j.frame, j.raw, j.n)
	if j.jpeg = nil; p.spec.previewCount(j.n) > 0 {
		j.jpeg = p.sharpJPEG(j.frame, j.n)
	}
	if p.thumbnails != nil {
		p.thumbnails.collect(j.frame, j.n)
	}
}

// draw draws frame n of the video into out and, unless raw is nil, the same without the watermark into raw.
func (p *frameRenderer) draw(out, raw *raster.Frame, n int) {
	p.drawExposure(out, n)
	p.drawTexts(out, n)
	if raw != nil {
		copy(raw.Pix, out.Pix)
	}
	p.drawWatermark(out)
}

// drawTexts draws the prompt's letterings and the caption over frame n.
func (p *frameRenderer) drawTexts(out *raster.Frame, n int) {
	seconds := float64(p.time(float64(n)) * float64(p.spec.Frames) / float64(p.spec.FrameRate))
	for i := range p.letterings {
		if v, ok := p.letterings[i].visibleAt(seconds); ok {
			p.letterings[i].mask.drawOn(out, v)
		}
	}
	if p.caption != nil {
		p.caption.drawOn(out, seen())
	}
}

// drawWatermark draws the watermark over a frame.
func (p *frameRenderer) drawWatermark(out *raster.Frame) {
	if p.watermark != nil {
		p.watermark.drawOn(out, seen())
	}
}

// sharpJPEG returns frame n, which is drawn already, as a JPEG. A frame blurred by motion is drawn again for a single
// moment.
func (p *frameRenderer) sharpJPEG(drawn *raster.Frame, n int) []byte {
	if times, _ := p.exposures(n); times > 1 {
		drawn = raster.NewFrame(drawn.W, drawn.H)
		p.drawMoment(drawn, p.time(float64(n)))
		p.drawTexts(drawn, n)
		p.drawWatermark(drawn)
	}
	return drawn.JPEG(stillQuality)
}

// drawExposure fills out with the mean of what the camera sees while the shutter is open.
func (p *frameRenderer) drawExposure(out *raster.Frame, n int) {
	times, open := p.exposures(n)
	if times == 1 {
		p.drawMoment(out, p.time(float64(n)))
		return
	}
	// The mean of several moments.
	if p.sum == nil {
		p.sum = make([]uint16, len(out.Pix))
	}
	clear(p.sum)
	for i := range times {
		at := fp.MulAdd((float64(i)+0.5)/float64(times)-0.5, open, float64(n))
		p.drawMoment(out, fp.Clamp(p.time(at), 0, 1))
		for k, v := range out.Pix {
			p.sum[k] += uint16(v)
		}
	}
	share := uint32(1<<16) / uint32(times)
	for k, v := range p.sum {
		out.Pix[k] = byte((uint32(v)*share + 1<<15) >> 16)
	}
}

// drawMoment draws what the camera sees at time t of [0,1].
func (p *frameRenderer) drawMoment(out *raster.Frame, t float64) {
	if p.last == nil {
		s := p.Shot(t, p.Reversed)
		p.first.Draw(out, &s, &p.resampler)
		for i := range p.particles {
			p.particles[i].Draw(out, &s)
		}
		return
	}
	gone := fp.Smoothstep(0.1, 0.9, t)
	mix := int(float64(fp.Smoothstep(0.3, 0.7, t) * 256))
	if mix < 256 {
		s := p.Shot(t, false)
		s.Flow, s.Morph = p.flow, gone
		p.first.Draw(out, &s, &p.resampler)
	}
	if mix > 0 {
		to := p.other
		if mix == 256 {
			to = out
		}
		s := p.Shot(t, true)
		s.Flow, s.Morph = p.flowBack, 1-gone
		p.last.Draw(to, &s, &p.resampler)
	}
	if mix > 0 && mix < 256 {
		for i, v := range p.other.Pix {
			out.Pix[i] += byte((int(v) - int(out.Pix[i])) * mix >> 8)
		}
	}
}
