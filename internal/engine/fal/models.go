package fal

import (
	_ "embed"

	"github.com/filmgate/filmgate/internal/engine"
)

//go:embed models.yaml
var table []byte

// DefaultInputs returns the input names that most of fal's models use.
func DefaultInputs() engine.Inputs {
	return engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", SecondsAsText: true, Aspect: "aspect_ratio", Resolution: "resolution",
		Seed: "seed", Audio: "generate_audio", First: "image_url", Last: "end_image_url", Video: "video_url",
	}
}
