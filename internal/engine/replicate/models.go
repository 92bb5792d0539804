package replicate

import (
	_ "embed"

	"github.com/filmgate/filmgate/internal/engine"
)

//go:embed models.yaml
var table []byte

// DefaultInputs returns the input names that most video models at Replicate use.
func DefaultInputs() engine.Inputs {
	return engine.Inputs{
		Prompt: "prompt", Negative: "negative_prompt", Seconds: "duration", Aspect: "aspect_ratio", Resolution: "resolution", Seed: "seed",
		Audio: "generate_audio", First: "image", Last: "last_frame_image",
	}
}
