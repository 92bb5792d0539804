package minimax

import (
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// variant is a model and the version of the API that serves it.
type variant struct {
	engine.Model
	version string // "v1" or "v2"; handles begin with it
}

// variants returns the models in order of preference.
func variants() []variant {
	const t, f, l, fl = engine.FromText, engine.FromFirst, engine.FromLast, engine.FromFirstLast
	out := []variant{
		{h3Model("MiniMax-H3", 4, "768p", "2k"), "v2"},
		{h3Model("MiniMax-H3-Max", 5, "480p", "768p"), "v2"},
		{hailuoModel("MiniMax-Hailuo-2.3", t, f), "v1"},
		{hailuoModel("MiniMax-Hailuo-2.3-Fast", f), "v1"},
		{hailuoModel("MiniMax-Hailuo-02", t, f, l, fl), "v1"},
	}
	out[4].ByMode = map[engine.Mode]task.Limits{f: {Resolutions: []string{"768p", "512p", "1080p"}}}
	for _, old := range []struct {
		name string
		mode engine.Mode
	}{{"T2V-01-Director", t}, {"T2V-01", t}, {"I2V-01-Director", f}, {"I2V-01-live", f}, {"I2V-01", f}} {
		m := hailuoModel(old.name, old.mode)
		m.Seconds, m.Resolutions = []int{6}, []string{"720p"}
		out = append(out, variant{m, "v1"})
	}
	return out
}

// h3Model returns a model of version 2 (video-generation-v2-create): up to 15 seconds, with images up to 30 MB.
func h3Model(name string, least int, resolutions ...string) engine.Model {
	return engine.Model{
		Name: name, Modes: engine.FrameModes(), Limits: task.Limits{Seconds: engine.SecondsRange(least, 15), Resolutions: resolutions, PromptLimit: 7000, AspectRatios: []string{"16:9", "21:9", "4:3", "1:1", "3:4", "9:16"}},

		Images: task.InputImageLimits{Types: imageTypes(), Bytes: 30 << 20, MinSide: 256, MaxSide: 5760, MaxRatio: 2.5},
	}
}

// hailuoModel returns a model of version 1 (video-generation-t2v, -i2v and -fl2v). An image's shorter side must have more
// than 300 pixels.
func hailuoModel(name string, modes ...engine.Mode) engine.Model {
	return engine.Model{
		Name: name, Modes: modes, Limits: task.Limits{Seconds: []int{6, 10}, Resolutions: []string{"768p", "1080p"}, PromptLimit: 2000},
		Images: task.InputImageLimits{Types: imageTypes(), Bytes: 20<<20 - 1, MinSide: 301, MaxRatio: 2.5},
	}
}

func imageTypes() []string { return []string{"image/jpeg", "image/png", "image/webp"} }

// check refuses a combination that the model's limits do not rule out one by one: videos of 1080p are 6 seconds long.
func (v variant) check(r task.Request) error {
	if v.version != "v1" || r.Resolution != "1080p" || r.Seconds <= 6 {
		return nil
	}
	return &engine.Error{
		Class: engine.Refused, Reason: task.Internal, Detail: "1080p is 6 seconds long",
		Text: "With this model a video of 1080p is 6 seconds long. Ask for 6 seconds, or for 768p.",
	}
}

// Capabilities describes the models. Tasks of version 2 are kept for seven days, and can be cancelled while they are queued.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Lane: task.Remote, Cancel: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 10 * time.Second, ResultLife: 7 * 24 * time.Hour}
	for _, v := range variants() {
		c.Models = append(c.Models, v.Model)
	}
	return c
}
