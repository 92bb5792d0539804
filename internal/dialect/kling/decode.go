package kling

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of Kling's API (API reference, read on 2026-11-28).
const (
	bodyLimit    = 32 << 20 // bytes: two pictures of 10 MB in Base64, and room
	promptLimit  = 2500     // characters
	maxPictures  = 4        // of a list
	maxShots     = 6        // of a request with multi_shot
	shotLimit    = 512      // characters of one shot's prompt
	shortestClip = 3        // seconds, of the models that have any length
	longestClip  = 15
)

// defaultModel is the model of a request that names none.
const defaultModel = "kling-v1"

// modelNames are Kling's models (API reference, and the model names that the AI SDK sends; read on 2026-11-28).
func modelNames() []string {
	return []string{defaultModel, "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3", "kling-v3-omni"}
}

// Models returns the models that callers may name, by Request.Dialect.
func Models() map[string][]string {
	out := map[string][]string{}
	for _, d := range Dialects() {
		out[d] = modelNames()
	}
	return out
}

// decode reads the body of a create. What is wrong is noted in f. routed are the operator's own models.
func decode(f *dialect.Fields, k kind, routed []string) task.Request {
	names := dialect.AddModels(modelNames(), routed)
	r := task.Request{
		Dialect: dialectOf(k), AssetGroup: dialect.AssetGroup,
		Model:          cmp.Or(f.OneOf("model_name", "", names...), f.OneOf("model", "", names...), defaultModel),
		Prompt:         decodePrompt(f),
		NegativePrompt: f.String("negative_prompt", "", promptLimit),
		Mode:           f.OneOf("mode", "std", "std", "pro"),
		ExternalID:     f.String("external_task_id", "", task.NameLimit),
		CallbackURL:    dialect.CallbackURL(f, "callback_url"),
	}
	if f.Has("sound") {
		on := f.OneOf("sound", "off", "off", "on") == "on"
		r.Audio = &on
	}
	r.CfgScale = dialect.CfgScale(f)
	r.Seconds = decodeDuration(f, r.Model)
	r.Watermark = decodeWatermark(f)
	switch k {
	case fromText:
		decodeText(f, &r)
	case fromPicture:
		decodePicture(f, &r)
	case fromPictures:
		decodePictures(f, &r)
	}
	return r
}

// decodePrompt returns the prompt. With multi_shot it is the shots' prompts, one a line, if there is none for the whole:
// engines here make one video of one prompt. Whether a prompt is needed is each kind's own.
func decodePrompt(f *dialect.Fields) string {
	whole := f.String("prompt", "", promptLimit)
	several := f.Bool("multi_shot", false)
	var shots []string
	for _, one := range f.ObjectsUpTo("multi_prompt", maxShots) {
		one.Require("prompt")
		shots = append(shots, one.String("prompt", "", shotLimit))
	}
	if several && strings.TrimSpace(whole) == "" {
		return strings.Join(shots, "\n")
	}
	return whole
}

// decodeDuration reads the length in seconds. A model has its own lengths.
func decodeDuration(f *dialect.Fields, model string) int {
	text := f.OneOf("duration", "5", lengths()...)
	if own := lengthsOf(model); !f.HasErrors("duration") && !slices.Contains(own, text) {
		f.AddError("duration", "%q is not possible with %s; allowed: \"%s\"", text, task.Excerpt(model), strings.Join(own, `", "`))
	}
	seconds, _ := strconv.Atoi(text) // it is one of lengths
	return seconds
}

// lengthsOf returns the durations that a model has: Kling's up to 2.6 have two, its newer ones and the operator's own have all
// (Kling API reference, "duration"; read on 2026-11-28).
func lengthsOf(model string) []string {
	if slices.Contains(modelNames(), model) && !strings.HasPrefix(model, "kling-v3") {
		return []string{"5", "10"}
	}
	return lengths()
}

// lengths returns the durations of all models in seconds, as texts.
func lengths() []string {
	var out []string
	for n := shortestClip; n <= longestClip; n++ {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// decodeWatermark reads watermark_info, an object.
func decodeWatermark(f *dialect.Fields) bool {
	if !f.Has("watermark_info") {
		return false
	}
	return f.Object("watermark_info").Bool("enabled", false)
}

// aspectRatios returns the aspect ratios of a video, the default first.
func aspectRatios() []string { return []string{"16:9", "9:16", "1:1"} }

// requirePrompt notes a missing prompt. Shots are one too, so the document can't say that the field is required.
func requirePrompt(f *dialect.Fields, r *task.Request) {
	switch {
	case strings.TrimSpace(r.Prompt) != "" || f.HasErrors("prompt") || f.HasErrors("multi_prompt"):
	case f.Has("prompt"):
		f.AddError("prompt", "must not be empty")
	default:
		f.AddError("prompt", "is required")
	}
}

func decodeText(f *dialect.Fields, r *task.Request) {
	requirePrompt(f, r)
	r.AspectRatio = f.OneOf("aspect_ratio", aspectRatios()[0], aspectRatios()...)
	r.Camera = makevid.KlingCamera(f)
}

// decodePicture reads the first frame, the last one, or both, and a camera move, which goes only with the first.
func decodePicture(f *dialect.Fields, r *task.Request) {
	limits := makevid.KlingPictures()
	r.First = dialect.Picture(f, "image", true, limits)
	r.Last = dialect.Picture(f, "image_tail", true, limits)
	r.Camera = makevid.KlingCamera(f)
	switch {
	case r.First == nil && r.Last == nil && !f.HasErrors("image") && !f.HasErrors("image_tail"):
		f.AddError("image", "is required, or image_tail")
	case r.Last != nil && r.Camera != nil:
		f.AddError("camera_control", "is not possible together with image_tail")
	}
}

// decodePictures reads a list of pictures. Engines here take a first and a last frame, so two are possible.
func decodePictures(f *dialect.Fields, r *task.Request) {
	f.Require("image_list")
	requirePrompt(f, r)
	r.AspectRatio = f.OneOf("aspect_ratio", aspectRatios()[0], aspectRatios()...)
	limits := makevid.KlingPictures()
	for i, one := range f.Objects("image_list", maxPictures) {
		one.Require("image")
		img := dialect.Picture(one, "image", true, limits)
		switch i {
		case 0:
			r.First = img
		case 1:
			r.Last = img
		default:
			f.AddError(fmt.Sprintf("image_list/%d", i), "is one too many: two pictures are used here, as the first and the last frame")
		}
	}
}
