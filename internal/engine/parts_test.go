package engine_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestWishesWithoutEffectAreListed(t *testing.T) {
	seed, scale := uint32(7), 0.5
	all := task.Request{
		Prompt: "@hero", NegativePrompt: "people", Camera: &task.Camera{}, CfgScale: &scale, Mode: "pro", Watermark: true, Seed: &seed,
		AspectRatio: "16:9", Resolution: "720p", ReferenceImages: []task.ReferenceImage{{Name: "hero"}, {}},
		ReferenceAudio: []task.InputAudio{{}, {Name: "song"}},
	}
	portrait, wide := &task.Image{Width: 720, Height: 1280}, &task.Image{Width: 1281, Height: 719}
	for _, c := range []struct {
		name   string
		m      engine.Model
		r      task.Request
		fields string
	}{
		{"all that the engine does not send, in order", engine.Model{}, all, "aspect_ratio camera cfg_scale mode negative_prompt reference_audio/1/name reference_images/0/name resolution seed watermark"},
		{"nothing that it sends", engine.Model{Sends: engine.Parts(), Seed: true, References: task.ReferenceLimits{Names: true}}, all, ""},
		{"what it does not send in the mode", engine.Model{Sends: engine.Parts(), Omits: map[engine.Mode][]engine.Part{engine.FromFirst: {engine.PartAspectRatio}}},
			task.Request{First: portrait, AspectRatio: "16:9", Mode: "pro"}, "aspect_ratio"},
		{"not the shape that the frame has", engine.Model{}, task.Request{First: wide, AspectRatio: "16:9"}, ""},
		{"not the only value that there is", engine.Model{Limits: task.Limits{AspectRatios: []string{"16:9"}, Resolutions: []string{"720p"}}}, task.Request{AspectRatio: "16:9", Resolution: "720p"}, ""},
		{"not a seed that was drawn", engine.Model{}, task.Request{Seed: &seed, SeedDrawn: true}, ""},
		{"nothing was asked for", engine.Model{}, task.Request{Prompt: "a cat"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fieldsOf(c.m.Ignored(c.r)); got != c.fields {
				t.Errorf("%q, want %q", got, c.fields)
			}
		})
	}
	m := engine.Model{Name: "m"}
	checkFields(t, m.Ignored(task.Request{Mode: "pro"}), map[string]string{"mode": "model m has no such setting"})
	checkFields(t, m.Ignored(task.Request{First: portrait, AspectRatio: "16:9"}), map[string]string{"aspect_ratio": "model m gives the video the shape of its picture"})
}

func TestAFrameWithoutARatioGivesTheNearest(t *testing.T) {
	ratios := []string{"16:9", "1:1", "9:16"}
	m := engine.Model{Limits: task.Limits{AspectRatios: ratios}, Sends: engine.Parts()}
	portrait, square, unknown := &task.Image{Width: 3000, Height: 4000}, &task.Image{Width: 99, Height: 100}, &task.Image{}
	change := func(edit func(*engine.Model)) engine.Model { out := m; edit(&out); return out }
	for _, c := range []struct {
		name string
		m    engine.Model
		r    task.Request
		want string
	}{
		{"a portrait", m, task.Request{First: &task.Image{Width: 9, Height: 15}}, "9:16"},
		{"between two", m, task.Request{First: portrait}, "1:1"},
		{"a square", m, task.Request{First: square, Last: portrait}, "1:1"},
		{"only a last frame", m, task.Request{Last: &task.Image{Width: 90, Height: 160}}, "9:16"},
		{"the caller's own", m, task.Request{First: portrait, AspectRatio: "16:9"}, "16:9"},
		{"a text", m, task.Request{}, ""},
		{"a size that is not known yet", m, task.Request{First: unknown}, ""},
		{"ratios of the mode", change(func(m *engine.Model) {
			m.ByMode = map[engine.Mode]task.Limits{engine.FromFirst: {AspectRatios: []string{"3:4"}}}
		}), task.Request{First: portrait}, "3:4"},
		{"a model that follows its frame", change(func(m *engine.Model) { m.FollowsFrame = true }), task.Request{First: portrait}, ""},
		{"a model to which none is sent", change(func(m *engine.Model) { m.Sends = nil }), task.Request{First: portrait}, ""},
		{"a model that takes any", change(func(m *engine.Model) { m.AspectRatios = nil }), task.Request{First: portrait}, ""},
	} {
		if got := c.m.WithShape(c.r).AspectRatio; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
