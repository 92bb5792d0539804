package kling

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

//go:embed models.yaml
var table []byte

// call is how a model is called.
type call struct {
	Route     string `yaml:"route"`      // of the API of 2026: "to-video" or "omni-video"; "" = the API of /v1
	NoOptions bool   `yaml:"no_options"` // the model refuses callback_url and external_task_id
}

// rows returns the models that a key can use: the API of 2026 takes only API keys.
func rows(apiKey bool) []engine.Row[call] {
	return slices.DeleteFunc(engine.ReadTable[call](table), func(r engine.Row[call]) bool { return r.Call.Route != "" && !apiKey })
}

// Capabilities describes the models. Prices depend on the mode (kling.ai/document-api/pricing/base/video), so only models
// with a single mode have one here; the configuration may set others. A finished task reports the units it cost. Kling's mode std is
// 720p, pro is 1080p, 4k is 4k.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: engine.ModelsOf(e.models), ExternalID: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 5 * time.Second, ResultLife: 30 * 24 * time.Hour,
	}
}

// modeOf returns Kling's mode for a job: what the model, the end frame and sound need, else the caller's mode, else that of the
// resolution; "" leaves it to Kling. A job that needs pro gets it even if the caller says "std", which may be a dialect's
// default.
func modeOf(job engine.Job, row engine.Row[call]) string {
	r := job.Request
	mode := cmp.Or(r.Mode, map[string]string{"720p": "std", "1080p": "pro", "4k": "4k"}[r.Resolution])
	loud := engine.WithSound(r) && slices.Contains(row.SoundIn.Resolutions, "1080p")
	if mode != "4k" && (job.Last != nil || loud || strings.HasSuffix(job.Model, "-master")) {
		return "pro"
	}
	return mode
}

// checkCamera refuses a camera move, with a clearer text than Kling's: only the models of version 1 took one.
func checkCamera(job engine.Job) error {
	if job.Request.Camera == nil {
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.Internal, Detail: "no camera control with " + job.Model,
		Text: "Kling's models take no camera move any more. Say in the prompt how the camera moves.",
	}
}
