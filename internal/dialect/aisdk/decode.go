package aisdk

import (
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a start. Those of a model are its engine's.
const (
	promptLimit    = 10_000   // characters
	pictureLimit   = 16 << 20 // bytes
	videosLimit    = 100      // videos that a caller may ask for at once; one is made
	framesLimit    = 10       // entries of frameImages
	referenceLimit = 20       // entries of inputReferences
	defaultSeconds = 5
	longest        = 60 // seconds
	fastest        = 60 // frames a second
	statusLimit    = 64 << 10
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "duration", "first_frame": "image", "last_frame": "frameImages", "video": "inputReferences",
		"audio": "generateAudio", "reference_images": "inputReferences", "reference_audio": "inputReferences",
		"aspect_ratio": "aspectRatio", "model": modelHeader}
}

// gatewayWarning tells of what a request asked for and the task leaves out.
type gatewayWarning struct {
	Type    string `json:"type" doc:"unsupported: the setting has no effect here."`
	Feature string `json:"feature" doc:"The setting's name."`
	Details string `json:"details" doc:"What is done instead."`
}

// decodeStart reads the body of a start. What is wrong is noted in f; what has no effect is in the warnings.
func decodeStart(f *dialect.Fields) (task.Request, []gatewayWarning) {
	warnings := []gatewayWarning{}
	warn := func(feature, details string) {
		warnings = append(warnings, gatewayWarning{Type: "unsupported", Feature: feature, Details: details})
	}
	r := task.Request{Prompt: f.String("prompt", "", promptLimit), AssetGroup: dialect.AssetGroup}
	if f.Int("n", 1, 1, videosLimit) > 1 {
		warn("n", "One video is made for each call. Start several for more.")
	}
	r.First = decodeFile(f, "image")
	decodeFrames(f, &r)
	decodeReferences(f, &r)
	decodeShape(f, &r, warn)
	if f.Has("duration") {
		r.Seconds = int(f.Int("duration", defaultSeconds, 1, longest))
	} else if r.Video == nil {
		r.Seconds = defaultSeconds
	}
	if f.Has("fps") {
		r.Format.FrameRate = int(f.Int("fps", 0, 1, fastest))
	}
	r.Seed = dialect.Seed(f)
	r.Audio = dialect.Truth(f, "generateAudio")
	f.Object("providerOptions") // what is in it is another provider's, and reported as ignored
	r.CallbackURL = dialect.CallbackURL(f, "callbackUrl")
	checkInputs(f, r)
	return r, warnings
}

// decodeFile reads a picture: {"type": "url", "url"} or {"type": "file", "data", "mediaType"} with Base64. It returns nil if it is
// absent or invalid.
func decodeFile(f *dialect.Fields, field string) *task.Image {
	if !f.Has(field) {
		return nil
	}
	in := f.Object(field)
	if f.HasErrors(field) {
		return nil
	}
	img := pictureOf(in)
	if img == nil && !in.HasErrors("url") && !in.HasErrors("data") {
		f.AddError(field, "%s", noFile)
	}
	return img
}

// noFile is the error of a file without content.
const noFile = "needs a url, or data with type file"

// pictureOf reads the content of a file, which is a picture: its url or, of type file, its data.
func pictureOf(in *dialect.Fields) *task.Image {
	in.Require("type")
	in.String("mediaType", "", task.NameLimit) // the content decides
	limits := task.ImageLimits{Bytes: pictureLimit}
	url, data := dialect.Picture(in, "url", false, limits), dialect.Picture(in, "data", true, limits)
	if in.OneOf("type", "url", "url", "file") == "file" && data != nil || url == nil {
		return data
	}
	return url
}

// videoOf reads the content of a file, which is a video, as pictureOf does.
func videoOf(in *dialect.Fields) *task.InputVideo {
	in.Require("type")
	url, data := dialect.InputVideo(in, "url"), dialect.BareVideo(in, "data")
	if in.OneOf("type", "url", "url", "file") == "file" && data != nil || url == nil {
		return data
	}
	return url
}

// decodeFrames reads frameImages. Its first frame is also sent as image, and wins.
func decodeFrames(f *dialect.Fields, r *task.Request) {
	seen := map[string]bool{}
	for _, one := range f.ObjectsUpTo("frameImages", framesLimit) {
		one.Require("image", "frameType")
		img := decodeFile(one, "image")
		kind := one.OneOf("frameType", "first_frame", "first_frame", "last_frame")
		if seen[kind] {
			one.AddError("frameType", "%q is there twice; send each frame once", kind)
		}
		seen[kind] = true
		if kind == "last_frame" {
			r.Last = img
		} else if img != nil {
			r.First = img
		}
	}
}

// audioOf reads the content of a file, which is a recording: its url or, of type file, its data.
func audioOf(in *dialect.Fields) *task.InputAudio {
	in.Require("type")
	url, data := dialect.InputAudio(in, "url"), dialect.BareAudio(in, "data")
	if in.OneOf("type", "url", "url", "file") == "file" && data != nil || url == nil {
		return data
	}
	return url
}

// decodeReferences reads inputReferences by their media types: pictures, recordings, and one video, which is the video to change. One
// without a media type is a picture.
func decodeReferences(f *dialect.Fields, r *task.Request) {
	for _, one := range f.ObjectsUpTo("inputReferences", referenceLimit) {
		kind, _, _ := strings.Cut(strings.ToLower(one.String("mediaType", "", task.NameLimit)), "/")
		found := false
		switch kind {
		case "video":
			if r.Video != nil {
				f.AddError("inputReferences", "holds a second video; send one at most")
				continue
			}
			r.Video = videoOf(one)
			found = r.Video != nil
		case "audio":
			if a := audioOf(one); a != nil {
				r.ReferenceAudio, found = append(r.ReferenceAudio, *a), true
			}
		default:
			if img := pictureOf(one); img != nil {
				r.ReferenceImages, found = append(r.ReferenceImages, task.ReferenceImage{Image: *img}), true
			}
		}
		if !found && !one.HasErrors("url") && !one.HasErrors("data") && !one.HasErrors("type") {
			f.AddError("inputReferences", "holds an entry that %s", noFile)
		}
	}
}

var (
	ratioForm = regexp.MustCompile(`^(adaptive|[1-9][0-9]{0,3}:[1-9][0-9]{0,3})$`)
	sizeForm  = regexp.MustCompile(`^([1-9][0-9]{1,3}x[1-9][0-9]{1,3}|480p|540p|720p|768p|1080p|2k|4k)$`)
)

// decodeShape reads aspectRatio and resolution. A resolution in pixels decides the shape.
func decodeShape(f *dialect.Fields, r *task.Request, warn func(feature, details string)) {
	const pixels = "pixels such as 1280x720, with sides from 64 to 4096"
	ratio := f.Matching("aspectRatio", ratioForm, "width and height such as 16:9, or adaptive")
	size := f.Matching("resolution", sizeForm, pixels)
	if ratio != "adaptive" { // which is the shape of the picture
		r.AspectRatio = ratio
	}
	width, height, ok := dialect.ParseSize(size)
	switch {
	case ok:
		dialect.SetSize(r, width, height)
		if ratio != "" && ratio != r.AspectRatio {
			warn("aspectRatio", "The resolution decides the shape.")
		}
	case strings.Contains(size, "x"):
		f.AddError("resolution", "%q is not possible; allowed: %s", size, pixels)
	default:
		r.Resolution = size
	}
}

// checkInputs looks at what a request starts from.
func checkInputs(f *dialect.Fields, r task.Request) {
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		f.AddError("inputReferences", "a video can't go together with a first or last frame")
	}
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil && r.Video == nil {
		f.AddError("prompt", "must not be empty without a picture or a video")
	}
}

// decodeStatus reads the body of a status and returns the id of the task.
func decodeStatus(f *dialect.Fields) string {
	f.Require("operation")
	op := f.Object("operation")
	if f.HasErrors("operation") {
		return ""
	}
	op.Require("jobId")
	return op.String("jobId", "", task.NameLimit)
}
