package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Capabilities is what an engine can do, as data: the gateway refuses requests by it, enginetest tests each refusal, and
// callers read it.
type Capabilities struct {
	Lane        task.Lane     // a Local job occupies a worker until it ends
	Models      []Model       // in order of preference
	Cancel      bool          // a running job can be ended early
	Cleanup     Cleanup       // what Cancel does for a job that has ended
	Restartable bool          // a lost job may be submitted again at no cost
	ExternalID  bool          // our task id is sent, and the engine refuses or finds a second submit of it
	Callbacks   Callbacks     // whether the vendor calls a Job's CallbackURL
	PollEvery   time.Duration // time between polls of a job
	ResultLife  time.Duration // how long a result can be opened; 0 = as long as the engine runs
}

// Cleanup is what an engine's Cancel does for a job that has ended.
type Cleanup int

// The kinds of cleanup.
const (
	NoCleanup   Cleanup = iota // nothing
	FreesJob                   // it frees what this process holds for the job
	DeletesCopy                // it deletes the vendor's copy of the video, which the operator may want to keep
)

// Model is one model of an engine and its limits.
type Model struct {
	Name        string     // the engine's own name of the model
	Modes       []Mode     // what it can start from; empty = FrameModes
	task.Limits            // in every mode that ByMode does not name
	PromptUnit  PromptUnit // what PromptLimit counts
	Images      task.InputImageLimits
	Video       task.InputVideoLimits
	// ByMode holds the limits that differ in a mode. A zero limit is the model's own, but Seconds or MaxSeconds replace both
	// of the model's limits on length.
	ByMode  map[Mode]task.Limits
	Seed    bool       // the same seed gives the same video
	Caption bool       // it can write the prompt along the lower edge
	Blocked *Blocklist // the words that it refuses in prompts; nil = none that we know
	Loop    bool       // it can make a video that ends on the frame that it begins with
	// NoTaskID says that the vendor takes no id of ours for this model's jobs, although it does for others: neither ExternalID nor Finder
	// holds for them.
	NoTaskID bool
	Price    task.Price

	Sound      Sound                // whether its videos have sound
	SoundIn    SoundLimits          // which of them can, if it is optional
	References task.ReferenceLimits // what it takes in the mode FromReferences, and in the modes that Beside names
	Sends      []Part               // the optional parts of a request that its engine sends, and that have an effect
	Omits      map[Mode][]Part      // the parts among them that it does not send in a mode
	// FollowsFrame says that a video from a frame has the frame's shape if no aspect ratio is sent.
	FollowsFrame bool

	Since     time.Time // when the vendor began to offer it; zero = unknown
	Until     time.Time // when the vendor switches it off: from then on it has Ended; zero = no end is announced
	Successor string    // the vendor's model that takes its place: which it names, or else one that does the same; "" = none
	Source    string    // where all this is from, and when it was read
}

// Model returns the model of that name; ok is false, and the model zero, if there is none.
func (c Capabilities) Model(name string) (m Model, ok bool) {
	i := slices.IndexFunc(c.Models, func(m Model) bool { return m.Name == name })
	if i < 0 {
		return Model{}, false
	}
	return c.Models[i], true
}

// Mode is what a model starts from.
type Mode string

// The modes.
const (
	FromText      Mode = "text"
	FromFirst     Mode = "first_frame"
	FromLast      Mode = "last_frame"
	FromFirstLast Mode = "first_and_last_frame"
	// FromReferences is a prompt with reference images or recordings, and no frame. References beside a frame or a video do not change
	// the mode.
	FromReferences Mode = "references"
	FromVideo      Mode = "video"
	FromShots      Mode = "shots" // finished videos are joined; only the built-in renderer has it
)

// Modes lists all modes that a request by a caller may need: all but FromShots.
func Modes() []Mode { return append(FrameModes(), FromReferences, FromVideo) }

// FrameModes lists the modes of a model that names none: a prompt, and frames.
func FrameModes() []Mode { return []Mode{FromText, FromFirst, FromLast, FromFirstLast} }

// ModeOf returns the mode that a request needs.
func ModeOf(r task.Request) Mode {
	switch {
	case r.Sequence != nil:
		return FromShots
	case r.Video != nil:
		return FromVideo
	case r.First != nil && r.Last != nil:
		return FromFirstLast
	case r.First != nil:
		return FromFirst
	case r.Last != nil:
		return FromLast
	case r.HasReferences():
		return FromReferences
	default:
		return FromText
	}
}

// Check returns an error for every field of r that the model can't do, with the values that it can. The fields are "seconds",
// "prompt", "aspect_ratio", "resolution", "caption", "loop", "audio", "first_frame", "last_frame", "reference_images", "reference_audio" and
// "video"; a picture, recording or video that names its own field keeps that name.
func (m Model) Check(r task.Request) []task.FieldError {
	mode := ModeOf(r)
	m = m.ForMode(mode)
	var out []task.FieldError
	add := func(field, format string, a ...any) {
		out = append(out, task.FieldError{Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	if !m.Supports(mode) {
		add(modeField(r), "model %s can't make a video from %s; allowed: %s", m.Name, modeName(mode), joinBy(m.supportedModes(), modeName))
	}
	out = append(out, m.checkLength(r, mode)...)
	if len(m.AspectRatios) > 0 && r.AspectRatio != "" && !slices.Contains(m.AspectRatios, r.AspectRatio) {
		add("aspect_ratio", "%q is not possible with model %s; allowed: %s", r.AspectRatio, m.Name, join(m.AspectRatios))
	}
	if len(m.Resolutions) > 0 && r.Resolution != "" && !slices.Contains(m.Resolutions, r.Resolution) {
		add("resolution", "%q is not possible with model %s; allowed: %s", r.Resolution, m.Name, join(m.Resolutions))
	}
	if n := m.PromptUnit.count(r.Prompt); m.PromptLimit > 0 && n > m.PromptLimit {
		add("prompt", "%d %s; model %s takes at most %d", n, m.PromptUnit, m.Name, m.PromptLimit)
	}
	out = append(out, m.Blocked.check(r.Prompt, m.Name)...)
	if m.NeedsPrompt && strings.TrimSpace(r.Prompt) == "" {
		add("prompt", "must not be empty: model %s needs one", m.Name)
	}
	if r.Caption && !m.Caption {
		add("caption", "model %s can't write the prompt into the video", m.Name)
	}
	switch {
	case r.Loop && !m.Loop:
		add("loop", "model %s can't make a video that loops", m.Name)
	case r.Loop && (r.Last != nil || r.Video != nil):
		add("loop", "is not possible with a last frame or an input video")
	}
	out = append(append(out, m.checkSound(r, mode)...), m.checkReferences(r, mode)...)
	return append(append(out, m.checkImages(r)...), m.checkVideo(r)...)
}

// checkLength returns the error for a length that the model can't make. A length that follows the input video is left to
// checkVideo.
func (m Model) checkLength(r task.Request, mode Mode) []task.FieldError {
	detail := ""
	switch {
	case mode == FromVideo && (r.Seconds == 0 || !m.Video.FreeLength): // as long as the video, which may not be known yet
	case len(m.Seconds) > 0 && !slices.Contains(m.Seconds, r.Seconds):
		detail = fmt.Sprintf("%d is not possible with model %s; allowed: %s", r.Seconds, m.Name, join(m.Seconds))
	case len(m.Seconds) == 0 && m.MaxSeconds > 0 && r.Seconds > m.MaxSeconds:
		detail = fmt.Sprintf("%d is too long for model %s; at most %d", r.Seconds, m.Name, m.MaxSeconds)
	}
	if detail == "" {
		return nil
	}
	return []task.FieldError{{Field: "seconds", Detail: detail}}
}

// checkImages returns the errors for pictures that the model can't use. What the gateway does not know yet, a size say, is not
// checked.
func (m Model) checkImages(r task.Request) []task.FieldError {
	type input struct {
		img   *task.Image
		field string
	}
	var out []task.FieldError
	all := []input{{r.First, "first_frame"}, {r.Last, "last_frame"}}
	for i := range r.ReferenceImages {
		all = append(all, input{&r.ReferenceImages[i].Image, fmt.Sprintf("reference_images/%d", i)})
	}
	for _, in := range all {
		if in.img == nil {
			continue
		}
		add := func(format string, a ...any) {
			out = append(out, task.FieldError{Field: imageField(in.img, in.field), Detail: fmt.Sprintf(format, a...)})
		}
		if in.img.Type != "" && len(m.Images.Types) > 0 && !slices.Contains(m.Images.Types, in.img.Type) {
			add("model %s takes %s, not %s", m.Name, join(m.Images.Types), in.img.Type)
		}
		if m.Images.Bytes > 0 && in.img.Size > m.Images.Bytes {
			add("%d bytes; model %s takes at most %d", in.img.Size, m.Name, m.Images.Bytes)
		}
		w, h := in.img.Width, in.img.Height
		short, long := min(w, h), max(w, h)
		if short > 0 && short < m.Images.MinSide {
			add("%dx%d pixels; model %s needs at least %d on each side", w, h, m.Name, m.Images.MinSide)
		}
		if m.Images.MaxSide > 0 && long > m.Images.MaxSide {
			add("%dx%d pixels; model %s takes at most %d on each side", w, h, m.Name, m.Images.MaxSide)
		}
		if m.Images.MaxRatio > 0 && float64(long) > float64(short)*m.Images.MaxRatio {
			add("%dx%d pixels; model %s takes pictures whose longer side is at most %v times the shorter", w, h, m.Name, m.Images.MaxRatio)
		}
	}
	return out
}

// modeField returns the field to blame for a mode that the model does not have.
func modeField(r task.Request) string {
	switch {
	case r.Video != nil:
		return videoField(r.Video)
	case r.Last != nil && r.Last.Field != "":
		return r.Last.Field
	case r.Last != nil:
		return "last_frame"
	case r.First != nil && r.First.Field != "":
		return r.First.Field
	case r.First != nil:
		return "first_frame"
	case len(r.ReferenceImages) > 0:
		return "reference_images"
	case len(r.ReferenceAudio) > 0:
		return "reference_audio"
	default:
		return "first_frame"
	}
}

// modeName returns the mode's name, for people.
func modeName(m Mode) string {
	if m == FromVideo {
		return "another video"
	}
	return strings.ReplaceAll(string(m), "_", " ")
}

func join[T any](all []T) string { return joinBy(all, func(v T) string { return fmt.Sprint(v) }) }

func joinBy[T any](all []T, text func(T) string) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = text(v)
	}
	return strings.Join(parts, ", ")
}
