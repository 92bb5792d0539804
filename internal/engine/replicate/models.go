package replicate

import (
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// DefaultInputs returns the input names that most video models at Replicate use.
func DefaultInputs() engine.Inputs {
	return engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
		First: "image", Last: "last_frame_image",
	}
}

// models returns the official models that this package knows, with inputs from the models' pages
// (replicate.com/<model>/…/api). A model that makes sound by default is asked not to.
func models() engine.ModelTable {
	const t, f, fl, v = engine.FromText, engine.FromFirst, engine.FromFirstLast, engine.FromVideo
	wide := []string{"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"}
	veo := engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
		First: "image", Fixed: map[string]any{"generate_audio": false},
	}
	kling := engine.Inputs{Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", First: "start_image"}
	turbo := kling
	turbo.Last = "end_image"
	seedance := DefaultInputs()
	seedance.Negative = ""
	sized, newest := seedance, seedance
	sized.Resolution = "" // it has no such input
	newest.Fixed = map[string]any{"generate_audio": false}
	model := func(name string, in engine.Inputs, seconds []int, modes ...engine.Mode) engine.TableModel {
		return engine.TableModel{Model: engine.Model{Name: name, Modes: modes, Limits: task.Limits{Seconds: seconds}}, Endpoints: engine.SameEndpoint(name, in, modes...)}
	}
	shaped := func(m engine.TableModel, ratios, resolutions []string) engine.TableModel {
		m.AspectRatios, m.Resolutions = ratios, resolutions
		return m
	}
	modify := model("luma/modify-video", engine.Inputs{Prompt: "prompt", Video: "video_url"}, nil, v)
	modify.Video = task.InputVideoLimits{Bytes: 100_000_000, MaxSeconds: 30, KeepsShape: true, KeepsResolution: true}
	return engine.ModelTable{
		shaped(model("bytedance/seedance-1-pro", seedance, engine.SecondsRange(2, 12), t, f, fl), wide, []string{"480p", "720p", "1080p"}),
		shaped(model("bytedance/seedance-1-lite", seedance, engine.SecondsRange(2, 12), t, f, fl), wide, []string{"480p", "720p", "1080p"}),
		shaped(model("bytedance/seedance-1.5-pro", sized, engine.SecondsRange(2, 12), t, f, fl), wide, nil),
		shaped(model("bytedance/seedance-2.0", newest, engine.SecondsRange(4, 15), t, f, fl), wide[:6], []string{"480p", "720p"}),
		shaped(model("kwaivgi/kling-v2.1-master", kling, []int{5, 10}, t, f), []string{"16:9", "9:16", "1:1"}, nil),
		shaped(model("kwaivgi/kling-v2.5-turbo-pro", turbo, []int{5, 10}, t, f, fl), []string{"16:9", "9:16", "1:1"}, nil),
		shaped(model("minimax/hailuo-02", engine.Inputs{
			Prompt: "prompt", Seconds: "duration", Resolution: "resolution", First: "first_frame_image", Last: "last_frame_image",
		}, []int{6, 10}, t, f, fl), nil, []string{"512p", "768p", "1080p"}),
		shaped(model("google/veo-3.1", veo, []int{4, 6, 8}, t, f), []string{"16:9", "9:16"}, []string{"720p", "1080p"}),
		shaped(model("google/veo-3", veo, []int{4, 6, 8}, t, f), []string{"16:9", "9:16"}, []string{"720p", "1080p"}),
		modify,
	}
}
