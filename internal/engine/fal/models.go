package fal

import (
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	fromText      = engine.FromText
	fromFirst     = engine.FromFirst
	fromFirstLast = engine.FromFirstLast
	fromVideo     = engine.FromVideo
)

// DefaultInputs returns the input names that most of fal's models use.
func DefaultInputs() engine.Inputs {
	return engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", SecondsAsText: true, Aspect: "aspect_ratio", Resolution: "resolution",
		Seed: "seed", First: "image_url", Last: "end_image_url", Video: "video_url",
	}
}

// models returns the models of this package. Names, inputs and values: fal-ai/fal-js, libs/client/src/types/endpoints.ts
// (381105e). Prices in US dollars: the models' pages (fal.ai/models/…/llms.txt). Models that make sound by default are told
// not to, because sound doubles the price. Values with a price of their own, such as 4k, are left out.
func models() engine.ModelTable {
	var all engine.ModelTable
	for _, family := range []engine.ModelTable{veoModels(), seedanceModels(), klingModels(), hailuoModels(), otherModels()} {
		all = append(all, family...)
	}
	return all
}

// noAudio returns the input that turns sound off.
func noAudio() map[string]any { return map[string]any{"generate_audio": false} }

// endpoints returns the endpoints of a model with the usual paths. first and last name the inputs for images; last is "" if
// the model takes no last frame. Without imageAspect, only text-to-video takes an aspect ratio.
func endpoints(model string, in engine.Inputs, first, last string, imageAspect bool) map[engine.Mode]engine.Endpoint {
	text, image := in, in
	text.First, text.Last = "", ""
	image.First, image.Last = first, last
	if !imageAspect {
		image.Aspect = ""
	}
	out := map[engine.Mode]engine.Endpoint{fromText: {Path: model + "/text-to-video", Inputs: text}, fromFirst: {Path: model + "/image-to-video", Inputs: image}}
	if last != "" {
		out[fromFirstLast] = engine.Endpoint{Path: model + "/image-to-video", Inputs: image}
	}
	return out
}

// modesOf returns the modes of a model; last names its input for a last frame, "" if it takes none.
func modesOf(last string) []engine.Mode {
	if last == "" {
		return []engine.Mode{fromText, fromFirst}
	}
	return []engine.Mode{fromText, fromFirst, fromFirstLast}
}

// byteDanceRatios returns the aspect ratios of ByteDance's models.
func byteDanceRatios() []string { return []string{"21:9", "16:9", "4:3", "1:1", "3:4", "9:16"} }

func veoModels() engine.ModelTable {
	var out engine.ModelTable
	for _, v := range []struct {
		name  string
		price float64
	}{{"fal-ai/veo3.1", 0.20}, {"fal-ai/veo3.1/fast", 0}, {"fal-ai/veo3.1/lite", 0}} {
		in := DefaultInputs()
		in.SecondsUnit, in.Fixed = "s", noAudio()
		both := in
		both.First, both.Last = "first_frame_url", "last_frame_url"
		out = append(out, engine.TableModel{
			Model: engine.Model{
				Name: v.name, Modes: []engine.Mode{fromText, fromFirst, fromFirstLast}, Limits: task.Limits{Seconds: []int{4, 6, 8}, AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"720p", "1080p"}},
				Images: task.InputImageLimits{Bytes: 8 << 20}, Price: pricePerSecond(v.price),
			},
			Endpoints: map[engine.Mode]engine.Endpoint{
				fromText: {Path: v.name, Inputs: in}, fromFirst: {Path: v.name + "/image-to-video", Inputs: in},
				fromFirstLast: {Path: v.name + "/first-last-frame-to-video", Inputs: both},
			},
		})
	}
	return out
}

// pricePerSecond returns a price in US dollars a second; 0 means that the price is unknown.
func pricePerSecond(usd float64) task.Price {
	if usd == 0 {
		return task.Price{}
	}
	return task.Price{PerSecond: usd, Currency: "USD"}
}

// seedanceModels returns ByteDance's models. For 1.0 pro, fal now serves the fast variant, which takes no last frame.
func seedanceModels() engine.ModelTable {
	old, in := DefaultInputs(), DefaultInputs()
	old.Negative, in.Negative, in.Fixed = "", "", noAudio()
	newest := in
	newest.Seed = ""
	model := func(name string, in engine.Inputs, last string, from, to int, resolutions ...string) engine.TableModel {
		return engine.TableModel{
			Model:     engine.Model{Name: name, Modes: modesOf(last), Limits: task.Limits{Seconds: engine.SecondsRange(from, to), AspectRatios: byteDanceRatios(), Resolutions: resolutions}},
			Endpoints: endpoints(name, in, "image_url", last, true),
		}
	}
	two := model("bytedance/seedance-2.0", newest, "end_image_url", 4, 15, "480p", "720p", "1080p")
	two.Images.Types, two.Images.Bytes = []string{"image/jpeg", "image/png", "image/webp"}, 30<<20
	return engine.ModelTable{
		two,
		model("fal-ai/bytedance/seedance/v1.5/pro", in, "end_image_url", 4, 12, "480p", "720p", "1080p"),
		model("fal-ai/bytedance/seedance/v1/pro", old, "", 2, 12, "480p", "720p", "1080p"),
	}
}

func klingModels() engine.ModelTable {
	var out engine.ModelTable
	for _, k := range []struct {
		version     string
		seconds     []int
		first, last string
		fixed       map[string]any
	}{
		{"v3/pro", engine.SecondsRange(3, 15), "start_image_url", "end_image_url", noAudio()},
		{"v3/standard", engine.SecondsRange(3, 15), "start_image_url", "end_image_url", noAudio()},
		{"v2.6/pro", []int{5, 10}, "start_image_url", "end_image_url", noAudio()},
		{"v2.5-turbo/pro", []int{5, 10}, "image_url", "tail_image_url", nil},
		{"v2.1/master", []int{5, 10}, "image_url", "", nil},
	} {
		name := "fal-ai/kling-video/" + k.version
		in := DefaultInputs()
		in.Resolution, in.Seed, in.Fixed = "", "", k.fixed
		out = append(out, engine.TableModel{
			Model:     engine.Model{Name: name, Modes: modesOf(k.last), Limits: task.Limits{Seconds: k.seconds, PromptLimit: 2500, AspectRatios: []string{"16:9", "9:16", "1:1"}}},
			Endpoints: endpoints(name, in, k.first, k.last, false),
		})
	}
	return out
}

// hailuoModels returns MiniMax's models.
func hailuoModels() engine.ModelTable {
	in := engine.Inputs{Prompt: "prompt", Seconds: "duration", SecondsAsText: true}
	model := func(name, last string, price float64) engine.TableModel {
		return engine.TableModel{
			Model:     engine.Model{Name: name, Modes: modesOf(last), Limits: task.Limits{Seconds: []int{6, 10}, PromptLimit: 2000}, Price: pricePerSecond(price)},
			Endpoints: endpoints(name, in, "image_url", last, false),
		}
	}
	return engine.ModelTable{
		model("fal-ai/minimax/hailuo-2.3/standard", "", 0),
		model("fal-ai/minimax/hailuo-02/standard", "end_image_url", 0.045),
	}
}

func otherModels() engine.ModelTable {
	wan, ltx := DefaultInputs(), DefaultInputs()
	wan.SecondsAsText, wan.SeedMax = false, 1<<31-1
	ltx.SecondsAsText, ltx.Negative, ltx.Seed, ltx.Fixed = false, "", "", noAudio()
	all := []engine.Mode{fromText, fromFirst, fromFirstLast}
	const ray = "fal-ai/luma-dream-machine/ray-2/modify"
	return engine.ModelTable{{
		Model: engine.Model{
			Name: "fal-ai/wan/v2.7", Modes: all, Limits: task.Limits{Seconds: engine.SecondsRange(2, 15), PromptLimit: 5000, Resolutions: []string{"720p", "1080p"}, AspectRatios: []string{"16:9", "9:16", "1:1", "4:3", "3:4"}}, Images: task.InputImageLimits{Bytes: 20 << 20},
		},
		Endpoints: endpoints("fal-ai/wan/v2.7", wan, "image_url", "end_image_url", false),
	}, {
		Model: engine.Model{
			Name: "fal-ai/ltx-2.3", Modes: all, Limits: task.Limits{Seconds: []int{6, 8, 10}, AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"1080p", "1440p", "2160p"}},
		},
		Endpoints: endpoints("fal-ai/ltx-2.3", ltx, "image_url", "end_image_url", true),
	}, {
		Model: engine.Model{
			Name: ray, Modes: []engine.Mode{fromVideo}, Price: pricePerSecond(0.35), Video: task.InputVideoLimits{KeepsShape: true, KeepsResolution: true},
		},
		Endpoints: engine.SameEndpoint(ray, engine.Inputs{Prompt: "prompt", Video: "video_url"}, fromVideo),
	}}
}
