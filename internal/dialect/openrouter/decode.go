package openrouter

import (
	"regexp"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a create. Those of a model are its engine's.
const (
	promptLimit    = 10_000   // characters
	pictureLimit   = 16 << 20 // bytes
	framesLimit    = 10       // entries of frame_images
	referenceLimit = 20       // entries of input_references
	defaultSeconds = 5
	longest        = 60 // seconds
)

var (
	ratioForm = regexp.MustCompile(`^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$`)
	sizeForm  = regexp.MustCompile(`^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$`)
)

// resolutions are the names of resolutions, each with ours.
func resolutions() map[string]string {
	return map[string]string{"480p": "480p", "720p": "720p", "1080p": "1080p", "1K": "1080p", "2K": "2k", "4K": "4k"}
}

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "duration", "first_frame": "frame_images", "last_frame": "frame_images", "video": "input_references",
		"audio": "generate_audio", "reference_images": "input_references", "reference_audio": "input_references"}
}

// decodeCreate reads the body of a create. What is wrong is noted in f. known are the models that it may name.
func decodeCreate(f *dialect.Fields, known []string) task.Request {
	f.Require("model")
	r := task.Request{Dialect: Dialect, Model: f.OneOf("model", "", known...), Prompt: f.String("prompt", "", promptLimit), AssetGroup: dialect.AssetGroup}
	decodeFrames(f, &r)
	decodeReferences(f, &r)
	decodeShape(f, &r)
	if f.Has("duration") {
		r.Seconds = int(f.Int("duration", defaultSeconds, 1, longest))
	} else if r.Video == nil {
		r.Seconds = defaultSeconds
	}
	r.Seed = dialect.Seed(f)
	r.Audio = dialect.Truth(f, "generate_audio")
	r.CallbackURL = dialect.CallbackURL(f, "callback_url")
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		f.AddError("input_references", "a video can't go together with frame_images")
	}
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil && r.Video == nil {
		f.AddError("prompt", "must not be empty without frame_images")
	}
	return r
}

// decodeFrames reads frame_images: the first and the last frame.
func decodeFrames(f *dialect.Fields, r *task.Request) {
	seen := map[string]bool{}
	for _, one := range f.ObjectsUpTo("frame_images", framesLimit) {
		one.OneOf("type", "image_url", "image_url")
		one.Require("image_url", "frame_type")
		in := one.Object("image_url")
		if !one.HasErrors("image_url") {
			in.Require("url")
		}
		img := dialect.Picture(in, "url", false, task.ImageLimits{Bytes: pictureLimit})
		kind := one.OneOf("frame_type", "first_frame", "first_frame", "last_frame")
		if seen[kind] {
			one.AddError("frame_type", "%q is there twice; send each frame once", kind)
		}
		seen[kind] = true
		if kind == "last_frame" {
			r.Last = img
		} else {
			r.First = img
		}
	}
}

// decodeReferences reads input_references: pictures and recordings, and one video, which is the video to change.
func decodeReferences(f *dialect.Fields, r *task.Request) {
	for _, one := range f.ObjectsUpTo("input_references", referenceLimit) {
		one.Require("type")
		kind := one.OneOf("type", "video_url", "image_url", "video_url", "audio_url")
		image := one.Object("image_url")
		img := dialect.Picture(image, "url", false, task.ImageLimits{Bytes: pictureLimit}) // each before the next object, so that it is described
		video := one.Object("video_url")
		v := dialect.InputVideo(video, "url")
		audio := one.Object("audio_url")
		recording := dialect.InputAudio(audio, "url")
		switch {
		case one.HasErrors("type"):
		case kind == "image_url" && img != nil:
			r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *img})
		case kind == "audio_url" && recording != nil:
			r.ReferenceAudio = append(r.ReferenceAudio, *recording)
		case kind == "video_url" && v != nil && r.Video != nil:
			f.AddError("input_references", "holds a second video; send one at most")
		case kind == "video_url" && v != nil:
			r.Video = v
		case !image.HasErrors("url") && !video.HasErrors("url") && !audio.HasErrors("url") && !one.HasErrors(kind):
			one.AddError(kind, "needs a url, as the type says")
		}
	}
}

// decodeShape reads the size. Pixels decide over a resolution and a shape.
func decodeShape(f *dialect.Fields, r *task.Request) {
	const pixels = "pixels such as 1280x720, with sides from 64 to 4096"
	r.AspectRatio = f.Matching("aspect_ratio", ratioForm, "width and height such as 16:9")
	named := resolutions()
	all := make([]string, 0, len(named))
	for name := range named {
		all = append(all, name)
	}
	slices.Sort(all)
	r.Resolution = named[f.OneOf("resolution", "", all...)]
	size := f.Matching("size", sizeForm, pixels)
	if width, height, ok := dialect.ParseSize(size); ok {
		dialect.SetSize(r, width, height)
	} else if size != "" {
		f.AddError("size", "%q is not possible; allowed: %s", size, pixels)
	}
}
