package luma

import (
	"fmt"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// What a body may hold.
const (
	promptLimit  = 5000 // characters
	idLimit      = 100  // characters
	conceptLimit = 40   // concepts of one request
)

func aspectRatios() []string { return []string{"1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"} }

// wanted is what a body asks for: the request, and the generations whose frames or videos it starts from.
type wanted struct {
	request task.Request
	refs    []reference
}

// decodeCreate reads the body of POST /generations/video. known are the models that it may name. Errors are noted in f.
func decodeCreate(f *dialect.Fields, known []string) wanted {
	f.Require("model")
	kind := f.OneOf("generation_type", "video", "video")
	r := task.Request{
		Model:       f.OneOf("model", "", known...),
		Prompt:      f.String("prompt", "", promptLimit),
		AspectRatio: f.OneOf("aspect_ratio", "16:9", aspectRatios()...),
		Resolution:  f.OneOf("resolution", "", "540p", "720p", "1080p", "4k"),
		Loop:        f.Bool("loop", false),
		CallbackURL: dialect.CallbackURL(f, "callback_url"),
		AssetGroup:  dialect.AssetGroup,
	}
	length := f.OneOf("duration", "5s", "5s", "9s")
	r.Seconds = secondsOf(length)
	e := lumaRequest{GenerationType: kind, AspectRatio: r.AspectRatio, Resolution: r.Resolution, Duration: length, Loop: r.Loop}
	var w wanted
	if f.Has("keyframes") {
		k := f.Object("keyframes")
		e.Keyframes = &lumaKeyframes{}
		r.First, e.Keyframes.Frame0 = w.keyframe(k, "frame0")
		r.Last, e.Keyframes.Frame1 = w.keyframe(k, "frame1")
		if r.Loop && e.Keyframes.Frame1 != nil {
			f.AddError("loop", "is not possible with keyframes.frame1: a loop ends on its first frame")
		}
	}
	empty := e.Keyframes == nil || *e.Keyframes == lumaKeyframes{}
	if empty && strings.TrimSpace(r.Prompt) == "" && !f.HasErrors("prompt") {
		f.AddError("prompt", "is required without keyframes")
	}
	e.Concepts = decodeConcepts(f)
	r.Prompt = withConcepts(r.Prompt, e.Concepts)
	r.Echo = e.text()
	w.request = r
	return w
}

// secondsOf returns the whole seconds of "5s".
func secondsOf(length string) int {
	var n int
	_, _ = fmt.Sscanf(length, "%ds", &n) // of the texts allowed
	return n
}

// keyframe reads one keyframe: a picture, or a reference to a generation, which is noted in w.
func (w *wanted) keyframe(k *dialect.Fields, name string) (*task.Image, *lumaKeyframe) {
	if !k.Has(name) {
		return nil, nil
	}
	f := k.Object(name)
	f.Require("type")
	kind := f.OneOf("type", "", "image", "generation")
	img := dialect.Picture(f, "url", false, task.ImageLimits{})
	id := f.String("id", "", idLimit)
	switch {
	case kind == "image" && img == nil:
		f.AddError("url", "is required for a keyframe of type image")
	case kind == "image":
		return img, &lumaKeyframe{Type: kind, URL: withoutData(img.Source)}
	case kind == "generation" && id == "":
		f.AddError("id", "is required for a keyframe of type generation")
	case kind == "generation":
		use := useLastFrame
		if name == "frame1" {
			use = useFirstFrame
		}
		w.refs = append(w.refs, reference{field: "keyframes/" + name + "/id", id: id, use: use})
	}
	return nil, &lumaKeyframe{Type: kind, ID: id}
}

// decodeConcepts reads the concepts, which must be known.
func decodeConcepts(f *dialect.Fields) []lumaConcept {
	var out []lumaConcept
	if !f.Has("concepts") {
		return nil
	}
	for _, one := range f.ObjectsUpTo("concepts", conceptLimit) {
		one.Require("key")
		key := one.OneOf("key", "", conceptNames()...)
		if c := (lumaConcept{key}); key != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// withConcepts returns the prompt with the concepts as words, which engines understand: "push_in" becomes "push in".
func withConcepts(prompt string, concepts []lumaConcept) string {
	keys := make([]string, len(concepts))
	for i, c := range concepts {
		keys[i] = strings.ReplaceAll(c.Key, "_", " ")
	}
	words := strings.Join(keys, ", ")
	switch {
	case words == "":
		return prompt
	case prompt == "":
		return words
	default:
		return prompt + ", " + words
	}
}

// withoutConcepts returns the prompt that withConcepts was given.
func withoutConcepts(prompt string, concepts []lumaConcept) string {
	words := withConcepts("", concepts)
	if words == "" {
		return prompt
	}
	return strings.TrimSuffix(strings.TrimSuffix(prompt, words), ", ")
}

// withoutData returns the source of an input if it is a URL; "" if it is data.
func withoutData(source string) string {
	if strings.HasPrefix(source, "http") {
		return source
	}
	return ""
}

// conceptNames lists the concepts: Luma's, of which the camera movements also move the camera of an animatic.
func conceptNames() []string {
	return []string{
		"aerial", "aerial_drone", "bolt_cam", "crane_down", "crane_up", "dolly_zoom", "elevator_doors", "eye_level", "ground_level", "handheld",
		"high_angle", "low_angle", "orbit_left", "orbit_right", "over_the_shoulder", "overhead", "pan_left", "pan_right", "pedestal_down", "pedestal_up",
		"pov", "pull_out", "push_in", "roll_left", "roll_right", "selfie", "static", "tilt_down", "tilt_up", "tiny_planet", "truck_left", "truck_right",
		"zoom_in", "zoom_out",
	}
}
