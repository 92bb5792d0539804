package runway

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// developer is the Request.Dialect of tasks of the developer API.
const developer = "runway"

// Limits of the developer API (docs.dev.runwayml.com/assets/inputs, read on 2026-11-28). Pictures by URL may have 16 MB and data URIs
// 5 MB; videos 32 MB and 16 MB. A model's own limits are in its table.
const (
	videoBodyLimit = 48 << 20 // bytes of a create's body: pictures or a video as data URIs, and room
	promptLimit    = 15000    // characters
	negativeLimit  = 2500     // characters
	imageBytes     = 16 << 20
	defaultSeconds = 5
	longest        = 60 // seconds
	referenceLimit = 30 // pictures of a list
	recordingLimit = 10 // of a list
)

// uploadScheme begins the URI of a file that was uploaded.
const uploadScheme = "runway://"

// decodeVideo reads the body of a create. What is wrong is noted in f. routed are the operator's own models.
func decodeVideo(f *dialect.Fields, k kind, routed []string) task.Request {
	f.Require("model")
	names := modelNames(k, routed)
	r := task.Request{Dialect: developer, AssetGroup: dialect.AssetGroup, Model: f.OneOf("model", "", names...),
		Prompt: f.String("promptText", "", promptLimit), NegativePrompt: f.String("negativePrompt", "", negativeLimit),
		Seconds: int(f.IntOr("duration", "auto", defaultSeconds, 1, longest))}
	f.OneOf("outputFormat", "mp4", "mp4")
	r.Seed = dialect.Seed(f)
	r.Watermark = f.Bool("watermark", false)
	r.Audio = dialect.Truth(f, "audio")
	decodeSize(f, &r)
	decodeReferences(f, &r)
	switch k {
	case fromImage:
		f.Require("promptImage")
		decodeImages(f, &r, find(r.Model).references)
	case fromVideo:
		decodeVideoInput(f, &r)
	case fromText:
	}
	if r.Model != "" {
		find(r.Model).check(f, k, r)
	}
	return r
}

var ratioForm = regexp.MustCompile(`^([0-9]{1,4}:[0-9]{1,4}|adaptive|auto_(480|720|1080)p)$`)

// decodeSize reads the ratio, in pixels or as a shape, and the resolution.
func decodeSize(f *dialect.Fields, r *task.Request) {
	if f.Has("resolution") {
		r.Resolution = strings.ToLower(f.OneOf("resolution", "", "480p", "720p", "768p", "1080p", "2k", "4k", "480P", "720P", "768P", "1080P", "2K", "4K"))
	}
	ratio := cmp.Or(f.Matching("ratio", ratioForm, "a size such as 1280:720, a shape such as 16:9, adaptive, auto_480p, auto_720p, auto_1080p"), f.OneOf("targetAspectRatio", "", shapes()...))
	lines, isAuto := strings.CutPrefix(ratio, "auto_")
	width, height, isSize := dialect.ParseSize(ratio)
	switch {
	case ratio == "" || ratio == "adaptive":
	case isAuto && slices.Contains([]string{"480p", "720p", "1080p"}, lines):
		r.Resolution = lines
	case slices.Contains(shapes(), ratio):
		r.AspectRatio = ratio
	case isSize:
		dialect.SetSize(r, width, height)
	default:
		f.AddError("ratio", "must be a size such as 1280:720, from 64 to 4096 pixels a side, or one of %s, adaptive, auto_480p, auto_720p, auto_1080p", list(shapes()))
	}
}

// shapes are the ratios that name no size.
func shapes() []string {
	return []string{"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"}
}

// decodeReferences reads the pictures of what is in the video, and the recordings of what is heard in it.
func decodeReferences(f *dialect.Fields, r *task.Request) {
	for _, one := range f.ObjectsUpTo("references", referenceLimit) {
		one.OneOf("type", "image", "image")
		one.Require("uri")
		if img := picture(one, "uri"); img != nil {
			r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *img})
		} else if one.Has("uri") && !one.HasErrors("uri") {
			one.AddError("uri", "must not be empty")
		}
	}
	for _, one := range f.ObjectsUpTo("referenceAudio", recordingLimit) {
		one.OneOf("type", "audio", "audio")
		one.Require("uri")
		if s, ok := uploadOf(one, "uri"); ok {
			r.ReferenceAudio = append(r.ReferenceAudio, task.InputAudio{Source: s, Field: one.Path("uri")})
		} else if a := dialect.InputAudio(one, "uri"); a != nil {
			r.ReferenceAudio = append(r.ReferenceAudio, *a)
		} else if one.Has("uri") && !one.HasErrors("uri") {
			one.AddError("uri", "must not be empty")
		}
	}
}

// decodeImages reads promptImage: one picture, or a list with positions. Pictures of which none has a position are references with models
// that take them (references). Else a picture without one is the first frame.
func decodeImages(f *dialect.Fields, r *task.Request, references bool) {
	f.ListOr("promptImage", func() {
		most := 2
		if references {
			most = referenceLimit
		}
		all := f.Objects("promptImage", most)
		none := !slices.ContainsFunc(all, func(one *dialect.Fields) bool { return one.Has("position") })
		for _, one := range all {
			decodePosition(one, r, references && none)
		}
	}, func() {
		r.First = picture(f, "promptImage")
		if r.First == nil {
			f.AddError("promptImage", "must not be empty")
		}
	})
}

// decodePosition reads one picture of a list.
func decodePosition(one *dialect.Fields, r *task.Request, references bool) {
	one.Require("uri")
	img := picture(one, "uri")
	position := one.OneOf("position", "first", "first", "last")
	if references && img != nil {
		r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *img})
		return
	}
	to := &r.First
	if position == "last" {
		to = &r.Last
	}
	if *to != nil {
		one.AddError("position", "is another picture's too")
	}
	*to = img
}

// picture reads a field that holds a picture: an https URL, a data URI or an upload. It returns nil if there is none.
func picture(f *dialect.Fields, field string) *task.Image {
	if s, ok := uploadOf(f, field); ok {
		return &task.Image{Source: s, Field: f.Path(field), Limits: task.ImageLimits{Bytes: imageBytes}}
	}
	return dialect.Picture(f, field, false, task.ImageLimits{Bytes: imageBytes})
}

// decodeVideoInput reads the video that is to be changed: videoUri, or promptVideo with some models.
func decodeVideoInput(f *dialect.Fields, r *task.Request) {
	for _, field := range []string{"videoUri", "promptVideo"} {
		var v *task.InputVideo
		if s, ok := uploadOf(f, field); ok {
			v = &task.InputVideo{Source: s, Field: field}
		} else {
			v = dialect.InputVideo(f, field)
		}
		switch {
		case v != nil && r.Video != nil:
			f.AddError(field, "can't go together with videoUri")
		case v != nil:
			r.Video = v
		}
	}
	if r.Video == nil && !f.HasErrors("videoUri") && !f.HasErrors("promptVideo") {
		f.AddError("videoUri", "is required")
	}
	if !f.Has("duration") {
		r.Seconds = 0 // that of the video
	}
}

// uploadOf reads a field that names an upload, "runway://<id>"; ok is false if it holds something else.
func uploadOf(f *dialect.Fields, field string) (source string, ok bool) {
	s := strings.TrimSpace(f.String(field, "", 0))
	return s, strings.HasPrefix(s, uploadScheme)
}

// list writes what is allowed, for people.
func list[T any](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}
