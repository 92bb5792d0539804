package fal

import (
	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

const (
	fromText  = engine.FromText
	fromFirst = engine.FromFirst
	fromBoth  = engine.FromFirstLast
)

// Model is one model at fal.
type Model struct {
	engine.Model
	Ways map[engine.Mode]Way // how it is called for each of its modes
}

// Way is how a model is called for one mode: each mode may be a path of its own, whose inputs have their own names.
type Way struct {
	Path   string // "fal-ai/veo3.1/image-to-video"
	Inputs engine.Inputs
}

// Usual are the names that most of fal's models have for their inputs.
func Usual() engine.Inputs {
	return engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Text: true, Aspect: "aspect_ratio", Resolution: "resolution",
		Seed: "seed", First: "image_url", Last: "end_image_url",
	}
}

// models are the models that this package knows: names, inputs and their values from fal-ai/fal-js,
// libs/client/src/types/endpoints.ts (381105e), prices in dollars from the models' pages (fal.ai/models/…/llms.txt). Where a
// model makes sound if nobody says no, it is told not to: it costs twice. What costs otherwise than the rest of its model,
// as 4k does, is left out.
func models() []Model {
	var all []Model
	for _, family := range [][]Model{veo(), seedance(), kling(), hailuo(), others()} {
		all = append(all, family...)
	}
	return all
}

// silent tells a model to make no sound.
func silent() map[string]any { return map[string]any{"generate_audio": false} }

// ways are those of a model whose paths end as most do; first and last are its names for pictures, last may be "". Only
// text-to-video takes an aspect ratio unless framed says that pictures do too.
func ways(model string, in engine.Inputs, first, last string, framed bool) map[engine.Mode]Way {
	text, image := in, in
	text.First, text.Last = "", ""
	image.First, image.Last = first, last
	if !framed {
		image.Aspect = ""
	}
	out := map[engine.Mode]Way{fromText: {model + "/text-to-video", text}, fromFirst: {model + "/image-to-video", image}}
	if last != "" {
		out[fromBoth] = Way{model + "/image-to-video", image}
	}
	return out
}

// wide are the aspect ratios of ByteDance's models.
func wide() []string { return []string{"21:9", "16:9", "4:3", "1:1", "3:4", "9:16"} }

// span is every length from one to another.
func span(from, to int) []int {
	var out []int
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}

func veo() []Model {
	var out []Model
	for _, v := range []struct {
		name  string
		price float64
	}{{"fal-ai/veo3.1", 0.20}, {"fal-ai/veo3.1/fast", 0}, {"fal-ai/veo3.1/lite", 0}} {
		in := Usual()
		in.Unit, in.Fixed = "s", silent()
		both := in
		both.First, both.Last = "first_frame_url", "last_frame_url"
		out = append(out, Model{
			Model: engine.Model{
				Name: v.name, Modes: []engine.Mode{fromText, fromFirst, fromBoth}, Seconds: []int{4, 6, 8}, AspectRatios: []string{"16:9", "9:16"},
				Resolutions: []string{"720p", "1080p"}, ImageBytes: 8 << 20, Price: dollars(v.price),
			},
			Ways: map[engine.Mode]Way{
				fromText: {v.name, in}, fromFirst: {v.name + "/image-to-video", in}, fromBoth: {v.name + "/first-last-frame-to-video", both},
			},
		})
	}
	return out
}

// dollars is a price of a second; nobody knows the price of 0.
func dollars(second float64) task.Price {
	if second == 0 {
		return task.Price{}
	}
	return task.Price{PerSecond: second, Currency: "USD"}
}

// seedance are ByteDance's. Of 1.0 pro, fal serves the fast one by now, which takes no last frame.
func seedance() []Model {
	old, in := Usual(), Usual()
	old.Negative, in.Negative, in.Fixed = "", "", silent()
	newest := in
	newest.Seed = ""
	model := func(name string, in engine.Inputs, last string, from, to int, resolutions ...string) Model {
		modes := []engine.Mode{fromText, fromFirst}
		if last != "" {
			modes = append(modes, fromBoth)
		}
		return Model{
			Model: engine.Model{Name: name, Modes: modes, Seconds: span(from, to), AspectRatios: wide(), Resolutions: resolutions},
			Ways:  ways(name, in, "image_url", last, true),
		}
	}
	two := model("bytedance/seedance-2.0", newest, "end_image_url", 4, 15, "480p", "720p", "1080p")
	two.ImageTypes, two.ImageBytes = []string{"image/jpeg", "image/png", "image/webp"}, 30<<20
	return []Model{
		two,
		model("fal-ai/bytedance/seedance/v1.5/pro", in, "end_image_url", 4, 12, "480p", "720p", "1080p"),
		model("fal-ai/bytedance/seedance/v1/pro", old, "", 2, 12, "480p", "720p", "1080p"),
	}
}

func kling() []Model {
	var out []Model
	for _, k := range []struct {
		version     string
		seconds     []int
		first, last string
		fixed       map[string]any
	}{
		{"v3/pro", span(3, 15), "start_image_url", "end_image_url", silent()},
		{"v3/standard", span(3, 15), "start_image_url", "end_image_url", silent()},
		{"v2.6/pro", []int{5, 10}, "start_image_url", "end_image_url", silent()},
		{"v2.5-turbo/pro", []int{5, 10}, "image_url", "tail_image_url", nil},
		{"v2.1/master", []int{5, 10}, "image_url", "", nil},
	} {
		name := "fal-ai/kling-video/" + k.version
		in := Usual()
		in.Resolution, in.Seed, in.Fixed = "", "", k.fixed
		modes := []engine.Mode{fromText, fromFirst}
		if k.last != "" {
			modes = append(modes, fromBoth)
		}
		out = append(out, Model{
			Model: engine.Model{Name: name, Modes: modes, Seconds: k.seconds, PromptLimit: 2500, AspectRatios: []string{"16:9", "9:16", "1:1"}},
			Ways:  ways(name, in, k.first, k.last, false),
		})
	}
	return out
}

// hailuo are MiniMax's.
func hailuo() []Model {
	in := engine.Inputs{Prompt: "prompt", Seconds: "duration", Text: true}
	model := func(name, last string, price float64) Model {
		modes := []engine.Mode{fromText, fromFirst}
		if last != "" {
			modes = append(modes, fromBoth)
		}
		return Model{
			Model: engine.Model{Name: name, Modes: modes, Seconds: []int{6, 10}, PromptLimit: 2000, Price: dollars(price)},
			Ways:  ways(name, in, "image_url", last, false),
		}
	}
	return []Model{
		model("fal-ai/minimax/hailuo-2.3/standard", "", 0),
		model("fal-ai/minimax/hailuo-02/standard", "end_image_url", 0.045),
	}
}

func others() []Model {
	wan, ltx := Usual(), Usual()
	wan.Text, wan.SeedMax = false, 1<<31-1
	ltx.Text, ltx.Negative, ltx.Seed, ltx.Fixed = false, "", "", silent()
	all := []engine.Mode{fromText, fromFirst, fromBoth}
	return []Model{{
		Model: engine.Model{
			Name: "fal-ai/wan/v2.7", Modes: all, Seconds: span(2, 15), PromptLimit: 5000, ImageBytes: 20 << 20, Resolutions: []string{"720p", "1080p"},
			AspectRatios: []string{"16:9", "9:16", "1:1", "4:3", "3:4"},
		},
		Ways: ways("fal-ai/wan/v2.7", wan, "image_url", "end_image_url", false),
	}, {
		Model: engine.Model{
			Name: "fal-ai/ltx-2.3", Modes: all, Seconds: []int{6, 8, 10}, AspectRatios: []string{"16:9", "9:16"},
			Resolutions: []string{"1080p", "1440p", "2160p"},
		},
		Ways: ways("fal-ai/ltx-2.3", ltx, "image_url", "end_image_url", true),
	}}
}

// among are the models known, and more of them: one with a known name takes its place.
func among(known, more []Model) []Model {
	var out []Model
	at := map[string]int{}
	for _, m := range append(known, more...) {
		if i, ok := at[m.Name]; ok {
			out[i] = m
			continue
		}
		at[m.Name] = len(out)
		out = append(out, m)
	}
	return out
}
