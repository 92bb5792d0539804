package ark

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a create. Those of a model are its engine's.
const (
	promptLimit    = 10_000   // characters
	pictureLimit   = 16 << 20 // bytes
	contentLimit   = 50       // entries of content
	defaultSeconds = 5
	longest        = 60 // seconds
	defaultRate    = 24 // frames a second
	fastest        = 60 // frames a second
	leastFrames    = defaultRate
	mostFrames     = longest * defaultRate
)

var (
	ratioForm = regexp.MustCompile(`^(adaptive|keep_ratio|[1-9][0-9]{0,3}:[1-9][0-9]{0,3})$`)
	sizeForm  = regexp.MustCompile(`^(480p|540p|720p|1080p|2k|4k|[1-9][0-9]{1,3}x[1-9][0-9]{1,3})$`)
)

// What ratioForm and sizeForm allow, in words.
const (
	ratios = "width and height such as 16:9, or adaptive"
	sizes  = "480p, 720p, 1080p, 2k, 4k, or pixels such as 1280x720 with sides from 64 to 4096"
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"prompt": "content", "seconds": "duration", "first_frame": "content", "last_frame": "content", "video": "content", "aspect_ratio": "ratio",
		"audio": "generate_audio", "reference_images": "content", "reference_audio": "content"}
}

// echo is what answers repeat of a request and what no other package reads.
type echo struct {
	LastFrame bool `json:"return_last_frame,omitempty"`
}

// decodeCreate reads the body of a create. What is wrong is noted in f. known are the models that it may name.
func decodeCreate(f *dialect.Fields, known []string) task.Request {
	f.Require("model", "content")
	r := task.Request{Dialect: Dialect, Model: f.OneOf("model", "", known...), AssetGroup: dialect.AssetGroup}
	var s settings
	decodeContent(f, &r, &s)
	decodeSettings(f, &s)
	s.apply(f, &r)
	r.LowPriority = f.OneOf("service_tier", "default", "default", "flex") == "flex"
	if f.Bool("return_last_frame", false) {
		r.Echo = strings.TrimSpace(string(dialect.Marshal(echo{LastFrame: true})))
	}
	r.Audio = dialect.Truth(f, "generate_audio")
	r.CallbackURL = dialect.CallbackURL(f, "callback_url")
	return r
}

// decodeContent reads content: texts, a first and a last frame, or a video to change, and references.
func decodeContent(f *dialect.Fields, r *task.Request, s *settings) {
	var texts []string
	found := false
	for i, one := range f.Objects("content", contentLimit) {
		found = true
		place := fmt.Sprintf("content/%d", i)
		item := decodeItem(one)
		switch {
		case item.kind == "text":
			if item.text == "" && !one.HasErrors("text") {
				f.AddError(place, "needs a text, as its type says")
			}
			texts = append(texts, decodeFlags(f, place+"/text", item.text, s))
		case item.kind == "video_url":
			item.addVideo(f, place, r)
		case item.kind == "image_url":
			item.addPicture(f, place, r)
		case item.kind == "audio_url":
			item.addRecording(f, place, r)
		}
	}
	r.Prompt = strings.TrimSpace(strings.Join(texts, "\n"))
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		f.AddError("content", "holds a video and a frame, which can't go together")
	}
	if found && f.Err() == nil && r.Prompt == "" && r.First == nil && r.Last == nil && r.Video == nil {
		f.AddError("content", "holds no text and no picture")
	}
}

// item is an entry of content.
type item struct {
	kind, text, role string
	picture          *task.Image
	video            *task.InputVideo
	recording        *task.InputAudio
	faulty           bool // its picture, video or recording has an error of its own
}

// decodeItem reads an entry of content.
func decodeItem(one *dialect.Fields) item {
	one.Require("type")
	it := item{
		kind: one.OneOf("type", "text", "text", "image_url", "video_url", "audio_url"),
		text: one.String("text", "", promptLimit),
		role: one.OneOf("role", "", "first_frame", "last_frame", "reference_image", "reference_video", "reference_audio"),
	}
	picture := one.Object("image_url")
	it.picture = dialect.Picture(picture, "url", false, task.ImageLimits{Bytes: pictureLimit})
	video := one.Object("video_url")
	it.video = dialect.InputVideo(video, "url")
	recording := one.Object("audio_url")
	it.recording = dialect.InputAudio(recording, "url")
	it.faulty = one.HasErrors("image_url") || one.HasErrors("video_url") || one.HasErrors("audio_url") ||
		picture.HasErrors("url") || video.HasErrors("url") || recording.HasErrors("url")
	return it
}

// addPicture adds a picture to the request: the first frame, unless its role says that it is the last, or a reference.
func (it item) addPicture(f *dialect.Fields, place string, r *task.Request) {
	to := &r.First
	if it.role == "last_frame" {
		to = &r.Last
	}
	switch {
	case it.picture == nil && !it.faulty:
		f.AddError(place, "needs an image_url with a url, as its type says")
	case it.role == "reference_image":
		if it.picture != nil {
			r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *it.picture})
		}
		return
	case it.role == "reference_video" || it.role == "reference_audio":
		f.AddError(place, "is a picture, whose role is first_frame, last_frame or reference_image")
	case *to != nil:
		f.AddError(place, "is a second picture of its role; send one first_frame and one last_frame at most")
	}
	*to = it.picture
}

// addVideo adds the video that is to be changed.
func (it item) addVideo(f *dialect.Fields, place string, r *task.Request) {
	switch {
	case it.video == nil && !it.faulty:
		f.AddError(place, "needs a video_url with a url, as its type says")
	case it.role != "" && it.role != "reference_video":
		f.AddError(place, "is a video, whose role is reference_video")
	case r.Video != nil:
		f.AddError(place, "is a second video; send one at most")
	}
	r.Video = it.video
}

// addRecording adds a recording of what is heard in the video.
func (it item) addRecording(f *dialect.Fields, place string, r *task.Request) {
	switch {
	case it.recording == nil && !it.faulty:
		f.AddError(place, "needs an audio_url with a url, as its type says")
	case it.role != "" && it.role != "reference_audio":
		f.AddError(place, "is a recording, whose role is reference_audio")
	case it.recording != nil:
		r.ReferenceAudio = append(r.ReferenceAudio, *it.recording)
	}
}

// decodeSettings reads the settings that are fields. They win over flags.
func decodeSettings(f *dialect.Fields, s *settings) {
	if v := f.Matching("resolution", sizeForm, sizes); v != "" {
		s.resolution = v
	}
	if v := f.Matching("ratio", ratioForm, ratios); v != "" {
		s.ratio = v
	}
	if f.Has("duration") {
		s.seconds = int(f.Int("duration", defaultSeconds, -1, longest))
		if s.seconds == 0 {
			f.AddError("duration", "must be a whole number from 1 to %d, or -1 for the default", longest)
		}
	}
	if f.Has("frames") {
		s.frames = int(f.Int("frames", leastFrames, leastFrames, mostFrames))
	}
	if f.Has("framespersecond") {
		s.fps = int(f.Int("framespersecond", defaultRate, 1, fastest))
	}
	if f.Has("seed") {
		s.seed = seedOf(f.Int("seed", -1, -1, math.MaxUint32))
	}
	s.watermark = f.Bool("watermark", s.watermark)
}

// apply puts the settings into the request. Frames decide over the length.
func (s settings) apply(f *dialect.Fields, r *task.Request) {
	r.Seed, r.Watermark, r.Format.FrameRate = s.seed, s.watermark, s.fps
	switch {
	case s.frames > 0:
		rate := max(s.fps, 0)
		if rate == 0 {
			rate = defaultRate
		}
		r.Format.FrameRate, r.Format.Frames, r.Seconds = rate, s.frames, max(1, (s.frames+rate/2)/rate)
		if r.Seconds > longest {
			f.AddError("frames", "make %d seconds; at most %d are allowed", r.Seconds, longest)
		}
	case s.seconds > 0:
		r.Seconds = s.seconds
	case r.Video == nil:
		r.Seconds = defaultSeconds
	}
	if s.ratio != "adaptive" && s.ratio != "keep_ratio" { // which are the shape of the picture
		r.AspectRatio = s.ratio
	}
	width, height, ok := dialect.ParseSize(s.resolution)
	switch {
	case ok:
		dialect.SetSize(r, width, height)
	case strings.Contains(s.resolution, "x"):
		f.AddError("resolution", "%q is not possible; allowed: %s", s.resolution, sizes)
	default:
		r.Resolution = s.resolution
	}
}
