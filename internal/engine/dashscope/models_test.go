package dashscope_test

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/task"
)

func TestModelLimits(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		model string
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{"wan2.7-t2v", task.Request{Seconds: 2, Resolution: "1080p", AspectRatio: "3:4"}, ""},
		{"wan2.7-t2v", task.Request{Seconds: 16}, "seconds"},
		{"wan2.7-t2v", task.Request{Seconds: 5, Resolution: "480p"}, "resolution"},
		{"wan2.7-t2v", task.Request{Seconds: 5, First: image}, "first_frame"},
		{"wan2.7-t2v", task.Request{Seconds: 5, Prompt: strings.Repeat("x", 5001)}, "prompt"},
		{"wan2.6-t2v", task.Request{Seconds: 15, Prompt: strings.Repeat("x", 1500)}, ""},
		{"wan2.6-t2v", task.Request{Seconds: 5, Prompt: strings.Repeat("x", 1501)}, "prompt"},
		{"wan2.5-t2v-preview", task.Request{Seconds: 10, Resolution: "480p"}, ""},
		{"wan2.5-t2v-preview", task.Request{Seconds: 6}, "seconds"},
		{"wan2.2-t2v-plus", task.Request{Seconds: 5, Resolution: "720p"}, "resolution"},
		{"wan2.2-t2v-plus", task.Request{Seconds: 5, Prompt: strings.Repeat("x", 801)}, "prompt"},
		{"wan2.7-i2v", task.Request{Seconds: 15, First: image, Last: image}, ""},
		{"wan2.7-i2v", task.Request{Seconds: 5, First: &task.Image{Width: 240, Height: 8000, Size: 20 << 20}}, ""},
		{"wan2.7-i2v", task.Request{Seconds: 5, First: &task.Image{Width: 239, Height: 500}}, "first_frame"},
		{"wan2.7-i2v", task.Request{Seconds: 5, First: &task.Image{Width: 500, Height: 8001}}, "first_frame"},
		{"wan2.7-i2v", task.Request{Seconds: 5, Last: image}, "last_frame"},
		{"wan2.6-i2v", task.Request{Seconds: 15, First: image}, ""},
		{"wan2.6-i2v", task.Request{Seconds: 5, First: image, Last: image}, "last_frame"},
		{"wan2.6-i2v", task.Request{Seconds: 5, First: &task.Image{Width: 2001, Height: 500}}, "first_frame"},
		{"wan2.6-i2v", task.Request{Seconds: 5, First: &task.Image{Width: 359, Height: 500}}, "first_frame"},
		{"wan2.6-i2v", task.Request{Seconds: 5, First: &task.Image{Size: 10<<20 + 1}}, "first_frame"},
		{"wan2.2-i2v-flash", task.Request{Seconds: 5, First: image, Resolution: "720p"}, ""},
		{"wan2.2-kf2v-flash", task.Request{Seconds: 5, First: image}, ""},
		{"wan2.2-kf2v-flash", task.Request{Seconds: 5, First: image, Last: image, Resolution: "1080p"}, ""},
		{"wan2.2-kf2v-flash", task.Request{Seconds: 10, First: image, Last: image}, "seconds"},
		{"wan3.0-video", task.Request{Seconds: 30, Resolution: "480p"}, ""},
		{"wan3.0-video", task.Request{Seconds: 31}, "seconds"},
		{"wan3.0-video", task.Request{Seconds: 5, First: image, Last: image}, ""},
		{"happyhorse-1.1-t2v", task.Request{Seconds: 3, AspectRatio: "21:9"}, ""},
		{"happyhorse-1.0-t2v", task.Request{Seconds: 3, AspectRatio: "21:9"}, "aspect_ratio"},
		{"happyhorse-1.0-t2v", task.Request{Seconds: 2}, "seconds"},
		{"happyhorse-1.1-i2v", task.Request{Seconds: 15, First: &task.Image{Width: 1000, Height: 400}}, ""},
		{"happyhorse-1.1-i2v", task.Request{Seconds: 15, First: &task.Image{Width: 1001, Height: 400}}, "first_frame"},
		{"happyhorse-1.1-i2v", task.Request{Seconds: 15, First: &task.Image{Width: 299, Height: 400}}, "first_frame"},
	} {
		if got := enginetest.RefusedField(t, dashscope.New(dashscope.Options{}), c.model, c.r); got != c.field {
			t.Errorf("%s, %.200v: error in field %q, want %q", c.model, c.r, got, c.field)
		}
	}
}

func TestResolutionAndAspectRatioTogether(t *testing.T) {
	first := &engine.Picture{URL: "https://p.example/1.jpg"}
	for name, c := range map[string]struct {
		model, resolution, ratio string
		first                    *engine.Picture
		has                      string // "" = refused with a text
	}{
		"neither":                        {"wan2.6-t2v", "", "", nil, `"size":"1280*720"`},
		"aspect ratio only":              {"wan2.6-t2v", "", "3:4", nil, `"size":"832*1088"`},
		"no 720p":                        {"wan2.2-t2v-plus", "", "", nil, `"size":"832*480"`},
		"480p, square":                   {"wan2.5-t2v-preview", "480p", "1:1", nil, `"size":"624*624"`},
		"480p has no 4:3":                {"wan2.5-t2v-preview", "480p", "4:3", nil, ""},
		"default 480p has no 3:4":        {"wan2.2-t2v-plus", "", "3:4", nil, ""},
		"an image sets the aspect ratio": {"wan3.0-video", "480p", "4:3", first, `"resolution":"480P","duration":5`},
		"text sends the aspect ratio":    {"wan3.0-video", "480p", "4:3", nil, `"resolution":"480P","ratio":"4:3"`},
		"an image model sends none":      {"wan2.6-i2v", "", "16:9", first, `"resolution":"720P","duration":5`},
	} {
		t.Run(name, func(t *testing.T) {
			var sent string
			e := enginetest.NewWithAnswer(t, newEngine, 200, `{"output":{"task_id":"1","task_status":"PENDING"}}`, &sent)
			r := task.Request{Prompt: "a cat", Seconds: 5, Resolution: c.resolution, AspectRatio: c.ratio}
			_, err := e.Submit(t.Context(), engine.Job{Model: c.model, Request: r, First: c.first})
			switch {
			case c.has == "":
				if f := engine.AsError(err); f == nil || f.Class != engine.Refused || f.Text == "" || sent != "" {
					t.Errorf("sent %q, %+v", sent, f)
				}
			case err != nil || !strings.Contains(sent, c.has):
				t.Errorf("sent %s, %v; want %s", sent, err, c.has)
			}
		})
	}
}

func TestAnUnknownModelIsRefusedWithoutACall(t *testing.T) {
	var sent string
	e := enginetest.NewWithAnswer(t, newEngine, 200, `{"output":{"task_id":"1"}}`, &sent)
	_, err := e.Submit(t.Context(), engine.Job{Model: "wan9", Request: task.Request{Prompt: "a cat", Seconds: 5}})
	if f := engine.AsError(err); f == nil || f.Class != engine.ModelError || sent != "" {
		t.Errorf("sent %q, %+v", sent, f)
	}
}
