package gateway

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// choice is the engine and the model of its own that a request goes to.
type choice struct {
	ConfiguredEngine
	model string
}

// unreadyRetry is when a caller is told to come back who asked for what only an engine can do that does not work now.
const unreadyRetry = 15 * time.Second

// choose takes the first engine on the model's route with a model of its own that can do what r asks, and that works now. Where
// none can, the error names the faults of the one that came nearest; where those that can don't work, it is Unavailable and
// says why.
func (g *Gateway) choose(id string, r task.Request) (choice, error) {
	all, nearest, unready := g.choices(id, r)
	if len(all) == 0 && unready != nil {
		return choice{}, &task.Error{Code: task.Unavailable, RetryAfter: unreadyRetry,
			Detail: "No video can be made at the moment: " + unready.Error() + ". Try again later."}
	}
	if len(all) == 0 {
		return choice{}, &task.Error{Code: task.Invalid, Detail: "No engine can do this.", Fields: nearest}
	}
	return all[0], nil
}

// ready returns nil, or why an engine that knows it can't work now.
func ready(e engine.Engine) error {
	if r, ok := e.(engine.ReadinessChecker); ok {
		return r.Ready()
	}
	return nil
}

// choices lists who on the model's route can do what r asks, in the order that the task of that id goes by; why one of those
// that could does not work now, and is left out; and the faults of the model that came nearest of those that can't: one that
// can start from what r has comes nearer than any that can't.
func (g *Gateway) choices(id string, r task.Request) (all []choice, nearest []task.FieldError, unready error) {
	now, mode, starts := g.registry.snapshot(), engine.ModeOf(r), false
	for _, stop := range g.order(id, now.route(r.Model)) {
		n, ok := now.find(stop.Engine)
		if !ok {
			continue
		}
		for _, m := range n.Engine.Capabilities().Models {
			if stop.Model != "" && m.Name != stop.Model {
				continue
			}
			faults := m.Check(r)
			if len(faults) == 0 {
				if err := ready(n.Engine); err != nil {
					unready = err
					break
				}
				all = append(all, choice{ConfiguredEngine: n, model: m.Name})
				break
			}
			if takes := m.Takes(mode); nearest == nil || takes && !starts || takes == starts && len(faults) < len(nearest) {
				nearest, starts = faults, takes
			}
		}
	}
	return all, nearest, unready
}

// nextTarget is the next engine on the task's route that can do it, was not tried for it yet, and has time left by its own
// deadline; ok is false where there is none.
func (g *Gateway) nextTarget(t task.Task) (c choice, ok bool) {
	all, _, _ := g.choices(t.ID, t.Request)
	for _, c := range all {
		here := c.Name == t.Engine && c.model == t.EngineModel
		tried := slices.ContainsFunc(t.Attempts, func(a task.Attempt) bool {
			return a.Engine == c.Name && (a.Model == c.model || a.Model == "")
		})
		over := deadline(t.Created, c.EnginePolicy)
		if !here && !tried && (over.IsZero() || g.now().Before(over)) {
			return c, true
		}
	}
	return choice{}, false
}

// deadline is when a task that was created then must have ended; zero = it may take as long as it takes.
func deadline(created time.Time, t EnginePolicy) time.Time {
	if t.Deadline <= 0 {
		return time.Time{}
	}
	return created.Add(t.Deadline)
}

// route lists where requests for a model may go.
func (r Registry) route(model string) []Target {
	for _, name := range []string{model, "*"} {
		if to, ok := r.Routes[name]; ok {
			return to
		}
	}
	return []Target{{Engine: r.Engines[len(r.Engines)-1].Name}}
}

// order is the order in which the task of that id tries the stops of a route: those with weights by a draw, the others in
// their places. It is the same whenever it is asked: the draw hangs on the id alone. Each stop with a weight waits for a
// time whose mean is one by its weight, and who waits least goes first, so that each comes first as often as its weight
// says, and so do those that are left.
func (g *Gateway) order(id string, stops []Target) []Target {
	out := slices.Clone(stops)
	waits := map[Target]float64{}
	for i, s := range out {
		if s.Weight > 0 {
			draw := binary.BigEndian.Uint64(g.derive("route", id, strconv.Itoa(i), s.Engine, s.Model))
			waits[s] = -math.Log((float64(draw>>11)+0.5)/(1<<53)) / float64(s.Weight)
		}
	}
	slices.SortStableFunc(out, func(a, b Target) int {
		if (a.Weight > 0) != (b.Weight > 0) {
			return cmp.Compare(b.Weight, a.Weight)
		}
		return cmp.Compare(waits[a], waits[b])
	})
	return out
}

// Models are the names that a caller may give whose dialect has no models of its own: those with a route, and those that
// other dialects know, sorted.
func (g *Gateway) Models() []string {
	names := slices.Clone(g.cfg.Models)
	for name := range g.registry.snapshot().Routes {
		if name != "*" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkModel refuses a model that leads nowhere by its name.
func (g *Gateway) checkModel(name string) []task.FieldError {
	names := g.Models()
	_, any := g.registry.snapshot().Routes["*"]
	if any || g.cfg.Models == nil || slices.Contains(names, name) {
		return nil
	}
	return []task.FieldError{{Field: "model", Detail: fmt.Sprintf("%q is no model of this server; allowed: %s", truncate(name), strings.Join(names, ", "))}}
}

// Offers lists who makes a caller's model, in the order of its route, and what each can do.
func (g *Gateway) Offers(model string) []task.Offer {
	now := g.registry.snapshot()
	var out []task.Offer
	for _, stop := range now.route(model) {
		n, ok := now.find(stop.Engine)
		if !ok {
			continue
		}
		caps := n.Engine.Capabilities()
		for _, m := range caps.Models {
			if stop.Model == "" || m.Name == stop.Model {
				out = append(out, g.offer(n, stop, caps, m))
			}
		}
	}
	return out
}

func (g *Gateway) offer(n ConfiguredEngine, stop Target, caps engine.Capabilities, m engine.Model) task.Offer {
	_, finds := n.Engine.(engine.Finder)
	o := task.Offer{
		Engine: n.Name, Model: m.Name, Weight: stop.Weight, Limits: m.Limits,
		PromptUnit: cmp.Or(string(m.PromptUnit), "characters"), Images: m.Images,
		Caption: m.Caption, Seed: m.Seed, Cancel: caps.Cancel, Idempotent: caps.ExternalID,
		LookUp: finds, Callbacks: g.callbacksEnabled(n), ResultLife: caps.ResultLife, Price: n.price(m.Name),
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
	if v := m.Video; m.Takes(engine.FromVideo) {
		o.Video = &v
		if len(v.Types) == 0 {
			o.Video.Types = []string{"video/mp4", "video/quicktime"}
		}
	}
	return o
}

// price is what a model of the engine's costs: by the operator's word, else by the engine's.
func (n ConfiguredEngine) price(model string) task.Price {
	if p, ok := n.Prices[model]; ok {
		return p
	}
	for _, m := range n.Engine.Capabilities().Models {
		if m.Name == model {
			return m.Price
		}
	}
	return task.Price{}
}
