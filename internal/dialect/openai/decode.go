package openai

import (
	"regexp"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	defaultModel   = "sora-2"
	defaultSeconds = 4
	longest        = 60     // seconds
	defaultWidth   = 720    // pixels
	defaultHeight  = 1280   // pixels
	defaultRate    = 24     // frames per second
	highestRate    = 120    // frames per second
	promptLimit    = 32_000 // characters
	negativeLimit  = 2500   // characters
	minSide        = 64     // pixels
	maxSide        = 4096   // pixels
)

var (
	sizeForm = regexp.MustCompile(`^[0-9]{2,4}x[0-9]{2,4}$`)
	fileForm = regexp.MustCompile(`^(file[-_])?[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}$`)
)

// vendorModels are the models of the API as its SDKs list them (openai 7.59.0, VideoModel, 2026-11-28).
func vendorModels() []string {
	return []string{"sora-2", "sora-2-2025-10-06", "sora-2-2025-12-08", "sora-2-pro", "sora-2-pro-2025-10-06"}
}

// Models returns the models that callers may name, by the dialect of the call.
func Models() map[string][]string { return map[string][]string{Dialect: vendorModels()} }

// creation is what the body of a create asks for.
type creation struct {
	task.Request
	file      string // UUID of a dataset that is the first frame or the video; "" = none
	fileField string // the caller's name of the field that names it
	timed     bool   // the caller has given a length
}

// decodeCreate reads the body of a create. Errors are recorded in f. models are those that the caller may name.
func decodeCreate(f *dialect.Fields, models []string) creation {
	f.Require("prompt")
	r := creation{Request: task.Request{
		Dialect: Dialect, Model: f.OneOf("model", defaultModel, models...), Prompt: f.String("prompt", "", promptLimit),
		NegativePrompt: f.String("negative_prompt", "", negativeLimit), AssetGroup: dialect.AssetGroup,
	}}
	r.Seed = dialect.Seed(f)
	r.reference(f, "input_reference")
	r.reference(f, "image_reference")
	r.length(f)
	r.size(f)
	return r
}

// reference reads a picture or video to start from: a URL or data URI, or an object with one of them or with a file's id. The
// first of two counts.
func (r *creation) reference(f *dialect.Fields, name string) {
	var picture *task.Image
	var file string
	if f.IsText(name) {
		picture = dialect.Picture(f, name, false, task.ImageLimits{})
	} else if f.Has(name) {
		in := f.Object(name)
		picture = dialect.Picture(in, "image_url", false, task.ImageLimits{})
		file = in.Matching("file_id", fileForm, "the id of an uploaded picture or video")
		if picture == nil && file == "" && !in.HasErrors("image_url") && !in.HasErrors("file_id") {
			f.AddError(name, "needs an image_url or a file_id")
		}
	}
	switch {
	case r.First != nil || r.file != "":
	case picture != nil:
		r.First = picture
	case file != "":
		r.file, r.fileField = fileUUID(file), name+"/file_id"
	}
}

// fileUUID returns the UUID of a file's id, which may have a word before it and lack its hyphens.
func fileUUID(id string) string {
	if len(id) > len("file-") && (id[:5] == "file-" || id[:5] == "file_") {
		id = id[5:]
	}
	uuid, _ := dialect.ParseID(id)
	return uuid
}

// length reads the seconds, the frame rate and, as vLLM-Omni and SGLang have it, the number of frames, which wins.
func (r *creation) length(f *dialect.Fields) {
	r.timed = f.Has("seconds") || f.Has("num_frames")
	r.Seconds = int(f.Int("seconds", defaultSeconds, 1, longest))
	if f.Has("fps") {
		r.Format.FrameRate = int(f.Int("fps", defaultRate, 1, highestRate))
	}
	if !f.Has("num_frames") {
		return
	}
	rate := r.Format.FrameRate
	if rate == 0 {
		rate = defaultRate
	}
	r.Format.Frames = int(f.Int("num_frames", 1, 1, longest*highestRate))
	r.Seconds = (r.Format.Frames + rate - 1) / rate
	if r.Seconds > longest {
		f.AddError("fps", "%d frames at %d a second are more than %d seconds", r.Format.Frames, rate, longest)
	}
}

// size reads the size, or the width and height of vLLM-Omni. Without any a video has the shape of its picture, or that of
// the API's default.
func (r *creation) size(f *dialect.Fields) {
	text := f.Matching("size", sizeForm, "a width and a height in pixels, such as 1280x720")
	width, height := int(f.Int("width", 0, minSide, maxSide)), int(f.Int("height", 0, minSide, maxSide))
	switch w, h, ok := dialect.ParseSize(text); {
	case text != "" && (!ok || w%2 != 0 || h%2 != 0):
		f.AddError("size", "each side must be even and have %d to %d pixels", minSide, maxSide)
	case text != "":
		dialect.SetSize(&r.Request, w, h)
	case f.HasErrors("size") || f.HasErrors("width") || f.HasErrors("height"):
	case width == 0 && height > 0:
		f.AddError("width", "is needed beside height")
	case height == 0 && width > 0:
		f.AddError("height", "is needed beside width")
	case width%2 != 0:
		f.AddError("width", "must be even")
	case height%2 != 0:
		f.AddError("height", "must be even")
	case width > 0:
		dialect.SetSize(&r.Request, width, height)
	case r.First == nil && r.file == "":
		dialect.SetSize(&r.Request, defaultWidth, defaultHeight)
	}
}

// fieldNames are the wire's names of our fields, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"aspect_ratio": "size", "resolution": "size", "first_frame": "input_reference", "video": "input_reference"}
}
