package openrouter

import (
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// names are OpenRouter's video models, as its reference and its clients name them (read 2026-11-28). The list changes often; a
// model that it lacks needs a route in the settings.
var names = []string{
	"alibaba/happyhorse-1.0", "alibaba/happyhorse-1.1", "alibaba/wan-2.6", "alibaba/wan-2.7", "alibaba/wan-3.0",
	"bytedance/seedance-1-5-pro", "bytedance/seedance-1.5-pro", "bytedance/seedance-2.0", "bytedance/seedance-2.0-fast", "bytedance/seedance-2.0-mini",
	"bytedance/seedance-2.5",
	"google/veo-3.1", "google/veo-3.1-fast", "google/veo-3.1-lite",
	"kwaivgi/kling-v2.6", "kwaivgi/kling-v3.0-pro", "kwaivgi/kling-v3.0-std", "kwaivgi/kling-video-o1",
	"minimax/hailuo-2.3", "minimax/hailuo-3", "minimax/minimax-h3",
	"openai/sora-2", "openai/sora-2-pro",
	"runway/gen-4.5",
	"x-ai/grok-imagine-video", "x-ai/grok-imagine-video-1.5",
}

// listed is the day of the list above, which the models' entries give as the day they were created.
var listed = time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)

// Models returns the models that callers may name.
func Models() map[string][]string { return map[string][]string{Dialect: slices.Clone(names)} }

// known returns every model that a caller may name: OpenRouter's and the operator's, sorted.
func (c calls) known() []string { return dialect.KnownModels(names, c.gw.RoutedModels()) }

// routerModels is the list of models.
type routerModels struct {
	Data []routerModel `json:"data" doc:"The video models that a create may name."`
}

type routerModel struct {
	ID           string    `json:"id" doc:"The model's name, as a create takes it."`
	Slug         string    `json:"canonical_slug" doc:"The same."`
	Name         string    `json:"name" doc:"The same."`
	Created      int64     `json:"created" doc:"When the name was listed here, in Unix seconds."`
	Resolutions  *[]string `json:"supported_resolutions" doc:"What the model's engine makes; null if any."`
	AspectRatios *[]string `json:"supported_aspect_ratios" doc:"What the model's engine makes; null if any."`
	Sizes        *[]string `json:"supported_sizes" doc:"null: any size of which the engine makes the resolution and the shape."`
	Durations    *[]int    `json:"supported_durations" doc:"The lengths in seconds; null if any up to 60."`
	FrameImages  []string  `json:"supported_frame_images" doc:"The frames that a create may give."`
	Audio        *bool     `json:"generate_audio" doc:"null: the engine decides."`
	Seed         *bool     `json:"seed" doc:"Whether the same seed makes the same video again; null if that is not known."`
	Passthrough  []string  `json:"allowed_passthrough_parameters" doc:"None."`
}

func encodeModels(known []string, offers func(string) []task.Offer) routerModels {
	out := routerModels{Data: []routerModel{}}
	for _, name := range known {
		m := routerModel{ID: name, Slug: name, Name: name, Created: listed.Unix(), FrameImages: []string{"first_frame", "last_frame"}, Passthrough: []string{}}
		if all := offers(name); len(all) > 0 {
			m.Resolutions, m.AspectRatios, m.Durations = limit(all[0].Resolutions), limit(all[0].AspectRatios), limit(all[0].Seconds)
			m.Seed = &all[0].Seed
			m.FrameImages = framesOf(all[0].Modes)
		}
		out.Data = append(out.Data, m)
	}
	return out
}

// limit returns nil for a list without an entry, which means any.
func limit[T any](list []T) *[]T {
	if len(list) == 0 {
		return nil
	}
	return &list
}

// framesOf returns the frames that an engine of these modes can start from or end with.
func framesOf(modes []string) []string {
	out := []string{}
	for _, kind := range []string{"first_frame", "last_frame"} {
		if len(modes) == 0 || slices.Contains(modes, kind) || slices.Contains(modes, "first_and_last_frame") {
			out = append(out, kind)
		}
	}
	return out
}
