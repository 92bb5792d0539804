package xai

import (
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a create.
const (
	promptLimit    = 4096 // characters
	defaultSeconds = 8
	longest        = 15 // seconds
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "duration", "first_frame": "image", "last_frame": "last_frame", "video": "video"}
}

// decodeCreate reads the body of POST /v1/videos/generations. What is wrong is noted in f. known are the models that it may name.
func decodeCreate(f *dialect.Fields, known []string) task.Request {
	r := decodeAny(f, known)
	r.Seconds = int(f.Int("duration", defaultSeconds, 1, longest))
	r.Resolution = f.OneOf("resolution", "", "480p", "720p", "1080p")
	r.AspectRatio = f.OneOf("aspect_ratio", "", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
	r.First, r.Last = picture(f, "image"), picture(f, "last_frame")
	for _, name := range []string{"reference_images", "reference_audios", "keyframes"} {
		if f.Has(name) {
			f.AddError(name, "is not possible: no engine of this server takes them")
		}
	}
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil {
		f.AddError("prompt", "must not be empty without an image")
	}
	return r
}

// decodeEdit reads the body of POST /v1/videos/edits. The result is as long as the video, and has its shape.
func decodeEdit(f *dialect.Fields, known []string) task.Request {
	f.Require("video")
	r := decodeAny(f, known)
	if f.Has("video") {
		in := f.Object("video")
		in.Require("url")
		if r.Video = dialect.InputVideo(in, "url"); r.Video == nil && in.Has("url") {
			in.AddError("url", "must not be empty")
		}
	}
	return r
}

// decodeAny reads what the calls share.
func decodeAny(f *dialect.Fields, known []string) task.Request {
	f.Require("model")
	return task.Request{Dialect: Dialect, Model: f.OneOf("model", "", known...), Prompt: f.String("prompt", "", promptLimit), AssetGroup: dialect.AssetGroup}
}

// picture reads a picture: {"url": "…"}.
func picture(f *dialect.Fields, name string) *task.Image {
	if !f.Has(name) {
		return nil
	}
	in := f.Object(name)
	if f.HasErrors(name) {
		return nil
	}
	in.Require("url")
	img := dialect.Picture(in, "url", false, task.ImageLimits{})
	if img == nil && in.Has("url") {
		in.AddError("url", "must not be empty")
	}
	return img
}
