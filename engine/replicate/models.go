package replicate

import "github.com/filmgate/filmgate/engine"

// models are the official models that this package knows.
func models() []Model {
	const t, f, fl, v = engine.FromText, engine.FromFirst, engine.FromFirstLast, engine.FromVideo
	return []Model{{
		Model: engine.Model{Name: "bytedance/seedance-1-pro", Modes: []engine.Mode{t, f, fl}, Seconds: []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
			AspectRatios: []string{"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"}, Resolutions: []string{"480p", "720p", "1080p"}},
		Inputs: engine.Inputs{Prompt: "prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
			First: "image", Last: "last_frame_image"},
	}, {
		Model: engine.Model{Name: "bytedance/seedance-1-lite", Modes: []engine.Mode{t, f, fl}, Seconds: []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
			AspectRatios: []string{"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"}, Resolutions: []string{"480p", "720p", "1080p"}},
		Inputs: engine.Inputs{Prompt: "prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
			First: "image", Last: "last_frame_image"},
	}, {
		Model:  engine.Model{Name: "kwaivgi/kling-v2.1-master", Modes: []engine.Mode{t, f}, Seconds: []int{5, 10}, AspectRatios: []string{"16:9", "9:16", "1:1"}},
		Inputs: engine.Inputs{Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", First: "start_image"},
	}, {
		Model:  engine.Model{Name: "minimax/hailuo-02", Modes: []engine.Mode{t, f, fl}, Seconds: []int{6, 10}, Resolutions: []string{"512p", "768p", "1080p"}},
		Inputs: engine.Inputs{Prompt: "prompt", Seconds: "duration", Resolution: "resolution", First: "first_frame_image", Last: "last_frame_image"},
	}, {
		Model: engine.Model{Name: "google/veo-3", Modes: []engine.Mode{t, f}, Seconds: []int{4, 6, 8}, AspectRatios: []string{"16:9", "9:16"},
			Resolutions: []string{"720p", "1080p"}},
		Inputs: engine.Inputs{Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution",
			Seed: "seed", First: "image"},
	}, {
		Model: engine.Model{Name: "luma/modify-video", Modes: []engine.Mode{v},
			Video: engine.VideoLimits{Bytes: 100_000_000, MaxSeconds: 30, KeepsShape: true, KeepsResolution: true}},
		Inputs: engine.Inputs{Prompt: "prompt", Video: "video_url"},
	}}
}
