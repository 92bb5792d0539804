package gateway_test

import (
	"context"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSizeFollowsTheImage(t *testing.T) {
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

// shapedEngine keeps the aspect ratio that it was last asked for.
type shapedEngine struct {
	*fake.Engine
	ratio string
}

func (e *shapedEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	e.ratio = j.Request.AspectRatio
	return e.Engine.Submit(ctx, j)
}

func TestAnEngineIsAskedForThePicturesShape(t *testing.T) {
	h := newHarness(t)
	e := &shapedEngine{Engine: h.fake}
	m := &h.fake.Caps.Models[0]
	m.FollowsFrame, m.AspectRatios = false, []string{"16:9", "1:1", "9:16"}
	h.use(e)
	made, err := h.submitPicture(t, dataURI("image/jpeg", jpegOf(t, 300, 600)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	if h.run(t, made.ID); e.ratio != "9:16" {
		t.Errorf("asked for %q, want 9:16", e.ratio)
	}
}

func TestLengthAndSizeFollowTheVideo(t *testing.T) {
	h := newHarness(t)
	h.takesVideos()
	made, err := h.submitVideo(t, dataURI("video/mp4", testClip(t)))
	if err != nil {
		t.Fatal(err)
	}
	r := h.read(t, made.ID).Request
	if r.Seconds != 1 || r.Format != (task.Format{Width: 1312, Height: 784, FrameRate: 24, Frames: 24}) {
		t.Errorf("%d seconds, format %+v", r.Seconds, r.Format)
	}
}

func TestOpenFormatIsFilled(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		name               string
		aspect, resolution string
		width, height      int // of the picture; 0 = none
		wantW, wantH       int
	}{
		{"nothing is named", "", "", 0, 0, 1280, 720},
		{"wide", "16:9", "", 0, 0, 1280, 720},
		{"tall", "9:16", "", 0, 0, 720, 1280},
		{"square", "1:1", "", 0, 0, 960, 960},
		{"4:3 has as many pixels", "4:3", "", 0, 0, 1112, 832},
		{"480 lines", "16:9", "480p", 0, 0, 856, 480},
		{"1080 lines", "16:9", "1080p", 0, 0, 1920, 1080},
		{"a resolution without a shape", "", "1080p", 0, 0, 1920, 1080},
		{"no side is longer than any encoder takes", "21:9", "4k", 0, 0, 4096, 1888},
		{"a picture's shape", "", "", 400, 400, 1024, 1024},
		{"a picture's shape in a resolution", "", "720p", 400, 400, 960, 960},
		{"a picture's shape in its own resolution", "", "1080p", 640, 360, 1920, 1080},
		{"another shape than the picture's", "9:16", "720p", 400, 400, 720, 1280},
		{"a ratio that is none", "wide", "", 0, 0, 1280, 720},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request("a cat")
			r.Format, r.AspectRatio, r.Resolution = task.Format{}, c.aspect, c.resolution
			if c.width > 0 {
				r.First = &task.Image{Source: dataURI("image/jpeg", jpegOf(t, c.width, c.height)), Field: "image"}
			}
			made, err := h.Submit(t.Context(), h.who, r)
			if err != nil {
				t.Fatal(err)
			}
			if f := made.Request.Format; f != (task.Format{Width: c.wantW, Height: c.wantH, FrameRate: 24, Frames: 120}) {
				t.Errorf("format %+v, want %dx%d and 120 frames at 24", f, c.wantW, c.wantH)
			}
		})
	}
}
