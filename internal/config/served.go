package config

import (
	"math"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// ServedModel is a model under serves: of the operator's own server, or of a vendor that serves many makers' models, with
// how it is called there.
type ServedModel struct {
	Model      `yaml:",inline"`
	Paths      map[string]string            `yaml:"paths"`       // by mode, where it is called; none = its name
	Inputs     map[string]string            `yaml:"inputs"`      // by part of a request, its name for it; "" = it has no such input
	ModeInputs map[string]map[string]string `yaml:"mode_inputs"` // by mode, the names that are others there
	SecondsAs  string                       `yaml:"seconds_as"`  // number, text or text_s; "" = as the vendor's models usually want them
	SeedMax    int64                        `yaml:"seed_max"`    // larger seeds are folded into 0..seed_max; 0 = every seed will do
	Fixed      map[string]any               `yaml:"fixed"`       // inputs that are always the same
}

// How seconds are sent.
const (
	secondsNumber = "number" // 5
	secondsText   = "text"   // "5"
	secondsUnit   = "text_s" // "5s"
)

// ModelHost describes a vendor that serves many makers' models.
type ModelHost struct {
	Defaults  func() engine.Inputs    // how most models there name their inputs
	CheckPath func(path string) error // whether a model can be called there
}

// inputs returns the names of the model's inputs in a mode. A part that most models of the vendor have no input for is sent
// only if the model's settings name it.
func (m ServedModel) inputs(mode engine.Mode, usual engine.Inputs) engine.Inputs {
	in := usual
	in.Negative, in.Fixed, in.SeedMax = "", m.Fixed, uint32(min(max(m.SeedMax, 0), math.MaxUint32)) //nolint:gosec // within
	if !m.Seed {
		in.Seed = ""
	}
	if len(m.AspectRatios) == 0 {
		in.Aspect = ""
	}
	if len(m.Resolutions) == 0 {
		in.Resolution = ""
	}
	if mode == engine.FromVideo { // most take the length, the shape and the size from the input
		in.Seconds, in.Aspect, in.Resolution, in.First, in.Last = "", "", "", "", ""
	}
	for _, names := range []map[string]string{m.Inputs, m.ModeInputs[string(mode)]} {
		for part, name := range names {
			if at := in.Field(part); at != nil {
				*at = name
			}
		}
	}
	switch m.SecondsAs {
	case secondsNumber:
		in.SecondsAsText, in.SecondsUnit = false, ""
	case secondsText:
		in.SecondsAsText, in.SecondsUnit = true, ""
	case secondsUnit:
		in.SecondsAsText, in.SecondsUnit = true, "s"
	}
	return in
}

// path returns the path at which the model is called in a mode.
func (m ServedModel) path(mode engine.Mode) string {
	if p, ok := m.Paths[string(mode)]; ok || len(m.Paths) > 0 {
		return p
	}
	return m.Name
}

// modes returns the model's modes.
func (m ServedModel) modes() []engine.Mode {
	var out []engine.Mode
	for _, mode := range m.Modes {
		out = append(out, engine.Mode(mode))
	}
	if len(out) == 0 {
		return engine.FrameModes()
	}
	return out
}

// Models returns the models of the settings file, as the vendor's engine takes them.
func (k ModelHost) Models(all []ServedModel) engine.ModelTable {
	var out engine.ModelTable
	for _, m := range all {
		o := engine.TableModel{Model: m.EngineModel(), Endpoints: map[engine.Mode]engine.Endpoint{}}
		for _, mode := range m.modes() {
			in := m.inputs(mode, k.Defaults())
			o.Endpoints[mode] = engine.Endpoint{Path: m.path(mode), Inputs: in}
			if mode == engine.FromVideo {
				o.Video.FreeLength, o.Video.KeepsShape, o.Video.KeepsResolution = in.Seconds != "", in.Aspect == "", in.Resolution == ""
			}
		}
		out = append(out, o)
	}
	return out
}

// check reports a price below zero.
func (p Price) check(at []any, f *checker) {
	if p.PerSecond < 0 || p.PerClip < 0 {
		f.add(at, "a price is less than 0")
	}
}

// price returns the price of the settings file.
func (p Price) price() task.Price {
	if p.Currency == "" {
		p.Currency = "USD"
	}
	return task.Price(p)
}

// Models returns the models under serves, as an engine declares them.
func (e Engine) Models() []engine.Model {
	var out []engine.Model
	for _, m := range e.Serves {
		out = append(out, m.EngineModel())
	}
	return out
}

// EngineModel returns the model as an engine declares it.
func (m Model) EngineModel() engine.Model {
	out := engine.Model{
		Name: m.Name, Seed: m.Seed,
		Limits: task.Limits{
			Seconds: m.Seconds, MaxSeconds: m.MaxSeconds, AspectRatios: m.AspectRatios, Resolutions: m.Resolutions,
			PromptLimit: m.PromptLimit,
		},
		Images: task.InputImageLimits{
			Types: m.ImageTypes, Bytes: m.ImageBytes, MinSide: m.ImageMinSide, MaxSide: m.ImageMaxSide, MaxRatio: m.ImageMaxRatio,
		},
		Video: task.InputVideoLimits{Bytes: m.VideoBytes, MinSeconds: m.VideoMinSeconds, MaxSeconds: m.VideoMaxSeconds},
	}
	if m.Price != nil {
		out.Price = m.Price.price()
	}
	for _, mode := range m.Modes {
		out.Modes = append(out.Modes, engine.Mode(mode))
	}
	return out
}
