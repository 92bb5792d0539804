package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Part is an optional part of a request, by the name that callers and settings use.
type Part string

// The optional parts. A request with one that a model's engine does not send is carried out without it, and the task says so; only
// PartAudio is then refused. What a model can't do at all is an error of [Model.Check].
const (
	PartAudio       Part = "audio" // Request.Audio: whether there is to be sound
	PartNegative    Part = "negative_prompt"
	PartCamera      Part = "camera"
	PartCfgScale    Part = "cfg_scale"
	PartMode        Part = "mode"
	PartWatermark   Part = "watermark"
	PartAspectRatio Part = "aspect_ratio"
	PartResolution  Part = "resolution"
)

// Parts lists all optional parts.
func Parts() []Part {
	return []Part{PartAudio, PartNegative, PartCamera, PartCfgScale, PartMode, PartWatermark, PartAspectRatio, PartResolution}
}

// Sending returns models whose engine sends these parts, if they do not say it themselves.
func Sending(models []Model, parts ...Part) []Model {
	out := slices.Clone(models)
	for i := range out {
		if out[i].Sends == nil {
			out[i].Sends = parts
		}
	}
	return out
}

// sends reports whether the model's engine sends a part in a mode.
func (m Model) sends(p Part, mode Mode) bool {
	return slices.Contains(m.Sends, p) && !slices.Contains(m.Omits[mode], p)
}

// Ignored returns the wishes of r that the model makes its video without, though Check accepts r, each with the reason.
func (m Model) Ignored(r task.Request) []task.FieldError {
	mode := ModeOf(r)
	var out []task.FieldError
	add := func(field, format string, a ...any) {
		out = append(out, task.FieldError{Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	for part, asked := range map[Part]bool{
		PartNegative: r.NegativePrompt != "", PartCamera: r.Camera != nil, PartCfgScale: r.CfgScale != nil, PartMode: r.Mode != "", PartWatermark: r.Watermark,
	} {
		if asked && !m.sends(part, mode) {
			add(string(part), "model %s has no such setting", m.Name)
		}
	}
	if r.Seed != nil && !r.SeedDrawn && !m.Seed {
		add("seed", "model %s takes no seed", m.Name)
	}
	limits := m.ForMode(mode)
	if r.Resolution != "" && !m.sends(PartResolution, mode) && len(limits.Resolutions) != 1 {
		add("resolution", "model %s chooses the resolution itself", m.Name)
	}
	if w, h := frameShape(r); r.AspectRatio != "" && !m.sends(PartAspectRatio, mode) && len(limits.AspectRatios) != 1 && ratioDistance(r.AspectRatio, w, h) > sameShape {
		if w > 0 {
			add("aspect_ratio", "model %s gives the video the shape of its picture", m.Name)
		} else {
			add("aspect_ratio", "model %s chooses the shape itself", m.Name)
		}
	}
	addName := func(list string, i int, name string, known bool) {
		if name != "" && !known {
			add(fmt.Sprintf("%s/%d/name", list, i), "model %s knows no such names; where the prompt mentions it, that is a word like others", m.Name)
		}
	}
	for i, ref := range r.ReferenceImages {
		addName("reference_images", i, ref.Name, m.References.Names)
	}
	for i, ref := range r.ReferenceAudio {
		addName("reference_audio", i, ref.Name, m.References.Names && !m.References.Recording.Unnamed)
	}
	slices.SortFunc(out, func(a, b task.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return out
}

// sameShape is the distance of two shapes that count as one: the sides differ by 2 %.
const sameShape = 0.02

// WithShape returns r with the aspect ratio of the model's that is nearest to its frame, if it names none itself: vendors that are told
// nothing make 16:9 of a portrait. A model that follows its frame by itself gets r as it is.
func (m Model) WithShape(r task.Request) task.Request {
	mode := ModeOf(r)
	w, h := frameShape(r)
	if r.AspectRatio != "" || m.FollowsFrame || w == 0 || !m.sends(PartAspectRatio, mode) {
		return r
	}
	r.AspectRatio = NearestRatio(m.ForMode(mode).AspectRatios, w, h)
	return r
}

// NearestRatio returns the aspect ratio, such as "16:9", that is nearest to a shape; "" if there is none.
func NearestRatio(ratios []string, width, height int) string {
	best, nearest := math.Inf(1), ""
	for _, ratio := range ratios {
		if off := ratioDistance(ratio, width, height); off < best {
			best, nearest = off, ratio
		}
	}
	return nearest
}

// frameShape returns the size of the request's first frame, or else its last; 0 if it has none, or its size is not known.
func frameShape(r task.Request) (width, height int) {
	for _, img := range []*task.Image{r.First, r.Last} {
		if img != nil && img.Width > 0 && img.Height > 0 {
			return img.Width, img.Height
		}
	}
	return 0, 0
}

// ratioDistance returns by what factor the shape differs from an aspect ratio, as a logarithm; infinite if either is none.
func ratioDistance(ratio string, width, height int) float64 {
	var w, h float64
	if _, err := fmt.Sscanf(ratio, "%f:%f", &w, &h); err != nil || w <= 0 || h <= 0 || width <= 0 || height <= 0 {
		return math.Inf(1)
	}
	return math.Abs(math.Log(w / h * float64(height) / float64(width)))
}
