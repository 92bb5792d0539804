package kling

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// variant is a row of the capability map (kling.ai/document-api/guides/capability-map/video).
type variant struct {
	name        string
	modes       string // t: from text; f: from a first frame; l: from a last frame; b: from both
	anyLength   bool   // any length from 3 to 15 seconds; else 5 or 10
	resolutions string // resolutions
}

// variants returns the models in order of preference. Kling's mode std is 720p, pro is 1080p, 4k is 4k.
func variants() []variant {
	return []variant{
		{"kling-v2-5-turbo", "tfb", false, "720p 1080p"},
		{"kling-v1", "tfb", false, "720p 1080p"},
		{"kling-v1-5", "flb", false, "720p 1080p"},
		{"kling-v1-6", "tflb", false, "720p 1080p"},
		{"kling-v2-master", "tf", false, "1080p"},
		{"kling-v2-1", "fb", false, "720p 1080p"},
		{"kling-v2-1-master", "tf", false, "1080p"},
		{"kling-v2-6", "tfb", false, "720p 1080p"},
		{"kling-v3", "tfb", true, "720p 1080p 4k"},
	}
}

// Capabilities describes the models. Prices depend on the mode (kling.ai/document-api/pricing/base/video), so only models
// with a single mode have one here; the configuration may set others. A finished task reports the units it cost.
func (e *Engine) Capabilities() engine.Capabilities {
	var models []engine.Model
	for _, v := range variants() {
		models = append(models, v.model())
	}
	return engine.Capabilities{
		Lane: task.Remote, Models: models, ExternalID: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 5 * time.Second, ResultLife: 30 * 24 * time.Hour,
	}
}

func (v variant) model() engine.Model {
	m := engine.Model{
		Name: v.name, Limits: task.Limits{Seconds: []int{5, 10}, AspectRatios: []string{"16:9", "9:16", "1:1"}, Resolutions: strings.Fields(v.resolutions), PromptLimit: 2500},
		Images: task.InputImageLimits{Types: []string{"image/jpeg", "image/png"}, Bytes: 10 << 20, MinSide: 300, MaxRatio: 2.5},
	}
	for _, letter := range v.modes {
		m.Modes = append(m.Modes, map[rune]engine.Mode{
			't': engine.FromText, 'f': engine.FromFirst, 'l': engine.FromLast, 'b': engine.FromFirstLast,
		}[letter])
	}
	if v.anyLength {
		m.Seconds = engine.SecondsRange(3, 15)
	}
	end := task.Limits{Seconds: []int{5}}
	if v.name != "kling-v1" { // later models take an end frame only in mode pro
		end = task.Limits{Resolutions: slices.DeleteFunc(slices.Clone(m.Resolutions), func(r string) bool { return r == "720p" })}
	}
	for _, mode := range []engine.Mode{engine.FromLast, engine.FromFirstLast} {
		if slices.Contains(m.Modes, mode) && len(m.Resolutions) > 1 {
			if m.ByMode == nil {
				m.ByMode = map[engine.Mode]task.Limits{}
			}
			m.ByMode[mode] = end
		}
	}
	if strings.HasSuffix(v.name, "-master") {
		m.Price = task.Price{PerSecond: 0.28, Currency: "USD"}
	}
	return m
}

// modeOf returns Kling's mode for a job: what the model and the end frame need, else the caller's mode, else that of the
// resolution; "" leaves it to Kling. A job that needs pro gets it even if the caller says "std", which may be a dialect's
// default.
func modeOf(job engine.Job) string {
	r := job.Request
	mode := cmp.Or(r.Mode, map[string]string{"720p": "std", "1080p": "pro", "4k": "4k"}[r.Resolution])
	end := job.Last != nil && job.Model != "kling-v1"
	if mode != "4k" && (end || strings.HasSuffix(job.Model, "-master")) {
		return "pro"
	}
	return mode
}

// checkCamera refuses a camera move that the capability map does not have, with a clearer text than Kling's. kling-v1 takes
// one from text, for 5 seconds, in std; kling-v1-5 takes one axis from a first frame, for 5 seconds, in pro.
func checkCamera(job engine.Job) error {
	c, mode := job.Request.Camera, modeOf(job)
	switch {
	case c == nil:
		return nil
	case job.Model == "kling-v1" && job.First == nil && job.Last == nil && job.Request.Seconds == 5 && mode != "pro":
		return nil
	case job.Model == "kling-v1-5" && job.First != nil && job.Last == nil && job.Request.Seconds == 5 && mode == "pro" && c.Preset == "":
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.Internal, Detail: "no camera control with " + job.Model,
		Text: "The model takes no camera move here. kling-v1 does: from text, 5 seconds long, in mode std.",
	}
}
