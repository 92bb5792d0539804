package render

// runOf is a run of a camera that moves as a prompt says, for a number of frames at 24 a second.
func runOf(prompt string, seed uint32, w, h, frames int) *take {
	return &take{plan: planPath(prompt, nil, seed), w: w, h: h, seconds: float64(frames-1) / 24}
}

// drawn is what a run sees of a scene at a time of [0,1].
func drawn(layers *compositor, particles []particleSystem, run *take, at float64) *frame {
	f, s := newFrame(run.w, run.h), run.shot(at, false)
	layers.draw(f, &s, newResampler(run.w, run.h, len(layers.layers)))
	for i := range particles {
		particles[i].draw(f, &s)
	}
	return f
}
