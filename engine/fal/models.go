package fal

import (
	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// models are the models that this package knows, with the prices in dollars that their pages name.
func models() []Model {
	const t, f, fl, v = engine.FromText, engine.FromFirst, engine.FromFirstLast, engine.FromVideo
	return []Model{{
		Model: engine.Model{
			Name: "fal-ai/minimax/hailuo-02/standard", Modes: []engine.Mode{t, f, fl}, Seconds: []int{6, 10}, PromptLimit: 2000,
			Price: task.Price{PerSecond: 0.045, Currency: "USD"},
		},
		Paths: map[engine.Mode]string{
			t: "fal-ai/minimax/hailuo-02/standard/text-to-video",
			f: "fal-ai/minimax/hailuo-02/standard/image-to-video", fl: "fal-ai/minimax/hailuo-02/standard/image-to-video",
		},
		Inputs: engine.Inputs{Prompt: "prompt", Seconds: "duration", Text: true, First: "image_url", Last: "end_image_url"},
	}, {
		Model: engine.Model{
			Name: "fal-ai/kling-video/v2.1/master", Modes: []engine.Mode{t, f}, Seconds: []int{5, 10}, PromptLimit: 2500,
			AspectRatios: []string{"16:9", "9:16", "1:1"},
		},
		Paths: map[engine.Mode]string{
			t: "fal-ai/kling-video/v2.1/master/text-to-video", f: "fal-ai/kling-video/v2.1/master/image-to-video",
		},
		Inputs: engine.Inputs{
			Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Text: true, Aspect: "aspect_ratio", First: "image_url",
		},
	}, {
		Model: engine.Model{
			Name: "fal-ai/veo3", Modes: []engine.Mode{t, f}, Seconds: []int{4, 6, 8}, AspectRatios: []string{"16:9", "9:16"},
			Resolutions: []string{"720p", "1080p"}, ImageBytes: 8 << 20,
		},
		Paths: map[engine.Mode]string{t: "fal-ai/veo3", f: "fal-ai/veo3/image-to-video"},
		Inputs: engine.Inputs{
			Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Text: true, Unit: "s", Aspect: "aspect_ratio",
			Resolution: "resolution", Seed: "seed", First: "image_url",
		},
	}, {
		Model: engine.Model{
			Name: "fal-ai/bytedance/seedance/v1/pro", Modes: []engine.Mode{t, f, fl}, Seconds: []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
			AspectRatios: []string{"21:9", "16:9", "4:3", "1:1", "3:4", "9:16"}, Resolutions: []string{"480p", "720p", "1080p"},
		},
		Paths: map[engine.Mode]string{
			t: "fal-ai/bytedance/seedance/v1/pro/text-to-video",
			f: "fal-ai/bytedance/seedance/v1/pro/image-to-video", fl: "fal-ai/bytedance/seedance/v1/pro/image-to-video",
		},
		Inputs: engine.Inputs{
			Prompt: "prompt", Seconds: "duration", Text: true, Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
			First: "image_url", Last: "end_image_url",
		},
	}, {
		Model: engine.Model{
			Name: "fal-ai/luma-dream-machine/ray-2/modify", Modes: []engine.Mode{v}, Price: task.Price{PerSecond: 0.35, Currency: "USD"},
			Video: engine.VideoLimits{KeepsShape: true, KeepsResolution: true},
		},
		Paths:  map[engine.Mode]string{v: "fal-ai/luma-dream-machine/ray-2/modify"},
		Inputs: engine.Inputs{Prompt: "prompt", Video: "video_url"},
	}}
}
