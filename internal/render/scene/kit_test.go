package scene

import (
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// newTake returns a take whose camera moves as a prompt says, for a number of frames at 24 a second.
func newTake(prompt string, seed uint32, w, h, frames int) *raster.Take {
	return &raster.Take{Plan: camera.NewPlan(prompt, 5, nil, seed), W: w, H: h, Seconds: float64(frames-1) / 24}
}

// drawScene returns the frame of a take at a time of [0,1].
func drawScene(layers *raster.Compositor, particles []ParticleSystem, take *raster.Take, at float64) *raster.Frame {
	f, s := raster.NewFrame(take.W, take.H), take.Shot(at, false)
	layers.Draw(f, &s, &raster.Resampler{})
	for i := range particles {
		particles[i].Draw(f, &s)
	}
	return f
}

// moveNames returns the first phrase of each row of the camera's table.
func moveNames(t testing.TB) []string {
	t.Helper()
	table, err := os.ReadFile("../camera/moves.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(table)) {
		if phrases, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			first, _, _ := strings.Cut(phrases, "|")
			all = append(all, strings.TrimPrefix(first, "~"))
		}
	}
	return all
}
