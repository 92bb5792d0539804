package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/task"
)

// PromptUnit is what a limit on prompts counts.
type PromptUnit string

// The units.
const (
	Characters PromptUnit = ""            // Unicode code points
	UTF16Units PromptUnit = "utf16_units" // what JavaScript counts: two for an emoji
)

// String returns the unit's name, for people.
func (u PromptUnit) String() string {
	if u == UTF16Units {
		return "UTF-16 units"
	}
	return "characters"
}

func (u PromptUnit) count(s string) int {
	if u != UTF16Units {
		return utf8.RuneCountInString(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// ForMode returns the model with the limits of a mode. Limits on what can't be requested in that mode are removed.
func (m Model) ForMode(mode Mode) Model {
	if mode == FromVideo && m.Video.KeepsShape {
		m.AspectRatios = nil
	}
	if mode == FromVideo && m.Video.KeepsResolution {
		m.Resolutions = nil
	}
	l := m.ByMode[mode]
	if len(l.Seconds) > 0 || l.MaxSeconds > 0 {
		m.Seconds, m.MaxSeconds = l.Seconds, l.MaxSeconds
	}
	if len(l.AspectRatios) > 0 {
		m.AspectRatios = l.AspectRatios
	}
	if len(l.Resolutions) > 0 {
		m.Resolutions = l.Resolutions
	}
	if l.PromptLimit > 0 {
		m.PromptLimit = l.PromptLimit
	}
	m.NeedsPrompt = m.NeedsPrompt || l.NeedsPrompt
	return m
}

// Supports reports whether the model can start from mode.
func (m Model) Supports(mode Mode) bool { return slices.Contains(m.supportedModes(), mode) }

// supportedModes returns what the model can start from. A model that names no modes takes no videos.
func (m Model) supportedModes() []Mode {
	if len(m.Modes) == 0 {
		return FrameModes()
	}
	return m.Modes
}

// checkVideo returns the errors for an input video that the model can't use. What the gateway does not know yet is not
// checked.
func (m Model) checkVideo(r task.Request) []task.FieldError {
	if r.Video == nil {
		return nil
	}
	var out []task.FieldError
	for _, in := range []struct {
		img   *task.Image
		field string
	}{{r.First, "first_frame"}, {r.Last, "last_frame"}} {
		if in.img != nil {
			out = append(out, task.FieldError{Field: imageField(in.img, in.field), Detail: "can't be combined with a video"})
		}
	}
	if !m.Supports(FromVideo) {
		return out // that is an error of the mode
	}
	return append(append(out, m.checkVideoFile(*r.Video)...), m.checkVideoResult(r)...)
}

// checkVideoFile checks the video itself against the model's limits.
func (m Model) checkVideoFile(v task.InputVideo) []task.FieldError {
	limits := m.Video
	e := fileErrors{model: m.Name}
	e.checkSize(v.Type, v.Size, limits.Types, limits.Bytes)
	if limits.MaxFrameRate > 0 && v.FrameRate > limits.MaxFrameRate+0.01 { // frame rates are averages
		e.add("%.4g frames a second; model %s takes at most %v", v.FrameRate, m.Name, limits.MaxFrameRate)
	}
	e.checkLength(videoSeconds(v), limits.MinSeconds, limits.MaxSeconds)
	return e.of(videoField(&v))
}

// fileErrors collects why a model can't use an input video or a recording. A fact of the file, or a limit of the model, that is zero is
// not known.
type fileErrors struct {
	model   string
	details []string
}

func (e *fileErrors) add(format string, a ...any) {
	e.details = append(e.details, fmt.Sprintf(format, a...))
}

// checkSize compares a file's media type and bytes with those that the model takes.
func (e *fileErrors) checkSize(kind string, size int64, kinds []string, most int64) {
	if kind != "" && len(kinds) > 0 && !slices.Contains(kinds, kind) {
		e.add("model %s takes %s, not %s", e.model, join(kinds), kind)
	}
	if most > 0 && size > most {
		e.add("%d bytes; model %s takes at most %d", size, e.model, most)
	}
}

// checkLength compares a file's seconds with those that the model takes.
func (e *fileErrors) checkLength(length, least, most float64) {
	if length > 0 && length < least {
		e.add("%v seconds; model %s needs at least %v", length, e.model, least)
	}
	if most > 0 && length > most {
		e.add("%v seconds; model %s takes at most %v", length, e.model, most)
	}
}

// of returns what was found as the error of a field; nil if it was nothing.
func (e *fileErrors) of(field string) []task.FieldError {
	if len(e.details) == 0 {
		return nil
	}
	return []task.FieldError{{Field: field, Detail: strings.Join(e.details, "; ")}}
}

// checkVideoResult returns the errors for what can't be requested of a video made from another.
func (m Model) checkVideoResult(r task.Request) []task.FieldError {
	var out []task.FieldError
	add := func(field, format string, a ...any) {
		out = append(out, task.FieldError{Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	if r.AspectRatio != "" && m.Video.KeepsShape {
		add("aspect_ratio", "%q is not possible: model %s keeps the input video's aspect ratio", r.AspectRatio, m.Name)
	}
	if r.Resolution != "" && m.Video.KeepsResolution {
		add("resolution", "%q is not possible: model %s takes the resolution from the input video", r.Resolution, m.Name)
	}
	if length := videoSeconds(*r.Video); length > 0 && !m.Video.FreeLength && r.Seconds != 0 && r.Seconds != r.Video.WholeSeconds() {
		add("seconds", "%d is not possible with model %s: the result is as long as the input video, %v seconds", r.Seconds, m.Name, length)
	}
	return out
}

// videoSeconds returns a video's length in seconds, to the thousandth; 0 if it is unknown.
func videoSeconds(v task.InputVideo) float64 { return v.Duration.Round(time.Millisecond).Seconds() }

func videoField(v *task.InputVideo) string {
	if v.Field != "" {
		return v.Field
	}
	return "video"
}

// imageField returns the picture's own field, or the usual one if it names none.
func imageField(img *task.Image, usual string) string {
	if img.Field != "" {
		return img.Field
	}
	return usual
}
