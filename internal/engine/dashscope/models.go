package dashscope

import (
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// variant is a model and the form of its inputs on the wire.
type variant struct {
	engine.Model
	mediaList  bool // images are sent as a list with roles; otherwise each has its own field
	bySize     bool // the frame size is sent as "1280*720", not by the name of a resolution
	takesRatio bool // without an image, the aspect ratio is sent in its own field
	promptOnly bool // the model takes neither a negative prompt nor prompt_extend
	path       string
}

const synthesisPath, keyframesPath = "/services/aigc/video-generation/video-synthesis", "/services/aigc/image2video/video-synthesis"

// variants returns the models that both Singapore and Beijing offer, in order of preference.
func variants() []variant {
	hd, full, plus := []string{"720p", "1080p"}, []string{"480p", "720p", "1080p"}, []string{"480p", "1080p"}
	five := []int{5}
	all := []variant{
		{Model: textModel("wan2.7-t2v", 5000, hd, engine.SecondsRange(2, 15)), takesRatio: true},
		{Model: textModel("wan2.6-t2v", 1500, hd, engine.SecondsRange(2, 15)), bySize: true},
		{Model: textModel("wan2.5-t2v-preview", 1500, full, []int{5, 10}), bySize: true},
		{Model: textModel("wan2.2-t2v-plus", 800, plus, five), bySize: true},
		{Model: imageModel("wan2.7-i2v", 5000, hd, engine.SecondsRange(2, 15), engine.FromFirst, engine.FromFirstLast), mediaList: true},
		{Model: imageModel("wan2.7-i2v-2026-04-25", 5000, hd, engine.SecondsRange(2, 15), engine.FromFirst, engine.FromFirstLast), mediaList: true},
		{Model: imageModel("wan2.6-i2v", 1500, hd, engine.SecondsRange(2, 15), engine.FromFirst)},
		{Model: imageModel("wan2.6-i2v-flash", 1500, hd, engine.SecondsRange(2, 15), engine.FromFirst)},
		{Model: imageModel("wan2.5-i2v-preview", 1500, full, []int{5, 10}, engine.FromFirst)},
		{Model: imageModel("wan2.2-i2v-plus", 800, plus, five, engine.FromFirst)},
		{Model: imageModel("wan2.2-i2v-flash", 800, full, five, engine.FromFirst)},
		{Model: imageModel("wan2.2-kf2v-flash", 800, full, five, engine.FromFirst, engine.FromFirstLast), path: keyframesPath},
		{Model: textModel("wan3.0-video", 20000, full, engine.SecondsRange(2, 30)), mediaList: true, takesRatio: true, promptOnly: true},
		{Model: textModel("happyhorse-1.1-t2v", 5000, hd, engine.SecondsRange(3, 15)), takesRatio: true, promptOnly: true},
		{Model: textModel("happyhorse-1.0-t2v", 5000, hd, engine.SecondsRange(3, 15)), takesRatio: true, promptOnly: true},
		{Model: imageModel("happyhorse-1.1-i2v", 5000, hd, engine.SecondsRange(3, 15), engine.FromFirst), mediaList: true, promptOnly: true},
		{Model: imageModel("happyhorse-1.0-i2v", 5000, hd, engine.SecondsRange(3, 15), engine.FromFirst), mediaList: true, promptOnly: true},
	}
	for i := range all {
		v := &all[i]
		if v.path == "" {
			v.path = synthesisPath
		}
		switch v.Name {
		case "wan3.0-video":
			v.Modes = []engine.Mode{engine.FromText, engine.FromFirst, engine.FromFirstLast}
			v.Images.Types = imageTypes()
		case "wan2.7-i2v", "wan2.7-i2v-2026-04-25":
			v.Images.Bytes, v.Images.MinSide, v.Images.MaxSide = 20<<20, 240, 8000
		case "wan2.2-kf2v-flash":
			v.Images.MinSide, v.Images.MaxSide = 240, 8000
		case "happyhorse-1.1-i2v", "happyhorse-1.0-i2v":
			v.Images.MinSide, v.Images.MaxSide, v.Images.MaxRatio = 300, 0, 2.5
		case "happyhorse-1.1-t2v":
			v.AspectRatios = append(v.AspectRatios, "4:5", "5:4", "9:21", "21:9")
		}
	}
	return all
}

// textModel returns a model that makes videos from text; prompt is its limit in characters.
func textModel(name string, prompt int, resolutions []string, seconds []int) engine.Model {
	return engine.Model{
		Name: name, Modes: []engine.Mode{engine.FromText}, Limits: task.Limits{Resolutions: resolutions, Seconds: seconds, PromptLimit: prompt, AspectRatios: []string{"16:9", "9:16", "1:1", "4:3", "3:4"}}, Seed: true,
	}
}

// imageModel returns a model that makes videos from images, with the image sizes of legacy-image-to-video-api-reference.
func imageModel(name string, prompt int, resolutions []string, seconds []int, modes ...engine.Mode) engine.Model {
	return engine.Model{
		Name: name, Modes: modes, Limits: task.Limits{Resolutions: resolutions, Seconds: seconds, PromptLimit: prompt}, Seed: true,
		Images: task.InputImageLimits{Types: imageTypes(), Bytes: 10 << 20, MinSide: 360, MaxSide: 2000},
	}
}

func imageTypes() []string { return []string{"image/jpeg", "image/png", "image/webp"} }

// sizeTable maps "RESOLUTION ASPECT_RATIO" to the frame size as DashScope writes it.
func sizeTable() map[string]string {
	return map[string]string{
		"480p 16:9": "832*480", "480p 9:16": "480*832", "480p 1:1": "624*624",
		"720p 16:9": "1280*720", "720p 9:16": "720*1280", "720p 1:1": "960*960", "720p 4:3": "1088*832", "720p 3:4": "832*1088",
		"1080p 16:9": "1920*1080", "1080p 9:16": "1080*1920", "1080p 1:1": "1440*1440", "1080p 4:3": "1632*1248", "1080p 3:4": "1248*1632",
	}
}

// resolution returns the resolution to ask for. DashScope's own default is its most expensive one.
func (v variant) resolution(r task.Request) string {
	switch {
	case r.Resolution != "":
		return r.Resolution
	case slices.Contains(v.Resolutions, "720p"):
		return "720p"
	default:
		return v.Resolutions[0]
	}
}

// check refuses combinations that the model's limits do not rule out one by one: 480p has only three aspect ratios.
func (v variant) check(r task.Request) error {
	shape := v.resolution(r) + " " + r.AspectRatio
	if !v.bySize || r.AspectRatio == "" || sizeTable()[shape] != "" {
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.Internal, Detail: "no size for " + shape,
		Text: "With this model a video of 480p is 16:9, 9:16 or 1:1. Ask for one of these, or for a higher resolution.",
	}
}

// Capabilities describes the models. Only tasks that have not started can be cancelled; ids and video links are valid for a
// day. It has no prices, because they depend on the resolution (model-pricing).
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, PollEvery: 15 * time.Second, ResultLife: 24 * time.Hour}
	for _, v := range variants() {
		c.Models = append(c.Models, v.Model)
	}
	return c
}
