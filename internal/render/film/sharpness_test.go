package film

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// textPicture returns a picture like a page of text: rows of dark strokes one pixel wide on white.
func textPicture(w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(245)
			if y%12 < 7 && fp.Hash(uint32(x), uint32(y/2), 3)%3 == 0 {
				v = 40
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	return img
}

// sharpness returns the mean square of the differences between neighbours in a frame's middle.
func sharpness(f *raster.Frame) float64 {
	sum, n := 0.0, 0.0
	for y := f.H / 6; y < f.H*5/6; y++ {
		for x := f.W / 6; x < f.W*5/6; x++ {
			i := y*f.W + x
			across, down := float64(f.Y[i+1])-float64(f.Y[i-1]), float64(f.Y[i+f.W])-float64(f.Y[i-f.W])
			sum, n = sum+across*across+down*down, n+1
		}
	}
	return sum / n
}

// If a finer level of a picture replaced a coarser one at once, sharpness would jump visibly, by two fifths.
func TestSharpnessNeverJumps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prompt string
		first  image.Image
		most   float64
	}{
		{"slow zoom in", textPicture(640, 400), 0.05},
		{"slow zoom in", textPicture(1000, 500), 0.05},
		{"slow zoom out", textPicture(640, 400), 0.05},
		{"slow push in", textPicture(800, 480), 0.05},
		{"slowly roll clockwise and zoom in", textPicture(640, 400), 0.05},
		{"slow zoom in, a misty pine forest with a meadow", nil, 0.05},
	} {
		spec := Spec{Prompt: c.prompt, Seed: 1, Width: 320, Height: 192, Frames: 121, FrameRate: 24, First: c.first}
		p, f := newFrameRenderer(newFilm(spec)), raster.NewFrame(spec.Width, spec.Height)
		last, worst, at := 0.0, 0.0, 0
		for n := range spec.Frames {
			p.draw(f, nil, n)
			now := sharpness(f)
			// The first frames show the picture's own pixels, and later ones cannot be as sharp.
			if change := math.Abs(now/last - 1); n > 10 && change > worst {
				worst, at = change, n
			}
			last = now
		}
		t.Logf("%s: sharpness changes by %.1f %% at most, from frame %d to %d", c.prompt, 100*worst, at-1, at)
		if worst > c.most {
			t.Errorf("%s: sharpness changes by %.1f %% from frame %d to %d", c.prompt, 100*worst, at-1, at)
		}
	}
}
