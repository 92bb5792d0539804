package gateway_test

import (
	"reflect"
	"testing"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

func TestAModelThatLeadsNowhereIsRefusedByItsName(t *testing.T) {
	h := newHarness(t)
	h.config.Models = []string{"default", "gen3a_turbo"}
	h.config.Registry.Routes = map[string][]registry.Target{"cut": {{Engine: "fake"}}, "gen3a_turbo": {{Engine: "fake"}}}
	h.use(h.fake)
	if got, want := h.Models(), []string{"cut", "default", "gen3a_turbo"}; !reflect.DeepEqual(got, want) {
		t.Errorf("models %q, want %q", got, want)
	}
	ask := func(model string) error {
		r := request("a cat")
		r.Model = model
		_, err := h.Submit(t.Context(), h.who, r)
		return err
	}
	for _, model := range h.Models() {
		if err := ask(model); err != nil {
			t.Errorf("%s: %v", model, err)
		}
	}
	checkRefused(t, "another", ask("cutt"), task.Invalid, `model: "cutt" is no model of this server; allowed: cut, default, gen3a_turbo`)
	next := h.config.Registry
	next.Routes = map[string][]registry.Target{"*": {{Engine: "fake"}}}
	if err := h.Use(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if err := ask("cutt"); err != nil {
		t.Errorf("with a route for all others: %v", err)
	}
}

func TestAFormatThatIsLeftOpenIsFilled(t *testing.T) {
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
