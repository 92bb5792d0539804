package makevid

import (
	"maps"
	"slices"

	"github.com/filmgate/filmgate/internal/task"
)

// profile holds facts about a model's videos, as the published answers show them.
type profile struct {
	model     string
	frameRate int
	frames    map[int]int     // by length in seconds, as callers name it
	sizes     map[string]size // by aspect ratio; "" if the caller names none
}

// size is in pixels.
type size struct{ width, height int }

// profiles are all models, by family; the first of a family is its default.
var profiles = struct{ runway, luma, kling []profile }{
	runway: []profile{
		{model: "gen3a_turbo", frameRate: 24, frames: map[int]int{5: 125, 10: 253}, sizes: map[string]size{"": {1280, 768}}},
	},
	luma: []profile{
		{model: "ray-v1", frameRate: 24, frames: map[int]int{5: 121}, sizes: map[string]size{"": {1360, 752}}},
	},
	kling: []profile{
		{model: "kling-v1", frameRate: 30, frames: map[int]int{5: 153, 10: 303},
			sizes: map[string]size{"16:9": {1280, 720}, "9:16": {720, 1280}, "1:1": {960, 960}}},
	},
}

// seconds returns the lengths that the model makes, shortest first.
func (p profile) seconds() []int { return slices.Sorted(maps.Keys(p.frames)) }

// format returns the exact format of a video of that length and aspect ratio. Without a size for the ratio the size is zero:
// the gateway takes it from the picture's own shape.
func (p profile) format(seconds int, aspect string) task.Format {
	s := p.sizes[aspect]
	return task.Format{Width: s.width, Height: s.height, FrameRate: p.frameRate, Frames: p.frames[seconds]}
}

// find returns the profile of that model, or the family's default if there is none.
func find(all []profile, model string) profile {
	for _, p := range all {
		if p.model == model {
			return p
		}
	}
	return all[0]
}

// names returns the models' names.
func names(all []profile) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.model
	}
	return out
}
