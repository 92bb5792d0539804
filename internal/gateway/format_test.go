package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAVideoWithoutASizeTakesThePicturesShape(t *testing.T) {
	h := newHarness(t)
	for name, c := range map[string]struct{ w, h, wantW, wantH int }{
		"square":    {400, 400, 1024, 1024},
		"landscape": {1600, 900, 1360, 768},
		"portrait":  {300, 600, 720, 1440},
		"a strip":   {4000, 40, 4096, 96},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("a cat")
			r.Format.Width, r.Format.Height = 0, 0
			r.First = &task.Image{Source: dataURI("image/jpeg", jpegOf(t, c.w, c.h)), Field: "image"}
			made, err := h.Submit(t.Context(), h.who, r)
			if err != nil {
				t.Fatal(err)
			}
			if f := made.Request.Format; f.Width != c.wantW || f.Height != c.wantH || f.Frames != 12 {
				t.Errorf("format %+v, want %dx%d", f, c.wantW, c.wantH)
			}
		})
	}
}

func TestAVideoGivesItsLengthAndShape(t *testing.T) {
	h := newHarness(t)
	h.takesVideos()
	made, err := h.submitVideo(t, dataURI("video/mp4", aClip(t)))
	if err != nil {
		t.Fatal(err)
	}
	r := h.read(t, made.ID).Request
	if r.Seconds != 1 || r.Format != (task.Format{Width: 1312, Height: 784, FrameRate: 24, Frames: 24}) {
		t.Errorf("%d seconds, format %+v", r.Seconds, r.Format)
	}
}
