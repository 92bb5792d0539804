package film

import (
	"image"
	"image/draw"
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

// A push or a zoom "on her face" ends nearer to the face than one that goes straight in, and the video begins on the picture all the same.
func TestAPushGoesToTheFace(t *testing.T) {
	img := visiontest.Portrait(t)
	aside := visiontest.OnShades(image.NewGray(image.Rectangle{}), 560, 336, 0, 0)
	draw.Draw(aside, image.Rect(16, 16, 336, 336), img, image.Point{}, draw.Src)
	// The face is at (156, 95), and the frame's middle at (280, 168).
	const x, y = (156. - 280) / 336, (95. - 168) / 336
	end := func(prompt string) (float64, float64) {
		f := newFilm(Spec{Prompt: prompt, Width: 560, Height: 336, Frames: 25, FrameRate: 24, First: aside})
		s, l := f.Shot(1, false), f.first.Layers[0]
		if pose := f.Pose(0, false); pose.X != 0 || pose.Pan != 0 {
			t.Errorf("%s begins aside", prompt)
		}
		px, py := s.Project(x, y, l.Near.Base+l.Near.Slope*y)
		return math.Hypot(px-280, py-168), f.maxGrowth(false)
	}
	for _, move := range []string{"push in", "zoom in"} {
		straight, _ := end(move)
		aimed, growth := end("slow " + move + " on her face")
		if all, _ := end(move + " on her face"); all > 0.75*straight || growth < 1.1 {
			t.Errorf("%s on her face ends %.0f pixels from the middle, without an aim %.0f; slowly %.0f", move, all, straight, aimed)
		}
		if other, _ := end(move + " on the red car"); math.Abs(other-straight) > 1e-6 {
			t.Errorf("%s on a car that is not there goes aside", move)
		}
	}
}
