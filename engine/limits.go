package engine

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/filmgate/filmgate/task"
)

// Limits are those of a model that may be others in one of its modes. A zero limit is the model's own.
type Limits struct {
	Seconds      []int // lengths; where they or MaxSeconds are set, none of the model's own limits on length holds
	MaxSeconds   int
	AspectRatios []string
	Resolutions  []string
	PromptLimit  int
}

// VideoLimits is what a model takes as an input video. A zero limit is none.
type VideoLimits struct {
	Types      []string // media types; empty = MP4 and QuickTime
	Bytes      int64    // at most
	MinSeconds float64  // of running time
	MaxSeconds float64  // of running time
	FreeLength bool     // the model makes the lengths that it has in this mode; else as long as the input video
}

// Unit is what a limit on texts counts.
type Unit string

// The units.
const (
	Characters Unit = ""      // Unicode code points
	UTF16Units Unit = "utf16" // what JavaScript counts: two for an emoji
)

// String is the unit's name, for people.
func (u Unit) String() string {
	if u == UTF16Units {
		return "UTF-16 units"
	}
	return "characters"
}

func (u Unit) count(s string) int {
	if u != UTF16Units {
		return utf8.RuneCountInString(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// In is the model with the limits that hold in a mode.
func (m Model) In(mode Mode) Model {
	l, ok := m.ByMode[mode]
	if !ok {
		return m
	}
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
	return m
}

// Takes reports whether the model can start from that.
func (m Model) Takes(mode Mode) bool { return slices.Contains(m.modes(), mode) }

// modes are what the model can start from; a server that says nothing of it takes no videos.
func (m Model) modes() []Mode {
	if len(m.Modes) == 0 {
		return []Mode{FromText, FromFirst, FromLast, FromFirstLast}
	}
	return m.Modes
}

// checkVideo says why the model can't use the input video. Its facts are known once the gateway took it in; before, only
// what is known is checked.
func (m Model) checkVideo(r task.Request) []task.Fault {
	v := r.Video
	if v == nil {
		return nil
	}
	var out []task.Fault
	fault := func(field, format string, a ...any) {
		out = append(out, task.Fault{Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	for _, in := range []struct {
		img   *task.Image
		field string
	}{{r.First, "first_frame"}, {r.Last, "last_frame"}} {
		if in.img != nil {
			fault(fieldOf(in.img, in.field), "can't go together with a video")
		}
	}
	if !m.Takes(FromVideo) {
		return out // which is said already
	}
	field, limits := videoField(v), m.Video
	if v.Type != "" && len(limits.Types) > 0 && !slices.Contains(limits.Types, v.Type) {
		fault(field, "model %s takes %s, not %s", m.Name, list(limits.Types), v.Type)
	}
	if limits.Bytes > 0 && v.Size > limits.Bytes {
		fault(field, "%d bytes; model %s takes at most %d", v.Size, m.Name, limits.Bytes)
	}
	switch length := v.Duration.Round(time.Millisecond).Seconds(); {
	case length <= 0:
		return out
	case length < limits.MinSeconds:
		fault(field, "%v seconds; model %s needs at least %v", length, m.Name, limits.MinSeconds)
	case limits.MaxSeconds > 0 && length > limits.MaxSeconds:
		fault(field, "%v seconds; model %s takes at most %v", length, m.Name, limits.MaxSeconds)
	case !limits.FreeLength && r.Seconds != 0 && r.Seconds != v.WholeSeconds():
		fault("seconds", "%d is not possible with model %s: what it makes is as long as the video, %v seconds", r.Seconds, m.Name, length)
	}
	return out
}

func videoField(v *task.Footage) string {
	if v.Field != "" {
		return v.Field
	}
	return "video"
}

// fieldOf is the picture's own field, else the one that is usual.
func fieldOf(img *task.Image, usual string) string {
	if img.Field != "" {
		return img.Field
	}
	return usual
}
