package film

import (
	"time"

	"github.com/filmgate/filmgate/internal/render/scene"
	"github.com/filmgate/filmgate/internal/task"
)

// understood returns what was read in the prompt.
func (f *film) understood() *task.Understood {
	out := &task.Understood{}
	switch {
	case f.read.card != "":
		out.Cards = []string{f.read.card}
	case !f.spec.hasPicture():
		out.Drawn = scene.Cutouts(f.read.scene, f.spec.Without)
	}
	out.Drawn = append(out.Drawn, f.read.signs...)
	for _, l := range f.letterings {
		if l.text != "" {
			out.Drawn = append(out.Drawn, l.text)
		}
	}
	seconds := f.spec.pathSeconds()
	at := func(t float64) time.Duration {
		return time.Duration(float64(t*seconds) * float64(time.Second)).Round(time.Millisecond)
	}
	for _, m := range f.Plan.Moves {
		out.Moves = append(out.Moves, task.UnderstoodMove{Name: m.Name, From: at(m.From), To: at(m.To)})
	}
	return out
}

// pathSeconds returns how long the camera's path takes. In a loop the camera then goes back the way it came.
func (s Spec) pathSeconds() float64 {
	seconds := float64(s.Frames-1) / float64(s.FrameRate)
	if s.Loop {
		return seconds / 2
	}
	return seconds
}
