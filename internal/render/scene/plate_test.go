package scene

import (
	"bytes"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestAPlateIsForPromptsWithoutAPlaceOrAThing(t *testing.T) {
	for prompt, want := range map[string]bool{
		"": false, "cinematic, dark, at night, slow zoom in": false, "neon": false,
		"over a beach": true, "a cat": true, "snow": true, "in a rainy street": true,
	} {
		if Shows(prompt) != want {
			t.Errorf("%q shows something: %v", prompt, !want)
		}
	}
}

// A plate fills every frame of every move, is dark enough for white letters, and moves with the camera.
func TestAPlateIsWrittenOn(t *testing.T) {
	for i, prompt := range []string{"zoom out", "fast truck left, at sunset", "pan right, cold", "day", "abstract, fpv"} {
		take := newTake(prompt, uint32(i), 160, 96, 49)
		plate := NewPlate(prompt, uint32(i), take)
		first, last := drawScene(plate, nil, take, 0), drawScene(plate, nil, take, 1)
		for _, f := range []*raster.Frame{first, last} {
			y := slices.Clone(f.Y)
			slices.Sort(y)
			if y[0] < 16 || y[len(y)*8/10] > 170 || y[len(y)-1]-y[0] < 15 {
				t.Errorf("%s: luma is from %d to %d", prompt, y[0], y[len(y)-1])
			}
		}
		if bytes.Equal(first.Y, last.Y) {
			t.Errorf("%s: the plate stands still", prompt)
		}
	}
	take := newTake("static", 1, 160, 96, 49)
	if a, b := drawScene(NewPlate("dawn", 1, take), nil, take, 0), drawScene(NewPlate("night", 1, take), nil, take, 0); bytes.Equal(a.U, b.U) {
		t.Error("the hour does not change the colours")
	}
}
