package openai

import (
	"fmt"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// anyModel stands for the one model that an open server serves, whatever it is called; the name is not sent.
const anyModel = "default"

// when says when a create is sent as a form.
type when int

const (
	never when = iota
	withPicture
	always
)

// flavor is what one kind of server does otherwise.
type flavor struct {
	name     string
	form     when
	numbers  bool // seconds are sent as a number
	seed     bool // takes a seed
	negative bool // takes negative_prompt
	anySize  bool // makes any size, not a few
	deletes  bool // DELETE ends work that runs
	free     bool // a submit costs nothing: it may be repeated
	life     time.Duration
	models   []engine.Model
}

// flavors lists them. Sources: npm openai 7.57 for OpenAI; video_api.py of SGLang; protocol/videos.py of vLLM-Omni;
// serve/openai_protocol.py of TensorRT-LLM, which refuses unknown fields; LiteLLM's docs. Prices are USD a second.
func flavors() []flavor {
	sora := []engine.Model{soraModel("sora-2", 0.10), soraModel("sora-2-pro", 0.30)}
	open := []engine.Model{{
		Name: anyModel, Modes: []engine.Mode{engine.FromText, engine.FromFirst}, MaxSeconds: 20, Seed: true,
		AspectRatios: []string{"16:9", "9:16", "1:1", "4:3", "3:4"}, Resolutions: []string{"720p", "480p", "1080p"},
	}}
	return []flavor{
		{name: "openai", form: always, life: time.Hour, models: sora},
		{name: "litellm", form: always, life: time.Hour, models: sora},
		{name: "sglang", form: withPicture, numbers: true, seed: true, anySize: true, deletes: true, free: true, models: open},
		{name: "vllm-omni", form: always, seed: true, negative: true, anySize: true, deletes: true, free: true, models: open},
		{name: "tensorrt-llm", form: never, numbers: true, seed: true, negative: true, anySize: true, deletes: true, free: true, models: open},
	}
}

func soraModel(name string, price float64) engine.Model {
	return engine.Model{
		Name: name, Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Seconds: []int{4, 8, 12},
		AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"720p"}, Price: task.Price{PerSecond: price, Currency: "USD"},
	}
}

// Flavors names the kinds of servers that the engine knows.
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

// seconds writes a length as the server reads it.
func (f flavor) seconds(n int) any {
	if f.numbers {
		return n
	}
	return strconv.Itoa(n)
}

// size is "WIDTHxHEIGHT" for the job; a first frame must fit it. "" leaves it to the server.
func (f flavor) size(job engine.Job) string {
	r := job.Request
	w, h := r.Format.Width, r.Format.Height
	if f.anySize && w > 0 && h > 0 {
		return fmt.Sprintf("%dx%d", w, h)
	}
	var across, down int
	if _, err := fmt.Sscanf(r.AspectRatio, "%d:%d", &across, &down); err != nil || across <= 0 || down <= 0 {
		switch {
		case h > w:
			across, down = 9, 16
		case w > 0:
			across, down = 16, 9
		default:
			return ""
		}
	}
	var short int
	if _, err := fmt.Sscanf(r.Resolution, "%dp", &short); err != nil || short <= 0 {
		short = 720
	}
	// Codecs and models want sides that 16 divides.
	long := func(a, b int) int { return (short*a/b + 8) / 16 * 16 }
	if down > across {
		return fmt.Sprintf("%dx%d", short, long(down, across))
	}
	return fmt.Sprintf("%dx%d", long(across, down), short)
}
