package ark

import (
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// models returns the models of one platform, in order of preference. Both platforms have the same models under different
// names: Volcengine's names begin with "doubao-"; BytePlus's second-generation names begin with "dreamina-", and its
// first-generation names have no prefix.
func models(byteplus bool) []engine.Model {
	const t, f, fl = engine.FromText, engine.FromFirst, engine.FromFirstLast
	hd, full := []string{"480p", "720p"}, []string{"480p", "720p", "1080p"}
	model := func(name string, least, most int, resolutions []string, modes ...engine.Mode) engine.Model {
		m := engine.Model{
			Name: "doubao-" + name, Modes: modes, Limits: task.Limits{Seconds: engine.SecondsRange(least, most), Resolutions: resolutions, AspectRatios: []string{"16:9", "4:3", "1:1", "3:4", "9:16", "21:9"}}, Seed: strings.HasPrefix(name, "seedance-1-"),

			Images: task.InputImageLimits{Types: []string{"image/jpeg", "image/png", "image/webp"}, Bytes: 30 << 20, MinSide: 300, MaxSide: 6000, MaxRatio: 2.5},
		}
		switch {
		case byteplus && m.Seed:
			m.Name = name
		case byteplus:
			m.Name = "dreamina-" + name
		}
		return m
	}
	all := []engine.Model{
		model("seedance-1-5-pro-251215", 4, 12, full, t, f, fl),
		model("seedance-2-5-260628", 4, 30, hd, t, f, fl),
		model("seedance-2-0-260128", 4, 15, append(full[:3:3], "4k"), t, f, fl),
		model("seedance-2-0-fast-260128", 4, 15, hd, t, f, fl),
		model("seedance-2-0-mini-260615", 4, 15, hd, t, f, fl),
		model("seedance-1-0-pro-250528", 2, 12, full, t, f, fl),
		model("seedance-1-0-pro-fast-251015", 2, 12, full, t, f),
	}
	if byteplus {
		return all
	}
	return append(all, // BytePlus has switched these off
		model("seedance-1-0-lite-t2v-250428", 2, 12, full, t),
		model("seedance-1-0-lite-i2v-250428", 2, 12, full, f, fl),
	)
}

// Capabilities describes the models. Only queued tasks can be cancelled, and videos are kept for a day. It has no prices:
// Ark charges by tokens, and their number depends on all parameters.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 5 * time.Second, ResultLife: 24 * time.Hour,
	}
}
