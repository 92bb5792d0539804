package dashscope

import (
	_ "embed"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

//go:embed models.yaml
var table []byte

// call is how a model is called.
type call struct {
	MediaList  bool   `yaml:"media_list"`  // images are sent as a list with roles; otherwise each has its own field
	BySize     bool   `yaml:"by_size"`     // the frame size is sent as "1280*720", not by the name of a resolution
	TakesRatio bool   `yaml:"takes_ratio"` // without an image, the aspect ratio is sent in its own field
	PromptOnly bool   `yaml:"prompt_only"` // the model takes neither a negative prompt nor prompt_extend
	Path       string `yaml:"path"`        // "" = synthesisPath

	ImageMention string `yaml:"image_mention"` // how a prompt mentions a reference image, by its number
	AudioMention string `yaml:"audio_mention"` // the same of a recording
}

// variant is a model and how it is called.
type variant struct{ engine.Row[call] }

const synthesisPath, keyframesPath = "/services/aigc/video-generation/video-synthesis", "/services/aigc/image2video/video-synthesis"

// sizeTable maps "RESOLUTION ASPECT_RATIO" to the frame size as DashScope writes it.
func sizeTable() map[string]string {
	return map[string]string{
		"480p 16:9": "832*480", "480p 9:16": "480*832", "480p 1:1": "624*624",
		"720p 16:9": "1280*720", "720p 9:16": "720*1280", "720p 1:1": "960*960", "720p 4:3": "1088*832", "720p 3:4": "832*1088",
		"1080p 16:9": "1920*1080", "1080p 9:16": "1080*1920", "1080p 1:1": "1440*1440", "1080p 4:3": "1632*1248", "1080p 3:4": "1248*1632",
	}
}

// rows returns the models.
func rows() []engine.Row[call] {
	all := engine.ReadTable[call](table)
	for i, r := range all {
		sends := []engine.Part{engine.PartWatermark, engine.PartResolution}
		if !r.Call.PromptOnly {
			sends = append(sends, engine.PartNegative)
		}
		if r.Call.BySize || r.Call.TakesRatio {
			sends = append(sends, engine.PartAspectRatio)
		}
		all[i].Sends = append(sends, r.Sends...)
		if !r.Call.BySize { // the video has its frame's shape
			frame := []engine.Part{engine.PartAspectRatio}
			all[i].Omits = map[engine.Mode][]engine.Part{engine.FromFirst: frame, engine.FromFirstLast: frame}
		}
	}
	return all
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
	if !v.Call.BySize || r.AspectRatio == "" || sizeTable()[shape] != "" {
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.VendorRefused, Detail: "no size for " + shape,
		Text: "With this model a video of 480p is 16:9, 9:16 or 1:1. Ask for one of these, or for a higher resolution.",
	}
}

// Capabilities describes the models. Only tasks that have not started can be cancelled; ids and video links are valid for a
// day. It has no prices, because they depend on the resolution (model-pricing).
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, Models: engine.ModelsOf(e.models), Cancel: true, PollEvery: 15 * time.Second, ResultLife: 24 * time.Hour}
}
