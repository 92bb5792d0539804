package registry

import (
	"cmp"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Offers lists the engines that make a caller's model, in the order of its route, and what each can do. callbacks reports
// whether an engine's vendor is told where to call.
func (r Registry) Offers(model string, callbacks func(ConfiguredEngine) bool, now time.Time) []task.Offer {
	var out []task.Offer
	for _, target := range r.route(model) {
		n, models := r.models(target)
		for _, m := range models {
			if m.Supports(engine.FromShots) || m.Ended(now) {
				continue // no caller names the first
			}
			o := offer(n, m)
			o.Weight, o.Callbacks = target.Weight, callbacks(n)
			out = append(out, o)
		}
	}
	return out
}

func offer(n ConfiguredEngine, m engine.Model) task.Offer {
	caps := n.Engine.Capabilities()
	o := task.Offer{
		Engine: n.Name, Model: m.Name, Limits: m.Limits,
		PromptUnit: cmp.Or(string(m.PromptUnit), "characters"), Images: m.Images,
		Caption: m.Caption, Seed: m.Seed, Cancel: caps.Cancel, Idempotent: caps.RecognizesTask(m.Name),
		LookUp: engine.FinderFor(n.Engine, m.Name) != nil, ResultLife: caps.ResultLife, Price: n.Price(m.Name), Until: m.Until, Successor: m.Successor,
		Sound: m.SoundText(),
	}
	if len(m.Seconds) > 0 {
		o.MaxSeconds = 0
	}
	for _, mode := range m.Modes {
		o.Modes = append(o.Modes, string(mode))
	}
	for _, mode := range engine.Modes() {
		if l, ok := m.ByMode[mode]; ok {
			l.NeedsPrompt = l.NeedsPrompt || m.NeedsPrompt
			o.ByMode = append(o.ByMode, task.ModeLimits{Mode: string(mode), Limits: l})
		}
	}
	if m.Supports(engine.FromReferences) || len(m.References.Beside) > 0 {
		o.References = m.References
	}
	if v := m.Video; m.Supports(engine.FromVideo) {
		o.Video = &v
		if len(v.Types) == 0 {
			o.Video.Types = []string{"video/mp4", "video/quicktime"}
		}
	}
	return o
}
