package openai

import (
	"cmp"
	_ "embed" // Sora's models
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// anyModel is our name for the one model of an open server; it is not sent.
const anyModel = "default"

// formUse says when a create request is sent as a form.
type formUse int

const (
	formNever formUse = iota
	formWithImage
	formAlways
)

//go:embed models.yaml
var table []byte

// flavor describes one kind of server.
type flavor struct {
	name            string
	form            formUse
	secondsAsNumber bool // seconds are sent as a number, not as text
	seed            bool // takes a seed
	negative        bool // takes negative_prompt
	anySize         bool // takes any frame size, not only a few
	canDelete       bool // DELETE cancels a running job
	freeSubmit      bool // a submit costs nothing and may be repeated
	resultLife      time.Duration
	maxSeconds      int      // seconds of the longest video that the server accepts; 0 = it sets no limit
	imageTypes      []string // media types of images that it accepts; nil = any
	models          []engine.Model
}

// sends returns the optional parts of a request that the server takes.
func (f flavor) sends() []engine.Part {
	parts := []engine.Part{engine.PartAspectRatio, engine.PartResolution}
	if f.negative {
		parts = append(parts, engine.PartNegative)
	}
	return parts
}

// limit returns the operator's models within the limits of the server.
func (f flavor) limit(models []engine.Model) []engine.Model {
	out := slices.Clone(models)
	for i := range out {
		if f.maxSeconds > 0 && len(out[i].Seconds) == 0 {
			out[i].MaxSeconds = min(cmp.Or(out[i].MaxSeconds, f.maxSeconds), f.maxSeconds)
		}
		if f.imageTypes != nil && len(out[i].Images.Types) == 0 {
			out[i].Images.Types = f.imageTypes
		}
	}
	return out
}

// flavors returns all flavors. Sources:
//   - OpenAI: openai/openai-python, resources/videos.py and types/video*.py.
//   - LiteLLM: BerriAI/litellm, proxy/video_endpoints/endpoints.py, which has no DELETE.
//   - SGLang: sgl-project/sglang, multimodal_gen/runtime/entrypoints/openai/{video_api,protocol}.py and the page
//     sglang-diffusion/api/openai_api.mdx: DELETE cancels, and a form needs an image.
//   - vLLM-Omni: vllm-project/vllm-omni, docs/serving/videos_api.md and entrypoints/openai/protocol/videos.py: a create
//     call is a form.
//   - TensorRT-LLM: NVIDIA/TensorRT-LLM, serve/openai_protocol.py (VideoGenerationRequest) and openai_video_routes.py: it
//     refuses unknown fields, images other than PNG and JPEG, and more than a minute. Images are sent as input_reference,
//     which all its versions take.
func flavors() []flavor {
	sora := engine.ReadModels(table)
	open := engine.Model{
		Name: anyModel, Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{MaxSeconds: 20, AspectRatios: []string{"16:9", "9:16", "1:1", "4:3", "3:4"}, Resolutions: []string{"720p", "480p", "1080p"}}, Seed: true,
	}
	tensorrt := open
	tensorrt.Images.Types = []string{"image/png", "image/jpeg"}
	return []flavor{
		{name: "openai", form: formAlways, resultLife: time.Hour, models: sora},
		{name: "litellm", form: formAlways, resultLife: time.Hour, models: sora},
		{name: "sglang", form: formWithImage, secondsAsNumber: true, seed: true, negative: true, anySize: true, canDelete: true, freeSubmit: true, models: []engine.Model{open}},
		{name: "vllm-omni", form: formAlways, seed: true, negative: true, anySize: true, canDelete: true, freeSubmit: true, models: []engine.Model{open}},
		{name: "tensorrt-llm", form: formNever, secondsAsNumber: true, seed: true, negative: true, anySize: true, canDelete: true, freeSubmit: true,
			maxSeconds: 60, imageTypes: tensorrt.Images.Types, models: []engine.Model{tensorrt}},
	}
}

// ended returns Sora's models as they are at OpenAI itself: switched off. Relays and clouds that speak this API may still have them.
func ended(sora []engine.Model) []engine.Model {
	out := slices.Clone(sora)
	for i := range out {
		out[i].Until = time.Date(2026, time.September, 24, 0, 0, 0, 0, time.UTC)
		out[i].Source = "developers.openai.com/api/docs/deprecations as openai/openai-python pull request 3610 has it, read 2026-11-29"
	}
	return out
}

// Flavors returns the names of the kinds of servers that the engine knows.
func Flavors() []string {
	var names []string
	for _, f := range flavors() {
		names = append(names, f.name)
	}
	return names
}

func flavorOf(name string) flavor {
	all := flavors()
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	return all[0]
}

// seconds returns a length as the server reads it.
func (f flavor) seconds(n int) any {
	if f.secondsAsNumber {
		return n
	}
	return strconv.Itoa(n)
}

// size returns the frame size for the job as "WIDTHxHEIGHT"; "" leaves it to the server. A first frame must have this size.
func (f flavor) size(job engine.Job) string {
	sizeOf := engine.FrameSize
	if f.anySize {
		sizeOf = engine.ExactSize
	}
	w, h := sizeOf(job.Request)
	if w == 0 {
		return ""
	}
	return fmt.Sprintf("%dx%d", w, h)
}
