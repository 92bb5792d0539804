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
	all := slices.DeleteFunc(engine.ReadTable[call](table), func(r engine.Row[call]) bool { return r.Call.Route != "" && !apiKey })
	for i := range all {
		all[i].Sends, all[i].Omits = parts(all[i])
	}
	return all
}

// parts returns the optional parts of a request that are sent: beside a frame no aspect ratio, which is the frame's, and beside an end frame
// no mode but the one that it needs.
func parts(row engine.Row[call]) ([]engine.Part, map[engine.Mode][]engine.Part) {
	sends := append([]engine.Part{engine.PartWatermark, engine.PartAspectRatio, engine.PartResolution}, row.Sends...)
	omits := map[engine.Mode][]engine.Part{engine.FromFirst: {engine.PartAspectRatio}, engine.FromFirstLast: {engine.PartAspectRatio}}
	if row.Call.Route == "" {
		sends = append(sends, engine.PartNegative)
		if !strings.HasSuffix(row.Name, "-master") { // which has only one
			sends = append(sends, engine.PartMode)
		}
		omits[engine.FromFirstLast] = append(omits[engine.FromFirstLast], engine.PartMode)
	}
	return sends, omits
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
