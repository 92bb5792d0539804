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

	MaxReferenceImages int `yaml:"max_reference_images"` // 0 = none
	MaxReferenceAudio  int `yaml:"max_reference_audio"`  // 0 = none
}

// ModelHost describes a vendor that serves many makers' models.
type ModelHost struct {
	Defaults  func() engine.Inputs    // how most models there name their inputs
	CheckPath func(path string) error // whether a model can be called there
}

// call returns how the model is called.
func (m ServedModel) call() engine.HostCall {
	c := engine.HostCall{
		Inputs: m.Inputs, SecondsAs: m.SecondsAs, SeedMax: uint32(min(max(m.SeedMax, 0), math.MaxUint32)), //nolint:gosec // within
		Fixed: m.Fixed, Paths: map[engine.Mode]string{}, ModeInputs: map[engine.Mode]map[string]string{},
	}
	for mode, path := range m.Paths {
		c.Paths[engine.Mode(mode)] = path
	}
	for mode, names := range m.ModeInputs {
		c.ModeInputs[engine.Mode(mode)] = names
	}
	return c
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
		out = append(out, m.call().Model(m.hostedModel(), k.Defaults()))
	}
	return out
}

// hostedModel returns the model as the engine of a vendor that serves many makers' models declares it. Its references may be beside
// all that it starts from.
func (m ServedModel) hostedModel() engine.Model {
	out := m.EngineModel()
	out.References = task.ReferenceLimits{Images: m.MaxReferenceImages, Audio: m.MaxReferenceAudio}
	for _, mode := range m.modes() {
		if mode != engine.FromText && mode != engine.FromReferences {
			out.References.Beside = append(out.References.Beside, string(mode))
		}
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
