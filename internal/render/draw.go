package render

// painter draws frames of a film with memory of its own.
type painter struct {
	*film
	brush *brush
	other *frame
	sum   []uint16
}

func newPainter(f *film) *painter {
	w, h := f.spec.Width, f.spec.Height
	n := len(f.first.layers)
	return &painter{film: f, brush: newBrush(w, h, n, f.weights), other: newFrame(w, h)}
}

// take draws a picture, and makes of it whatever else is due.
func (p *painter) take(j *picture) {
	p.shutter(j.frame, j.n)
	p.letter(j.frame)
	if j.raw != nil {
		copy(j.raw.pix, j.frame.pix)
	}
	p.mark(j.frame)
	if j.still = nil; p.spec.stills(j.n) > 0 {
		j.still = p.sharp(j.frame, j.n)
	}
	if p.extras != nil {
		p.extras.add(j.frame, j.n)
	}
}

// draw fills out with frame n of the video, lettering included.
func (p *painter) draw(out *frame, n int) {
	p.shutter(out, n)
	p.letter(out)
	p.mark(out)
}

// letter lays the caption over a frame.
func (p *painter) letter(out *frame) {
	for i := range p.caption {
		p.caption[i].lay(out)
	}
}

// mark lays the watermark over a frame.
func (p *painter) mark(out *frame) {
	if p.watermark != nil {
		p.watermark.lay(out)
	}
}

// sharp returns frame n, which is drawn already, as a JPEG; a frame blurred by motion is taken anew with a short exposure.
func (p *painter) sharp(drawn *frame, n int) []byte {
	if times, _ := p.exposures(n); times > 1 {
		drawn = newFrame(drawn.w, drawn.h)
		p.expose(drawn, p.time(float64(n)))
		p.letter(drawn)
		p.mark(drawn)
	}
	return drawn.jpeg(stillQuality)
}

// shutter fills out with what the open shutter sees.
func (p *painter) shutter(out *frame, n int) {
	times, open := p.exposures(n)
	if times == 1 {
		p.expose(out, p.time(float64(n)))
		return
	}
	// The shutter is open for a while: what is seen is the mean of what was there.
	if p.sum == nil {
		p.sum = make([]uint16, len(out.pix))
	}
	clear(p.sum)
	for i := range times {
		at := mad((float64(i)+0.5)/float64(times)-0.5, open, float64(n))
		p.expose(out, clamp(p.time(at), 0, 1))
		for k, v := range out.pix {
			p.sum[k] += uint16(v)
		}
	}
	share := uint32(1<<16) / uint32(times)
	for k, v := range p.sum {
		out.pix[k] = byte((uint32(v)*share + 1<<15) >> 16)
	}
}

// expose draws what is there at time t of [0,1].
func (p *painter) expose(out *frame, t float64) {
	if p.last == nil {
		s := p.shot(t, p.backwards)
		p.first.draw(out, &s, p.brush)
		return
	}
	gone := smooth(0.1, 0.9, t)
	mix := int(float64(smooth(0.3, 0.7, t) * 256))
	if mix < 256 {
		s := p.shot(t, false)
		s.flow, s.morph = p.flow, gone
		p.first.draw(out, &s, p.brush)
	}
	if mix > 0 {
		to := p.other
		if mix == 256 {
			to = out
		}
		s := p.shot(t, true)
		s.flow, s.morph = p.wolf, 1-gone
		p.last.draw(to, &s, p.brush)
	}
	if mix > 0 && mix < 256 {
		for i, v := range p.other.pix {
			out.pix[i] += byte((int(v) - int(out.pix[i])) * mix >> 8)
		}
	}
}
