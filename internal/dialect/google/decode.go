package google

import (
	"fmt"
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
	defaultSeconds = 8        // Veo's own
	longest        = 60       // seconds
	fastest        = 60       // frames a second
	references     = 10       // entries of referenceImages
)

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	out := map[string]string{"seconds": "parameters/durationSeconds", "first_frame": "instances/0/image", "last_frame": "instances/0/lastFrame", "video": "instances/0/video",
		"aspect_ratio": "parameters/aspectRatio", "resolution": "parameters/resolution", "prompt": "instances/0/prompt", "seed": "parameters/seed",
		"negative_prompt": "parameters/negativePrompt", "fps": "parameters/fps", "audio": "parameters/generateAudio", "reference_images": "instances/0/referenceImages"}
	for i := range references {
		out[fmt.Sprintf("reference_images/%d/role", i)] = fmt.Sprintf("instances/0/referenceImages/%d/referenceType", i)
	}
	return out
}

// decodePredict reads the body of a create. What is wrong is noted in f.
func decodePredict(f *dialect.Fields) task.Request {
	r := task.Request{AssetGroup: dialect.AssetGroup}
	f.Require("instances")
	for _, in := range f.Objects("instances", 1) {
		decodeInstance(in, &r)
	}
	p := f.Object("parameters")
	if !f.HasErrors("parameters") {
		decodeParameters(p, &r)
	}
	return r
}

func decodeInstance(in *dialect.Fields, r *task.Request) {
	r.Prompt = in.String("prompt", "", promptLimit)
	r.First, r.Last = decodePicture(in, "image"), decodePicture(in, "lastFrame")
	r.Video = decodeVideo(in, "video")
	for _, one := range in.ObjectsUpTo("referenceImages", references) {
		one.Require("image")
		role := strings.ToLower(one.OneOf("referenceType", "asset", "asset", "style", "ASSET", "STYLE"))
		if img := decodePicture(one, "image"); img != nil {
			r.ReferenceImages = append(r.ReferenceImages, task.ReferenceImage{Image: *img, Role: map[string]task.ReferenceRole{"style": task.RoleStyle}[role]})
		}
	}
	if r.Video != nil && (r.First != nil || r.Last != nil) {
		in.AddError("video", "can't go together with image or lastFrame")
	}
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil && r.Video == nil && !slices.ContainsFunc([]string{"prompt", "image", "lastFrame", "video"}, in.HasErrors) {
		in.AddError("prompt", "must not be empty without image, lastFrame or video")
	}
}

// decodePicture reads a picture: bytesBase64Encoded, inlineData, or the URL in gcsUri. It returns nil if it is absent or invalid.
func decodePicture(f *dialect.Fields, field string) *task.Image {
	if !f.Has(field) {
		return nil
	}
	in := f.Object(field)
	if f.HasErrors(field) {
		return nil
	}
	in.String("mimeType", "", task.NameLimit) // the content decides
	limits := task.ImageLimits{Bytes: pictureLimit}
	data := in.Object("inlineData")
	data.String("mimeType", "", task.NameLimit)
	inline := dialect.Picture(data, "data", true, limits) // before other fields of in, so that it is described
	return only(f, in, field, dialect.Picture(in, "bytesBase64Encoded", true, limits), inline, dialect.Picture(in, "gcsUri", false, limits))
}

// decodeVideo reads a video, as decodePicture does; encodedVideo and uri are the Gemini API's names.
func decodeVideo(f *dialect.Fields, field string) *task.InputVideo {
	if !f.Has(field) {
		return nil
	}
	in := f.Object(field)
	if f.HasErrors(field) {
		return nil
	}
	in.String("mimeType", "", task.NameLimit)
	in.String("encoding", "", task.NameLimit)
	return only(f, in, field, dialect.BareVideo(in, "bytesBase64Encoded"), dialect.BareVideo(in, "encodedVideo"), dialect.InputVideo(in, "gcsUri"), dialect.InputVideo(in, "uri"))
}

// only returns the first of a file's contents. None is an error, unless a content has one.
func only[T any](f, in *dialect.Fields, field string, contents ...*T) *T {
	for _, one := range contents {
		if one != nil {
			return one
		}
	}
	if !slices.ContainsFunc([]string{"bytesBase64Encoded", "inlineData", "encodedVideo", "gcsUri", "uri"}, in.HasErrors) {
		f.AddError(field, "needs bytesBase64Encoded, or an http or https URL as gcsUri")
	}
	return nil
}

var (
	ratioForm = regexp.MustCompile(`^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$`)
	sizeForm  = regexp.MustCompile(`^([1-9][0-9]{1,3}x[1-9][0-9]{1,3}|[1-9][0-9]{2,3}p|[24][kK])$`)
)

func decodeParameters(p *dialect.Fields, r *task.Request) {
	p.IntOf("sampleCount", 1) // one video is made for each call
	if p.Has("durationSeconds") {
		r.Seconds = int(p.Int("durationSeconds", defaultSeconds, 1, longest))
	} else if r.Video == nil {
		r.Seconds = defaultSeconds
	}
	if p.Has("fps") {
		r.Format.FrameRate = int(p.Int("fps", 0, 1, fastest))
	}
	r.Seed = dialect.Seed(p)
	r.NegativePrompt = p.String("negativePrompt", "", promptLimit)
	r.ExpandPrompt = p.Bool("enhancePrompt", false)
	r.Audio = dialect.Truth(p, "generateAudio")
	r.AspectRatio = p.Matching("aspectRatio", ratioForm, "width and height such as 16:9")
	const pixels = "720p, 1080p, 4k and other names, or pixels such as 1280x720 with sides from 64 to 4096"
	size := p.Matching("resolution", sizeForm, pixels)
	width, height, ok := dialect.ParseSize(size)
	switch {
	case ok:
		dialect.SetSize(r, width, height)
	case strings.Contains(size, "x"):
		p.AddError("resolution", "%q is not possible; allowed: %s", size, pixels)
	default:
		r.Resolution = strings.ToLower(size)
	}
}

// names are Veo's models: of the AI SDK's types and of Vertex AI's pages, which our engine knows (2026-11-28).
var names = []string{
	"veo-2.0-generate-001", "veo-2.0-generate-exp", "veo-2.0-generate-preview",
	"veo-3.0-fast-generate-001", "veo-3.0-fast-generate-preview", "veo-3.0-generate-001", "veo-3.0-generate-preview",
	"veo-3.1-fast-generate-001", "veo-3.1-fast-generate-preview", "veo-3.1-generate", "veo-3.1-generate-001", "veo-3.1-generate-preview",
	"veo-3.1-lite-generate-001", "veo-3.1-lite-generate-preview",
}

// Models returns the models that callers may name.
func Models() map[string][]string { return map[string][]string{Dialect: slices.Clone(names)} }

// checkModel refuses a model that is neither Google's nor the operator's.
func (c calls) checkModel(name string) error {
	known := dialect.KnownModels(names, c.gw.RoutedModels())
	if slices.Contains(known, name) {
		return nil
	}
	return &task.Error{Code: task.NotFound, Detail: fmt.Sprintf("There is no model %q here; there are %s.", task.Excerpt(name), strings.Join(known, ", "))}
}
