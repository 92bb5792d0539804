package openai_test

import (
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/task"
)

func TestConfiguredModelsKeepTheServersLimits(t *testing.T) {
	long := engine.Model{Name: "wan", Limits: task.Limits{MaxSeconds: 90}}
	for _, c := range []struct {
		flavor, field string
		model         engine.Model
		request       task.Request
	}{
		{"tensorrt-llm", "seconds", long, task.Request{Seconds: 61}},
		{"tensorrt-llm", "", long, task.Request{Seconds: 60}},
		{"tensorrt-llm", "first_frame", long, task.Request{Seconds: 5, First: &task.Image{Type: "image/webp"}}},
		{"tensorrt-llm", "", long, task.Request{Seconds: 5, First: &task.Image{Type: "image/png"}}},
		{"tensorrt-llm", "seconds", engine.Model{Name: "wan", Limits: task.Limits{Seconds: []int{5}}}, task.Request{Seconds: 6}},
		{"tensorrt-llm", "first_frame", engine.Model{Name: "wan", Limits: task.Limits{MaxSeconds: 5}, Images: task.InputImageLimits{Types: []string{"image/png"}}}, task.Request{First: &task.Image{Type: "image/jpeg"}}},
		{"vllm-omni", "", long, task.Request{Seconds: 61, First: &task.Image{Type: "image/webp"}}},
		{"sglang", "", long, task.Request{Seconds: 61}},
	} {
		e := openai.New(openai.Options{Flavor: c.flavor, Models: []engine.Model{c.model}})
		var fields []string
		for _, f := range e.Capabilities().Models[0].Check(c.request) {
			fields = append(fields, f.Field)
		}
		if got := strings.Join(fields, " "); got != c.field {
			t.Errorf("%s, %+v: refused by %q, want %q", c.flavor, c.model, got, c.field)
		}
	}
	if long.MaxSeconds != 90 || long.Images.Types != nil {
		t.Errorf("the operator's own model was changed: %+v", long)
	}
}

func TestSoraHasEndedAtOpenAIAlone(t *testing.T) {
	day := time.Date(2026, 9, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		o     openai.Options
		ended bool
	}{
		{openai.Options{}, true},
		{openai.Options{BaseURL: openai.BaseURL + "/"}, true},
		{openai.Options{BaseURL: "https://films.openai.azure.com/openai/v1"}, false},
		{openai.Options{Models: []engine.Model{{Name: "sora-2"}}}, false}, // the operator knows better
		{openai.Options{Flavor: "sglang"}, false},
	} {
		for _, m := range openai.New(c.o).Capabilities().Models {
			if m.Ended(day) != c.ended || m.Ended(day.Add(-time.Hour)) {
				t.Errorf("%+v: %s ends %v", c.o, m.Name, m.Until)
			}
		}
	}
}
