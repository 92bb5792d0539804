package engine

import (
	"encoding/base64"
	"maps"
	"strconv"
)

// The parts of a job that Inputs can place.
const (
	InPrompt     = "prompt"
	InNegative   = "negative_prompt"
	InSeconds    = "seconds"
	InAspect     = "aspect_ratio"
	InResolution = "resolution"
	InSeed       = "seed"
	InFirst      = "first_frame"
	InLast       = "last_frame"
)

// Inputs says as data how a model wants a job. Vendors that serve many makers' models need it: each model there has
// names of its own for the same few parts.
type Inputs struct {
	Names map[string]string // part to the model's name of it; a part without one is not sent
	Unit  string            // seconds are sent as text with this behind them, "5" or "8s"; "" without Text = a number
	Text  bool              // seconds are sent as text
	Fixed map[string]any    // sent as it is
}

// Of makes the object that the model wants. Parts that the job has not are left out.
func (in Inputs) Of(j Job) map[string]any {
	out := map[string]any{}
	maps.Copy(out, in.Fixed)
	for part, value := range in.parts(j) {
		if name, ok := in.Names[part]; ok {
			out[name] = value
		}
	}
	return out
}

// parts lists what the job has.
func (in Inputs) parts(j Job) map[string]any {
	out := map[string]any{}
	for part, text := range map[string]string{
		InPrompt: j.Prompt(), InNegative: j.Request.NegativePrompt, InAspect: j.Request.AspectRatio, InResolution: j.Request.Resolution,
	} {
		if text != "" {
			out[part] = text
		}
	}
	if s := j.Request.Seconds; s > 0 {
		out[InSeconds] = s
		if in.Text || in.Unit != "" {
			out[InSeconds] = strconv.Itoa(s) + in.Unit
		}
	}
	if j.Request.Seed != nil {
		out[InSeed] = *j.Request.Seed
	}
	if j.First != nil {
		out[InFirst] = j.First.Link()
	}
	if j.Last != nil {
		out[InLast] = j.Last.Link()
	}
	return out
}

// Link is where a vendor gets the picture: its URL, or the picture itself as a data URI where it has none.
func (p *Picture) Link() string {
	if p.URL != "" {
		return p.URL
	}
	return "data:" + p.Type + ";base64," + base64.StdEncoding.EncodeToString(p.Bytes)
}
