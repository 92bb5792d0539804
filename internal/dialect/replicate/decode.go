package replicate

import (
	"math"
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
	defaultSeconds = 5
	longest        = 60 // seconds
	fastest        = 60 // frames a second
	mostFrames     = longest * fastest
	webhookEvents  = 8  // entries of webhook_events_filter
	references     = 30 // entries of reference_images
)

// The names that models give to the same input. The first one that is present counts.
var (
	firstNames = []string{"image", "start_image", "first_frame_image", "first_frame", "input_image", "input_reference", "start_image_url"}
	lastNames  = []string{"last_frame_image", "end_image", "last_frame", "last_image", "end_image_url"}
	videoNames = []string{"video", "video_url", "input_video"}
	rateNames  = []string{"fps", "frames_per_second"}
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "input/duration", "first_frame": "input/image", "last_frame": "input/last_frame_image", "video": "input/video",
		"aspect_ratio": "input/aspect_ratio", "resolution": "input/resolution", "prompt": "input/prompt", "seed": "input/seed",
		"negative_prompt": "input/negative_prompt", "fps": "input/fps", "audio": "input/generate_audio", "reference_images": "input/reference_images"}
}

// decodeCreate reads the body of a create, apart from what names its model. What is wrong is noted in f.
func decodeCreate(f *dialect.Fields) (task.Request, echo) {
	f.Require("input")
	in := f.Object("input")
	r := task.Request{AssetGroup: dialect.AssetGroup}
	if !f.HasErrors("input") {
		decodeInput(in, &r)
	}
	r.CallbackURL = dialect.CallbackURL(f, "webhook")
	e := echo{Input: echoInput(in.Raw())}
	e.Events = f.Strings("webhook_events_filter", webhookEvents, eventNames()...)
	f.Bool("stream", false) // long deprecated; a video has no stream
	return r, e
}

// versionField matches everything that a version may look like.
var versionField = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,200}(?::[0-9a-f-]{36,64})?$`)

// decodeVersion reads the version of a create whose path names no model.
func decodeVersion(f *dialect.Fields) string {
	f.Require("version")
	return f.Matching("version", versionField, "owner/name, owner/name:version, or the 64 hexadecimal digits of a version")
}

func decodeInput(in *dialect.Fields, r *task.Request) {
	r.Prompt = in.String("prompt", "", promptLimit)
	r.NegativePrompt = in.String("negative_prompt", "", promptLimit)
	r.ExpandPrompt = in.Bool("prompt_optimizer", false)
	limits := task.ImageLimits{Bytes: pictureLimit}
	r.First = firstOf(firstNames, func(name string) *task.Image { return dialect.Picture(in, name, false, limits) })
	r.Last = firstOf(lastNames, func(name string) *task.Image { return dialect.Picture(in, name, false, limits) })
	r.Video = firstOf(videoNames, func(name string) *task.InputVideo { return dialect.InputVideo(in, name) })
	r.ReferenceImages = dialect.ReferenceImages(in, "reference_images", references, limits)
	r.Audio = dialect.Truth(in, "generate_audio")
	decodeLength(in, r)
	decodeShape(in, r)
	if seed := in.Int("seed", -1, -1, math.MaxUint32); seed >= 0 { // -1 is a random one
		value := uint32(seed) //nolint:gosec // Int keeps it within the range
		r.Seed = &value
	}
	r.CfgScale = dialect.CfgScale(in)
	r.Loop = in.Bool("loop", false)
	r.Mode = map[string]string{"standard": "std", "pro": "pro"}[in.String("mode", "", task.NameLimit)] // other models' modes have no effect
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		in.AddError(strings.TrimPrefix(r.Video.Field, "input/"), "a video can't go together with a first or last frame")
	}
	inputs := slices.Concat([]string{"prompt"}, firstNames, lastNames, videoNames)
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil && r.Video == nil && !slices.ContainsFunc(inputs, in.HasErrors) {
		in.AddError("prompt", "must not be empty without a picture or a video")
	}
}

// firstOf reads every one of the names, so that each is known, and returns the first that is there.
func firstOf[T any](names []string, read func(name string) *T) *T {
	var found *T
	for _, name := range names {
		if one := read(name); found == nil {
			found = one
		}
	}
	return found
}

// decodeLength reads how long the video is: seconds, or a number of frames at a rate.
func decodeLength(in *dialect.Fields, r *task.Request) {
	for _, name := range rateNames {
		if in.Has(name) {
			r.Format.FrameRate = int(in.Int(name, 0, 1, fastest))
		}
	}
	frames := int(in.Int("num_frames", 0, 1, mostFrames))
	seconds := int(in.Int("seconds", 0, 1, longest))
	switch {
	case in.Has("duration"):
		r.Seconds = int(in.Int("duration", defaultSeconds, 1, longest))
	case seconds > 0:
		r.Seconds = seconds
	case frames > 0:
		rate := max(r.Format.FrameRate, 16) // of models that count frames, Wan's is the slowest
		r.Seconds = min(max((frames+rate/2)/rate, 1), longest)
	case r.Video == nil:
		r.Seconds = defaultSeconds
	}
}

var (
	ratioForm = regexp.MustCompile(`^(auto|adaptive|match_input_image|landscape|portrait|[1-9][0-9]{0,3}:[1-9][0-9]{0,3})$`)
	sizeForm  = regexp.MustCompile(`^([1-9][0-9]{1,3}[x*:][1-9][0-9]{1,3}|[1-9][0-9]{2,3}[pP]|[24][kK]|standard|high)$`)
)

// decodeShape reads aspect_ratio, resolution and size. A size in pixels decides the shape.
func decodeShape(in *dialect.Fields, r *task.Request) {
	const pixels = "pixels such as 1280x720, with sides from 64 to 4096, or a name such as 720p"
	switch ratio := in.Matching("aspect_ratio", ratioForm, "width and height such as 16:9, landscape, portrait or auto"); ratio {
	case "auto", "adaptive", "match_input_image": // the shape of the picture
	case "landscape":
		r.AspectRatio = "16:9"
	case "portrait":
		r.AspectRatio = "9:16"
	default:
		r.AspectRatio = ratio
	}
	for _, name := range []string{"resolution", "size"} {
		size := in.Matching(name, sizeForm, pixels)
		width, height, ok := dialect.ParseSize(size)
		switch {
		case size == "":
		case size == "standard": // Sora's words
			r.Resolution = "720p"
		case size == "high":
			r.Resolution = "1080p"
		case ok:
			dialect.SetSize(r, width, height)
		case strings.ContainsAny(size, "x*:"):
			in.AddError(name, "%q is not possible; allowed: %s", size, pixels)
		default:
			r.Resolution = strings.ToLower(size)
		}
	}
}

// eventNames are the events that a webhook may ask for.
func eventNames() []string { return []string{"start", "output", "logs", "completed"} }
