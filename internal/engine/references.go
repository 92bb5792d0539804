package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Sound says whether a model's videos have sound.
type Sound string

// The kinds of sound.
const (
	SoundUnknown  Sound = ""
	SoundNone     Sound = "none"     // never
	SoundAlways   Sound = "always"   // always
	SoundOptional Sound = "optional" // if the vendor is asked for it
)

// SoundLimits says which videos of a model of optional sound can have it. An empty list is all.
type SoundLimits struct {
	Modes       []Mode
	Resolutions []string
}

// sound returns whether the model's videos have sound, as far as a request can choose: sound that the vendor could be asked for, and
// for which the engine sends nothing, is unknown.
func (m Model) sound() Sound {
	if m.Sound == SoundOptional && !slices.Contains(m.Sends, PartAudio) {
		return SoundUnknown
	}
	return m.Sound
}

// SoundText returns what a request can choose about sound: "none", "always", "optional" or "unknown".
func (m Model) SoundText() string {
	if s := m.sound(); s != SoundUnknown {
		return string(s)
	}
	return "unknown"
}

// WithSound reports whether an engine asks the vendor for sound, if its model lets requests choose: only if the caller did.
func WithSound(r task.Request) bool { return r.Audio != nil && *r.Audio }

// checkSound returns the error for a wish that the model can't fulfill. A caller who did not say gets what the model makes.
func (m Model) checkSound(r task.Request, mode Mode) []task.FieldError {
	if r.Audio == nil {
		return nil
	}
	var detail string
	switch sound, on := m.sound(), *r.Audio; {
	case sound == SoundUnknown && on:
		detail = fmt.Sprintf("model %s can't be asked for sound; allowed: false", m.Name)
	case sound == SoundNone && on:
		detail = fmt.Sprintf("model %s makes no sound; allowed: false", m.Name)
	case sound == SoundAlways && !on:
		detail = fmt.Sprintf("model %s always makes sound; allowed: true", m.Name)
	case on && len(m.SoundIn.Modes) > 0 && !slices.Contains(m.SoundIn.Modes, mode):
		detail = fmt.Sprintf("model %s makes no sound from %s; allowed: false", m.Name, modeName(mode))
	case on && len(m.SoundIn.Resolutions) > 0 && r.Resolution != "" && !slices.Contains(m.SoundIn.Resolutions, r.Resolution):
		detail = fmt.Sprintf("model %s makes no sound at %s; with sound, resolution may be %s", m.Name, r.Resolution, join(m.SoundIn.Resolutions))
	default:
		return nil
	}
	return []task.FieldError{{Field: "audio", Detail: detail}}
}

// checkReferences returns the errors for references that the model can't use. The limits on pictures are those of checkImages.
func (m Model) checkReferences(r task.Request, mode Mode) []task.FieldError {
	if !r.HasReferences() || !m.Supports(mode) { // that is an error of the mode
		return nil
	}
	var out []task.FieldError
	add := func(field, format string, a ...any) {
		out = append(out, task.FieldError{Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	limits := m.References
	if mode != FromReferences && !slices.Contains(limits.Beside, string(mode)) {
		add(referencesField(r), "model %s takes no references beside %s", m.Name, modeName(mode))
		return out
	}
	if n := len(r.ReferenceImages); n > limits.Images {
		add("reference_images", "there are %d; model %s takes %s", n, m.Name, atMost(limits.Images))
	}
	if n := len(r.ReferenceAudio); n > limits.Audio {
		add("reference_audio", "there are %d; model %s takes %s", n, m.Name, atMost(limits.Audio))
	} else if n > 0 && limits.NeedsImage && len(r.ReferenceImages) == 0 {
		add("reference_audio", "model %s takes recordings only beside reference_images", m.Name)
	}
	for i, img := range r.ReferenceImages {
		if img.Role != task.RoleGeneral && !slices.Contains(limits.Roles, img.Role) {
			add(roleField(i, img), "%s is not possible with model %s; allowed: %s", img.Role, m.Name,
				join(append([]task.ReferenceRole{task.RoleGeneral}, limits.Roles...)))
		}
	}
	for i, a := range r.ReferenceAudio {
		out = append(out, m.checkRecording(i, a)...)
	}
	return out
}

// roleField returns the field of an image's role.
func roleField(i int, img task.ReferenceImage) string {
	if around, ok := strings.CutSuffix(img.Field, "/url"); ok {
		return around + "/role"
	}
	return fmt.Sprintf("reference_images/%d/role", i)
}

// checkRecording returns the error for a recording that the model can't use. What the gateway does not know yet is not checked.
func (m Model) checkRecording(i int, a task.InputAudio) []task.FieldError {
	limits := m.References.Recording
	e := fileErrors{model: m.Name}
	e.checkSize(a.Type, a.Size, limits.Types, limits.Bytes)
	e.checkLength(a.Duration.Round(time.Millisecond).Seconds(), limits.MinSeconds, limits.MaxSeconds)
	return e.of(cmp.Or(a.Field, fmt.Sprintf("reference_audio/%d", i)))
}

// referencesField returns the field of a request's references.
func referencesField(r task.Request) string {
	if len(r.ReferenceImages) == 0 {
		return "reference_audio"
	}
	return "reference_images"
}

func atMost(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprintf("at most %d", n)
}
