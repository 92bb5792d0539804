package fal

import (
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// names are models of fal's that make videos: those that the JavaScript client's types list and fal's pages show
// (github.com/fal-ai/fal-js, fal.ai/models, read on 2026-11-28).
var names = []string{
	"fal-ai/veo3.1", "fal-ai/veo3.1/image-to-video", "fal-ai/veo3.1/first-last-frame-to-video", "fal-ai/veo3.1/fast", "fal-ai/veo3.1/fast/image-to-video",
	"fal-ai/kling-video/v2.5-turbo/pro/text-to-video", "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
	"fal-ai/kling-video/v2.6/pro/text-to-video", "fal-ai/kling-video/v2.6/pro/image-to-video",
	"fal-ai/minimax/hailuo-2.3/standard/text-to-video", "fal-ai/minimax/hailuo-2.3/standard/image-to-video",
	"fal-ai/minimax/hailuo-02/standard/text-to-video", "fal-ai/minimax/hailuo-02/standard/image-to-video",
	"fal-ai/bytedance/seedance/v1/pro/text-to-video", "fal-ai/bytedance/seedance/v1/pro/image-to-video",
	"fal-ai/bytedance/seedance/v1.5/pro/text-to-video", "fal-ai/bytedance/seedance/v1.5/pro/image-to-video",
	"fal-ai/luma-dream-machine/ray-2", "fal-ai/luma-dream-machine/ray-2/image-to-video", "fal-ai/luma-dream-machine/ray-2/modify",
	"fal-ai/wan/v2.7/text-to-video", "fal-ai/wan/v2.7/image-to-video", "fal-ai/ltx-2.3/text-to-video", "fal-ai/ltx-2.3/image-to-video",
}

// Models returns the models that callers may name, by Request.Dialect.
func Models() map[string][]string { return map[string][]string{Dialect: names} }

// Limits of an input. Models of fal's have different ones; these hold for all.
const (
	promptLimit = 5000 // characters
	imageBytes  = 16 << 20
	longest     = 60 // seconds
	references  = 30 // pictures of a list
)

// decode reads a model's input: the fields that most of fal's video models share. What is wrong is noted in f.
func decode(f *dialect.Fields) task.Request {
	r := task.Request{Dialect: Dialect, AssetGroup: dialect.AssetGroup,
		Prompt: f.String("prompt", "", promptLimit), NegativePrompt: f.String("negative_prompt", "", promptLimit),
		AspectRatio: f.OneOf("aspect_ratio", "", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "auto"),
		Resolution:  f.OneOf("resolution", "", "480p", "540p", "580p", "720p", "768p", "1080p", "1440p", "2160p", "4k"),
	}
	if r.AspectRatio == "auto" {
		r.AspectRatio = ""
	}
	r.Seconds, _ = strconv.Atoi(strings.TrimSuffix(f.OneOf("duration", "5", lengths()...), "s"))
	r.Seed = dialect.Seed(f)
	r.CfgScale = dialect.CfgScale(f)
	limits := task.ImageLimits{Bytes: imageBytes}
	r.First = first(dialect.Picture(f, "image_url", false, limits), dialect.Picture(f, "first_frame_url", false, limits), dialect.Picture(f, "start_image_url", false, limits))
	r.Last = first(dialect.Picture(f, "end_image_url", false, limits), dialect.Picture(f, "tail_image_url", false, limits), dialect.Picture(f, "last_frame_url", false, limits))
	for _, name := range []string{"image_urls", "reference_image_urls"} {
		r.ReferenceImages = append(r.ReferenceImages, dialect.ReferenceImages(f, name, references, limits)...)
	}
	if a := dialect.InputAudio(f, "audio_url"); a != nil {
		r.ReferenceAudio = []task.InputAudio{*a}
	}
	r.Audio = dialect.Truth(f, "generate_audio")
	r.Video = dialect.InputVideo(f, "video_url")
	if r.Video != nil && !f.Has("duration") {
		r.Seconds = 0 // that of the video
	}
	checkInputs(f, r)
	return r
}

// checkInputs looks at what a request starts from.
func checkInputs(f *dialect.Fields, r task.Request) {
	inputs := r.First != nil || r.Last != nil || r.Video != nil
	for _, name := range []string{"image_url", "first_frame_url", "start_image_url", "end_image_url", "tail_image_url", "last_frame_url", "video_url"} {
		inputs = inputs || f.HasErrors(name)
	}
	if strings.TrimSpace(r.Prompt) == "" && !inputs {
		f.AddError("prompt", "must not be empty without a picture or a video")
	}
}

// lengths returns the possible durations, as the models write them: "5" and "5s".
func lengths() []string {
	var out []string
	for n := 1; n <= longest; n++ {
		out = append(out, strconv.Itoa(n), strconv.Itoa(n)+"s")
	}
	return out
}

// first returns the first picture that is there.
func first(all ...*task.Image) *task.Image {
	for _, img := range all {
		if img != nil {
			return img
		}
	}
	return nil
}

// webhookOf reads the URL of the query that is told of the end.
func webhookOf(f *dialect.Fields, given string) string {
	if given == "" {
		return ""
	}
	query, err := dialect.ParseFields(dialect.Marshal(map[string]string{"fal_webhook": given}))
	if err != nil {
		f.AddError("fal_webhook", "must be an http or https URL")
		return ""
	}
	out := dialect.CallbackURL(query, "fal_webhook")
	if query.Err() != nil {
		f.AddError("fal_webhook", "must be an http or https URL")
	}
	return out
}
