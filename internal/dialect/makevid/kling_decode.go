package makevid

import (
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of the Kling family: those of the makevid page, else Kling's own.
const (
	klingBodyLimit     = 28 << 20 // two pictures of 10 MB in Base64, and room
	klingPromptLimit   = 2500     // characters
	klingNegativeLimit = 200      // characters
)

// klingFamily returns what both families share.
func klingFamily(kind string, decode func(*dialect.Fields) task.Request, doc familyDoc) family {
	return family{
		namesRequest: true,
		name:         "makevid/kling." + kind,
		create:       "/api/v1/kling/" + kind + "/create_kling",
		get:          "/api/v1/kling/" + kind + "/get_kling",
		limit:        klingBodyLimit,
		fields:       map[string]string{"seconds": "duration", "first_frame": "image", "last_frame": "image_tail", "camera": "camera_control"},
		decode:       decode,
		encode:       encodeKling,
		refuse:       refuseKling,
		doc:          doc,
	}
}

func klingText() family  { return klingFamily("text2video", decodeKlingText, klingTextDoc()) }
func klingImage() family { return klingFamily("image2video", decodeKlingImage, klingImageDoc()) }

// decodeKlingText reads the body of text2video's create. What is wrong is noted in f.
func decodeKlingText(f *dialect.Fields) task.Request {
	f.Require("prompt")
	r := decodeKling(f)
	if strings.TrimSpace(r.Prompt) == "" {
		f.AddError("prompt", "must not be empty")
	}
	r.AspectRatio = f.OneOf("aspect_ratio", klingRatios()[0], klingRatios()...)
	r.Format = profiles.kling[0].format(r.Seconds, r.AspectRatio)
	return r
}

// klingRatios returns the aspect ratios of a video from text, the default first.
func klingRatios() []string { return []string{"16:9", "9:16", "1:1"} }

// decodeKlingImage reads the body of image2video's create. The video has the picture's own shape.
func decodeKlingImage(f *dialect.Fields) task.Request {
	limits := KlingPictures()
	f.Require("image")
	r := decodeKling(f)
	r.First = dialect.Picture(f, "image", true, limits)
	if r.First == nil {
		f.AddError("image", "must not be empty")
	}
	r.Last = dialect.Picture(f, "image_tail", true, limits)
	if r.Last != nil && r.Camera != nil {
		f.AddError("camera_control", "is not possible together with image_tail")
	}
	r.Format = profiles.kling[0].format(r.Seconds, "")
	return r
}

// KlingPictures returns the limits of a picture: bytes, pixels and types from the page, the ratio of the sides from Kling.
func KlingPictures() task.ImageLimits {
	return task.ImageLimits{Bytes: 10 << 20, MinSide: 300, MaxRatio: 2.5, Types: []string{"image/jpeg", "image/png"}}
}

// decodeKling reads what both bodies have.
func decodeKling(f *dialect.Fields) task.Request {
	r := task.Request{
		Model:          profiles.kling[0].model,
		Prompt:         f.String("prompt", "", klingPromptLimit),
		NegativePrompt: f.String("negative_prompt", "", klingNegativeLimit),
		Mode:           f.OneOf("mode", "std", "std", "pro"),
		Camera:         KlingCamera(f),
		AssetGroup:     dialect.AssetGroup,
	}
	r.CfgScale = dialect.CfgScale(f)
	var lengths []string
	for _, n := range profiles.kling[0].seconds() {
		lengths = append(lengths, strconv.Itoa(n))
	}
	r.Seconds, _ = strconv.Atoi(f.OneOf("duration", lengths[0], lengths...)) // one of those just written
	return r
}

// KlingCamera reads camera_control: one of six axes by value, or a preset without values. It returns nil if it is absent.
func KlingCamera(f *dialect.Fields) *task.Camera {
	if !f.Has("camera_control") {
		return nil
	}
	control := f.Object("camera_control")
	if f.HasErrors("camera_control") {
		return nil
	}
	control.Require("type")
	kind := control.OneOf("type", "", append([]string{"simple"}, dialect.CameraPresets()...)...)
	config := control.Object("config")
	c, moved, faulty := dialect.CameraAxes(config)
	switch {
	case kind == "": // a fault of its own
	case kind != "simple":
		if control.Has("config") {
			control.AddError("config", "must be absent with type %q", kind)
		}
		c = task.Camera{Preset: kind}
	case !control.Has("config"):
		control.AddError("config", "is required with type \"simple\"")
	case len(moved) != 1 && !faulty && !control.HasErrors("config"):
		control.AddError("config", "must have exactly one of horizontal, vertical, pan, tilt, roll and zoom other than 0, not %d", len(moved))
	}
	return &c
}
