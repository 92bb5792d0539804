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
	references     = 7  // entries of reference_images
	recordings     = 3  // entries of reference_audios
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "duration", "first_frame": "image", "last_frame": "last_frame", "video": "video",
		"audio": "generate_audio", "reference_images": "reference_images", "reference_audio": "reference_audios"}
}

// decodeCreate reads the body of POST /v1/videos/generations. What is wrong is noted in f. known are the models that it may name.
func decodeCreate(f *dialect.Fields, known []string) task.Request {
	r := decodeAny(f, known)
	r.Seconds = int(f.Int("duration", defaultSeconds, 1, longest))
	r.Resolution = f.OneOf("resolution", "", "480p", "720p", "1080p")
	r.AspectRatio = f.OneOf("aspect_ratio", "", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
	r.First, r.Last = picture(f, "image"), picture(f, "last_frame")
	decodeReferences(f, &r)
	r.Audio = dialect.Truth(f, "generate_audio")
	if f.Has("keyframes") {
		f.AddError("keyframes", "is not possible: no engine of this server takes them")
	}
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil {
		f.AddError("prompt", "must not be empty without an image")
	}
	return r
}

// decodeReferences reads the pictures of what the video shows, and the recordings of what is heard in it.
func decodeReferences(f *dialect.Fields, r *task.Request) {
	for _, in := range f.ObjectsUpTo("reference_images", references) {
		in.Require("url")
		if img := dialect.Picture(in, "url", false, task.ImageLimits{}); img != nil {
			r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *img})
		} else if in.Has("url") && !in.HasErrors("url") {
			in.AddError("url", "must not be empty")
		}
	}
	for _, in := range f.ObjectsUpTo("reference_audios", recordings) {
		in.Require("url") // a voice_id names a voice that only xAI has
		if a := dialect.InputAudio(in, "url"); a != nil {
			r.ReferenceAudio = append(r.ReferenceAudio, *a)
		} else if in.Has("url") && !in.HasErrors("url") {
			in.AddError("url", "must not be empty")
		}
	}
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
