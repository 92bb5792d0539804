package minimax

import (
	_ "embed"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

//go:embed models.yaml
var table []byte

// call is how a model is called.
type call struct {
	Version string `yaml:"version"` // of the API: "v1" or "v2"; handles begin with it
}

// check refuses a combination that the model's limits do not rule out one by one: videos of 1080p are 6 seconds long.
func (c call) check(r task.Request) error {
	if c.Version != "v1" || r.Resolution != "1080p" || r.Seconds <= 6 {
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.VendorRefused, Detail: "1080p is 6 seconds long",
		Text: "With this model a video of 1080p is 6 seconds long. Ask for 6 seconds, or for 768p.",
	}
}

// rows returns the models. Only version 2 takes an aspect ratio, and only without a frame, whose shape the video has.
func rows() []engine.Row[call] {
	all := engine.ReadTable[call](table)
	frame := []engine.Part{engine.PartAspectRatio}
	for i := range all {
		all[i].Sends = append([]engine.Part{engine.PartWatermark, engine.PartResolution}, all[i].Sends...)
		if all[i].Call.Version == "v2" {
			all[i].Sends = append(all[i].Sends, engine.PartAspectRatio)
			all[i].Omits = map[engine.Mode][]engine.Part{engine.FromFirst: frame, engine.FromLast: frame, engine.FromFirstLast: frame}
		}
	}
	return all
}

// Capabilities describes the models. Tasks of version 2 are kept for seven days, and can be cancelled while they are queued. It has no
// prices, because they depend on the resolution.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: engine.ModelsOf(e.models), Cancel: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 10 * time.Second, ResultLife: 7 * 24 * time.Hour,
	}
}
