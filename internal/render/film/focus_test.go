package film

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

// detailOf returns the mean square of the differences between neighbours, of the person of a mask and of what is behind.
func detailOf(f *raster.Frame, m vision.Mask) (person, behind float64) {
	var sum, n [2]float64
	for y := 8; y < f.H-8; y++ {
		for x := 8; x < f.W-8; x++ {
			share := m.Parts[y*m.H/f.H*m.W+x*m.W/f.W]
			if share > 0 && share < 1 {
				continue
			}
			i, k := y*f.W+x, int(1-share)
			across, down := float64(f.Y[i+1])-float64(f.Y[i-1]), float64(f.Y[i+f.W])-float64(f.Y[i-f.W])
			sum[k], n[k] = sum[k]+across*across+down*down, n[k]+1
		}
	}
	return sum[0] / n[0], sum[1] / n[1]
}

// On a picture of a person, focus goes between the person and the background.
func TestFocusGoesFromThePersonToTheBackground(t *testing.T) {
	t.Parallel()
	img := visiontest.Portrait(t)
	m, ok := vision.NewPicture(img).Foreground()
	if !ok {
		t.Fatal("there is no person in the portrait")
	}
	spec := Spec{Width: 384, Height: 384, Frames: 25, FrameRate: 24, First: img}
	for prompt, out := range map[string]bool{
		"rack focus from the woman to the background": true, "Schärfe verlagern vom Hintergrund auf die Frau": false, "rack focus to her face": false,
	} {
		spec.Prompt = prompt
		all := frames(spec, 0, 24)
		if !out {
			slices.Reverse(all)
		}
		personFirst, behindFirst := detailOf(all[0], m)
		personThen, behindThen := detailOf(all[1], m)
		if personThen > 0.5*personFirst || behindThen < 1.3*behindFirst {
			t.Errorf("%s: the detail of the person goes from %.0f to %.0f and that of the background from %.0f to %.0f", prompt, personFirst, personThen, behindFirst, behindThen)
		}
		if again := frames(spec, 0, 24); out && !bytes.Equal(again[0].Pix, all[0].Pix) {
			t.Errorf("%s: the frame is another when it is drawn again", prompt)
		}
	}
}

// What shows no depth stays sharp, and the answer does not say that it was understood.
func TestARackFocusThatIsNotSeenIsNotUnderstood(t *testing.T) {
	t.Parallel()
	hasRack := func(spec Spec) bool {
		spec.Width, spec.Height, spec.Frames, spec.FrameRate = 160, 96, 25, 24
		f := newFilm(spec)
		for _, m := range f.understood().Moves {
			if m.Name == camera.RackFocus {
				return true
			}
		}
		return false
	}
	if flat := (Spec{Prompt: "rack focus to the background", First: image.NewGray(image.Rect(0, 0, 320, 192))}); hasRack(flat) {
		t.Error("a rack focus on a plain picture is said to be understood")
	}
	if scene := (Spec{Prompt: "a cat on a meadow, rack focus from the cat to the hills"}); !hasRack(scene) {
		t.Error("a rack focus in a scene is not understood")
	}
}
