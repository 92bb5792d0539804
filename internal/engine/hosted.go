package engine

import "slices"

// HostCall says how a model is called at a vendor that serves many makers' models, where it is not called as most are there.
type HostCall struct {
	Paths      map[Mode]string            `yaml:"paths"`       // where it is called; none = its name
	Inputs     map[string]string          `yaml:"inputs"`      // by part of a request (InputParts), its name for it; "" = it has no such input
	ModeInputs map[Mode]map[string]string `yaml:"mode_inputs"` // the names that are others in a mode
	SecondsAs  string                     `yaml:"seconds_as"`  // one of the constants below; "" = as usual
	SeedMax    uint32                     `yaml:"seed_max"`    // as Inputs.SeedMax
	Fixed      map[string]any             `yaml:"fixed"`       // inputs that are always the same

	ImageMention string `yaml:"image_mention"` // as Inputs.ImageMention
	AudioMention string `yaml:"audio_mention"` // as Inputs.AudioMention
	FromZero     bool   `yaml:"from_zero"`     // as Inputs.MentionFromZero
}

// How seconds are sent.
const (
	SecondsNumber   = "number" // 5
	SecondsText     = "text"   // "5"
	SecondsWithUnit = "text_s" // "5s"
)

// ReadHosted reads a table of models whose call is a HostCall, as [ReadTable] does. usual names the inputs of most models at the vendor.
func ReadHosted(table []byte, usual Inputs) ModelTable {
	var out ModelTable
	for _, row := range ReadTable[HostCall](table) {
		out = append(out, row.Call.Model(row.Model, usual))
	}
	return out
}

// Model returns the model with its endpoints, one for each of its modes. In the mode FromVideo, the request chooses what has an input.
func (c HostCall) Model(m Model, usual Inputs) TableModel {
	out := TableModel{Model: m, Endpoints: map[Mode]Endpoint{}}
	out.Sends, out.Omits = nil, map[Mode][]Part{} // they follow from the inputs
	modes := m.Modes
	if len(modes) == 0 && m.Until.IsZero() {
		modes = FrameModes()
	}
	for _, mode := range modes {
		in := c.inputs(m, mode, usual)
		path, ok := c.Paths[mode]
		if !ok && len(c.Paths) == 0 {
			path = m.Name
		}
		out.Endpoints[mode] = Endpoint{Path: path, Inputs: in}
		if in.Audio != "" {
			out.Sound = SoundOptional
		}
		for _, part := range Parts() {
			if name := in.Field(string(part)); name == nil || *name == "" {
				out.Omits[mode] = append(out.Omits[mode], part)
			} else if !slices.Contains(out.Sends, part) {
				out.Sends = append(out.Sends, part)
			}
		}
		if mode == FromVideo {
			out.Video.FreeLength, out.Video.KeepsShape, out.Video.KeepsResolution = in.Seconds != "", in.Aspect == "", in.Resolution == ""
		}
	}
	return out
}

// inputs returns the names of the model's inputs in a mode. A part that most models of the vendor have no input for is sent only if
// the call names it.
func (c HostCall) inputs(m Model, mode Mode, usual Inputs) Inputs {
	in := usual
	in.Negative, in.Fixed, in.SeedMax, in.ImageMention, in.AudioMention, in.MentionFromZero = "", c.Fixed, c.SeedMax, c.ImageMention, c.AudioMention, c.FromZero
	if m.Sound != SoundOptional {
		in.Audio = ""
	}
	if !m.Seed {
		in.Seed = ""
	}
	if len(m.AspectRatios) == 0 {
		in.Aspect = ""
	}
	if len(m.Resolutions) == 0 {
		in.Resolution = ""
	}
	if mode == FromVideo { // most take the length, the shape and the size from the input
		in.Seconds, in.Aspect, in.Resolution, in.First, in.Last = "", "", "", "", ""
	}
	if mode == FromReferences {
		in.First, in.Last = "", ""
	}
	for _, names := range []map[string]string{c.Inputs, c.ModeInputs[mode]} {
		for part, name := range names {
			if at := in.Field(part); at != nil {
				*at = name
			}
		}
	}
	switch c.SecondsAs {
	case SecondsNumber:
		in.SecondsAsText, in.SecondsUnit = false, ""
	case SecondsText:
		in.SecondsAsText, in.SecondsUnit = true, ""
	case SecondsWithUnit:
		in.SecondsAsText, in.SecondsUnit = true, "s"
	}
	return in
}
