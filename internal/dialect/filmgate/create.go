package filmgate

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks of our own create.
const Dialect = "filmgate"

// DefaultModel is the model of a request that names none. It follows its route in the settings; without one it goes to
// the route of all others, or to the animatic.
const DefaultModel = "default"

// Limits of a create.
const (
	createLimit    = 48 << 20 // bytes of a body: two pictures of 16 MiB, or a video of 32 MiB, in Base64, and room
	pictureLimit   = 16 << 20 // bytes of a picture
	inlineLimit    = 32 << 20 // bytes of a video within a body
	promptLimit    = 5000     // characters
	negativeLimit  = 2500     // characters
	defaultSeconds = 5
	longest        = 60 // seconds
)

// ratios, resolutions and modes are the values that a request may use. /api/v1/models lists those of each model.
func ratios() []string {
	return []string{"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "5:3", "3:5", "21:9", "9:21"}
}

func resolutions() []string {
	return []string{"480p", "512p", "540p", "720p", "768p", "1080p", "2k", "4k"}
}

// decodeCreate reads the body of a create. What is wrong is noted in f.
func decodeCreate(f *dialect.Fields) task.Request {
	return decodeRequest(f, task.Request{Model: DefaultModel, AssetGroup: dialect.AssetGroup})
}

// decodeRequest reads a request. Fields that are absent are those of base, but for the seed.
func decodeRequest(f *dialect.Fields, base task.Request) task.Request {
	r := base
	r.Dialect = Dialect
	r.Model = cmp.Or(f.String("model", base.Model, task.NameLimit), DefaultModel)
	r.Name = f.String("name", base.Name, task.NameLimit)
	r.Prompt = f.String("prompt", base.Prompt, promptLimit)
	r.ExpandPrompt = f.Bool("expand_prompt", base.ExpandPrompt)
	r.NegativePrompt = f.String("negative_prompt", base.NegativePrompt, negativeLimit)
	r.AspectRatio = f.OneOf("aspect_ratio", base.AspectRatio, ratios()...)
	r.Resolution = f.OneOf("resolution", base.Resolution, resolutions()...)
	r.First, r.Last = pictureOr(f, "first_frame", base.First), pictureOr(f, "last_frame", base.Last)
	if given := dialect.InputVideo(f, "video"); given != nil || f.Has("video") {
		r.Video = given
	}
	decodeReferences(f, &r)
	if on := dialect.Truth(f, "audio"); on != nil {
		r.Audio = on
	}
	if f.Has("camera") {
		r.Camera = decodeCamera(f)
	}
	r.Mode = f.OneOf("mode", base.Mode, "std", "pro")
	r.Watermark, r.Caption = f.Bool("watermark", base.Watermark), f.Bool("caption", base.Caption)
	r.LowPriority = f.Bool("low_priority", base.LowPriority)
	r.AssetGroup = f.String("asset_group", base.AssetGroup, task.NameLimit)
	r.Seconds = decodeSeconds(f, base.Seconds, r.Video != nil)
	r.Seed, r.SeedDrawn = dialect.Seed(f), false
	if scale := dialect.CfgScale(f); scale != nil {
		r.CfgScale = scale
	}
	r.CallbackURL = dialect.CallbackURL(f, "callback_url")
	f.Close()
	checkInputs(f, r)
	return r
}

// pictureOr reads a picture. If the field is absent, it is base; if it is an empty text, there is none.
func pictureOr(f *dialect.Fields, name string, base *task.Image) *task.Image {
	if given := dialect.Picture(f, name, false, task.ImageLimits{Bytes: pictureLimit}); given != nil || f.Has(name) {
		return given
	}
	return base
}

// decodeSeconds reads the length. Without one it returns that of the base, if it has one, else the default, or 0, which means that
// of the input video if there is one.
func decodeSeconds(f *dialect.Fields, base int, video bool) int {
	if f.Has("seconds") {
		return int(f.Int("seconds", defaultSeconds, 1, longest))
	}
	if base > 0 || video {
		return base
	}
	return defaultSeconds
}

// checkInputs looks at what a request starts from.
func checkInputs(f *dialect.Fields, r task.Request) {
	some := r.First != nil || r.Last != nil || r.Video != nil
	for _, name := range []string{"first_frame", "last_frame", "video"} {
		some = some || f.HasErrors(name) || f.DidYouMean(name)
	}
	blank := strings.TrimSpace(r.Prompt) == ""
	if blank && !some && !f.DidYouMean("prompt") {
		f.AddError("prompt", "must not be empty where there is no first_frame, last_frame or video")
	}
	if blank && r.Caption {
		f.AddError("caption", "needs a prompt, which it shows")
	}
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		f.AddError("video", "can't go together with a first_frame or a last_frame")
	}
}

// decodeCamera reads a camera move; nil if there is none.
func decodeCamera(f *dialect.Fields) *task.Camera {
	if !f.Has("camera") {
		return nil
	}
	in := f.Object("camera")
	preset := in.OneOf("preset", "", dialect.CameraPresets()...)
	c, moved, faulty := dialect.CameraAxes(in)
	c.Preset = preset
	if c.Preset != "" {
		for _, axis := range moved {
			in.AddError(axis, "must be 0 or absent beside a preset, which is a whole move")
		}
	}
	moves := c.Preset != "" || in.HasErrors("preset") || len(moved) > 0 || faulty
	if !moves && !f.HasErrors("camera") {
		f.AddError("camera", "needs a preset, or an axis that is not 0")
	}
	return &c
}

func (c calls) createTask(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, createLimit)
	if err != nil {
		return nil, err
	}
	req := decodeCreate(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	if err != nil {
		return nil, err
	}
	return c.created(w, r, t), nil
}

// created returns the answer to a call that has made a task, and says in the header where to read it.
func (c calls) created(w http.ResponseWriter, r *http.Request, t task.Task) wireTask {
	links := c.Origin.Links(r, c.gw)
	w.Header().Set("Location", links.Base+"/api/v1/tasks/"+t.ID)
	out := encodeTask(t, links)
	out.made = true
	return out
}
