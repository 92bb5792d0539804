package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAVideoWithoutASizeTakesThePicturesShape(t *testing.T) {
	h := newHouse(t)
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

func TestOwnDatasetsKeepTheCallersLimits(t *testing.T) {
	h := newHouse(t)
	stored, err := h.submitPicture(t, dataURI("image/jpeg", jpegOf(t, 200, 400)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	own := h.signed(stored.Request.First.Key)
	for name, c := range map[string]struct {
		limits task.ImageLimits
		want   task.Code
	}{
		"inside":       {task.ImageLimits{MinSide: 200, Types: []string{"image/jpeg"}}, ""},
		"too few":      {task.ImageLimits{MinSide: 201}, task.Unreadable},
		"too large":    {task.ImageLimits{Bytes: 10}, task.TooLarge},
		"another type": {task.ImageLimits{Types: []string{"image/png"}}, task.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.submitPicture(t, own, c.limits)
			if c.want == "" && err != nil || c.want != "" && task.CodeOf(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
