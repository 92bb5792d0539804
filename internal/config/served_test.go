package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// onOffer returns the served models of an engine.
func onOffer(t *testing.T, kind, models string) engine.ModelTable {
	t.Helper()
	l := loads(t, fmt.Sprintf("engines: [{name: e, type: %s, keys: [{key: k}], serves: [%s]}]\n", kind, models), Loaded{})
	return kinds()[kind].Host.Models(l.File.Engines[0].Serves)
}

func TestTheInputsOfAServedModel(t *testing.T) {
	seed := uint32(4294967295)
	whole := task.Request{Prompt: "a cat", NegativePrompt: "rain", Seconds: 5, AspectRatio: "16:9", Resolution: "720p", Seed: &seed}
	framed := whole
	framed.First = &task.Image{}
	filmed := whole
	filmed.Video = &task.InputVideo{}
	for _, c := range []struct {
		name, kind, model string
		request           task.Request
		path, sent        string
	}{
		{"fal's usual names", "fal", `{name: a/b, max_seconds: 9}`, whole, "a/b", `{"duration":"5","prompt":"a cat"}`},
		{"Replicate's usual names", "replicate", `{name: a/b, max_seconds: 9}`, framed, "a/b", `{"duration":5,"image":"https://p/1","prompt":"a cat"}`},
		{"what it says of itself is sent", "fal", `{name: a/b, max_seconds: 9, seed: true, aspect_ratios: ["16:9"], resolutions: [720p]}`, whole, "a/b",
			`{"aspect_ratio":"16:9","duration":"5","prompt":"a cat","resolution":"720p","seed":4294967295}`},
		{"what it names is sent", "fal", `{name: a/b, max_seconds: 9, inputs: {seed: noise, negative_prompt: not, aspect_ratio: ratio, resolution: size}}`, whole, "a/b",
			`{"duration":"5","noise":4294967295,"not":"rain","prompt":"a cat","ratio":"16:9","size":"720p"}`},
		{"what it has not is not sent", "fal", `{name: a/b, seconds: [5], seed: false, inputs: {seconds: ""}}`, whole, "a/b", `{"prompt":"a cat"}`},
		{"seconds as a number", "fal", `{name: a/b, max_seconds: 9, seconds_as: number}`, whole, "a/b", `{"duration":5,"prompt":"a cat"}`},
		{"seconds as text", "replicate", `{name: a/b, max_seconds: 9, seconds_as: text}`, whole, "a/b", `{"duration":"5","prompt":"a cat"}`},
		{"seconds with a unit", "replicate", `{name: a/b, max_seconds: 9, seconds_as: text_s}`, whole, "a/b", `{"duration":"5s","prompt":"a cat"}`},
		{"a seed within its range", "fal", `{name: a/b, max_seconds: 9, seed: true, seed_max: 2147483647}`, whole, "a/b", `{"duration":"5","prompt":"a cat","seed":2147483647}`},
		{"fixed inputs", "fal", `{name: a/b, max_seconds: 9, fixed: {audio: false, steps: 20, deep: {list: [1, x]}}}`, whole, "a/b",
			`{"audio":false,"deep":{"list":[1,"x"]},"duration":"5","prompt":"a cat","steps":20}`},
		{"a path of the mode", "fal", `{name: m, max_seconds: 9, modes: [text, first_frame], paths: {text: a/b, first_frame: comfy/a/b/c}}`, framed, "comfy/a/b/c",
			`{"duration":"5","image_url":"https://p/1","prompt":"a cat"}`},
		{"names of the mode", "fal", `{name: a/b, max_seconds: 9, modes: [text, first_frame], aspect_ratios: ["16:9"], inputs: {prompt: text},
			mode_inputs: {first_frame: {first_frame: start, aspect_ratio: ""}}}`, framed, "a/b", `{"duration":"5","start":"https://p/1","text":"a cat"}`},
		{"a video", "fal", `{name: a/b, modes: [video], seed: true}`, filmed, "a/b", `{"prompt":"a cat","seed":4294967295,"video_url":"https://v/1"}`},
		{"a video and what is named", "replicate", `{name: a/b, modes: [text, video], max_seconds: 9, resolutions: [720p], inputs: {seconds: length},
			mode_inputs: {video: {video: clip, resolution: size}}}`, filmed, "a/b", `{"clip":"https://v/1","length":5,"prompt":"a cat","size":"720p"}`},
		{"a version", "replicate", `{name: m, max_seconds: 9, modes: [text], paths: {text: "a/b:` + strings.Repeat("0f", 32) + `"}}`, whole, "a/b:" + strings.Repeat("0f", 32),
			`{"duration":5,"prompt":"a cat"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := onOffer(t, c.kind, c.model)
			job := engine.Job{Model: all[0].Name, Request: c.request}
			if c.request.First != nil {
				job.First = &engine.Picture{URL: "https://p/1"}
			}
			if c.request.Video != nil {
				job.Video = &engine.InputVideo{InputFile: engine.InputFile{URL: "https://v/1"}}
			}
			way, err := all.EndpointFor(job)
			if err != nil {
				t.Fatal(err)
			}
			body, err := way.Body(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := json.Marshal(body)
			if err != nil || string(sent) != c.sent || way.Path != c.path {
				t.Errorf("%s is sent %s, %v", way.Path, sent, err)
			}
		})
	}
}

func TestTheLimitsAndPriceOfAServedModel(t *testing.T) {
	l := loads(t, `
engines:
  - name: market
    type: fal
    keys: [{key: k}]
    serves:
      - {name: a/b, modes: [text], seconds: [5, 10], aspect_ratios: ["16:9"], resolutions: [720p], prompt_limit: 20, price: {per_second: 0.5}}
      - {name: fal-ai/veo3.1, max_seconds: 3}
  - {name: own, type: localai, serves: [{name: ltx, max_seconds: 5, price: {per_clip: 2, currency: EUR}}]}
`, Loaded{})
	models := map[string]engine.Model{}
	for _, e := range l.Engines {
		for _, m := range e.Capabilities().Models {
			models[m.Name] = m
		}
	}
	if m := models["ltx"]; m.Price != (task.Price{PerClip: 2, Currency: "EUR"}) {
		t.Errorf("ltx costs %+v", m.Price)
	}
	if m := models["fal-ai/veo3.1"]; m.MaxSeconds != 3 || len(m.Seconds) != 0 {
		t.Errorf("a known model is still %+v", m)
	}
	m := models["a/b"]
	if m.Price != (task.Price{PerSecond: 0.5, Currency: "USD"}) {
		t.Errorf("costs %+v", m.Price)
	}
	for field, bad := range map[string]task.Request{
		"seconds": {Seconds: 6}, "aspect_ratio": {Seconds: 5, AspectRatio: "1:1"}, "resolution": {Seconds: 5, Resolution: "480p"},
		"prompt": {Seconds: 5, Prompt: strings.Repeat("x", 21)}, "first_frame": {Seconds: 5, First: &task.Image{}},
	} {
		if errs := m.Check(bad); len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s: %+v", field, errs)
		}
	}
}

func TestAServedModelTakesTheShapeOfItsInputVideo(t *testing.T) {
	video := &task.InputVideo{Type: "video/mp4", Duration: 8 * time.Second}
	for _, c := range []struct {
		name, model string
		request     task.Request
		field       string
	}{
		{"the video alone", `{name: a/b, modes: [video]}`, task.Request{Video: video}, ""},
		{"its length", `{name: a/b, modes: [video]}`, task.Request{Video: video, Seconds: 8}, ""},
		{"another length", `{name: a/b, modes: [video]}`, task.Request{Video: video, Seconds: 5}, "seconds"},
		{"another length that can be asked for", `{name: a/b, modes: [video], seconds: [5], inputs: {seconds: length}}`, task.Request{Video: video, Seconds: 5}, ""},
		{"a shape", `{name: a/b, modes: [video]}`, task.Request{Video: video, AspectRatio: "1:1"}, "aspect_ratio"},
		{"a shape that can be asked for", `{name: a/b, modes: [video], inputs: {aspect_ratio: shape}}`, task.Request{Video: video, AspectRatio: "1:1"}, ""},
		{"a resolution", `{name: a/b, modes: [video]}`, task.Request{Video: video, Resolution: "720p"}, "resolution"},
		{"a resolution that can be asked for", `{name: a/b, modes: [video], inputs: {resolution: size}}`, task.Request{Video: video, Resolution: "720p"}, ""},
		{"no video", `{name: a/b, modes: [video]}`, task.Request{Seconds: 5}, "first_frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var fields []string
			for _, fault := range onOffer(t, "fal", c.model)[0].Check(c.request) {
				fields = append(fields, fault.Field)
			}
			if got := strings.Join(fields, " "); got != c.field {
				t.Errorf("refused for %q, want %q", got, c.field)
			}
		})
	}
}

func TestVariablesAreInsertedIntoFixedInputs(t *testing.T) {
	l, err := loader(asEnv(map[string]string{"STYLE": "noir", "STEPS": "20"})).Load(configFile(t, `
engines: [{name: m, type: fal, keys: [{key: k}], serves: [{name: a/b, max_seconds: 5, fixed: {style: "${STYLE}", steps: "${STEPS}", deep: [{style: "${STYLE}"}]}}]}]
`), Loaded{})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(l.File.Engines[0].Serves[0].Fixed); string(got) != `{"deep":[{"style":"noir"}],"steps":20,"style":"noir"}` {
		t.Errorf("read %s", got)
	}
}
