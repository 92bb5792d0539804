package registry

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Choice is an engine and one of its models for a request.
type Choice struct {
	ConfiguredEngine
	Model   string            // the engine's own name of it
	Ignored []task.FieldError // the wishes of the request that it makes the video without
}

// Draw returns random bytes, at least 8, that are always the same for the same parts.
type Draw func(parts ...string) []byte

// Choices lists the engines on the model's route that can do what r asks, in the order in which they are tried. An engine
// that could and is not ready is left out, and unready says why. Nearest holds the field errors of the model that came
// nearest of those that can't: a model that takes such inputs comes nearer than any that does not. A model that has ended by now is
// no choice; if the route has no other, nearest says so of the field "model".
func (r Registry) Choices(req task.Request, draw Draw, now time.Time) (all []Choice, nearest []task.FieldError, unready error) {
	mode, starts := engine.ModeOf(req), false
	var ended []task.FieldError
	targets := r.route(req.Model)
	if mode == engine.FromShots { // no vendor joins videos, so no route leads there
		targets = []Target{{Engine: r.Engines[len(r.Engines)-1].Name}}
	}
	for _, target := range order(targets, draw) {
		n, models := r.models(target)
		if engine.AllEnded(models, now) {
			for _, m := range models {
				ended = append(ended, task.FieldError{Field: "model", Detail: "engine " + n.Name + ": " + m.EndText(now)})
			}
		}
		for _, m := range models {
			if m.Ended(now) {
				continue
			}
			faults := m.Check(req)
			if len(faults) == 0 {
				if err := Ready(n.Engine); err != nil {
					unready = err
					break
				}
				all = append(all, Choice{ConfiguredEngine: n, Model: m.Name, Ignored: m.Ignored(req)})
				break
			}
			if takes := m.Supports(mode); nearest == nil || takes && !starts || takes == starts && len(faults) < len(nearest) {
				nearest, starts = faults, takes
			}
		}
	}
	if nearest == nil {
		nearest = ended
	}
	return all, nearest, unready
}

// models returns the engine of a target and those of its models that the target means. There are none if the engine is not
// configured.
func (r Registry) models(target Target) (ConfiguredEngine, []engine.Model) {
	n, ok := r.Find(target.Engine)
	if !ok {
		return n, nil
	}
	caps := n.Engine.Capabilities()
	if target.Model == "" {
		return n, caps.Models
	}
	if m, ok := caps.Model(target.Model); ok {
		return n, []engine.Model{m}
	}
	return n, nil
}

// Ready returns nil, or why an engine that knows it can't work now.
func Ready(e engine.Engine) error {
	if r, ok := e.(engine.ReadinessChecker); ok {
		return r.Ready()
	}
	return nil
}

// order returns targets in the order in which they are tried: those with weights as drawn, then the others in their places.
// Each target with a weight is given a waiting time whose mean is one by its weight, and the shortest comes first: so each
// is first as often as its weight says, and so are those that are left after it.
func order(targets []Target, draw Draw) []Target {
	out := slices.Clone(targets)
	waits := map[Target]float64{}
	for i, t := range out {
		if t.Weight > 0 {
			drawn := binary.BigEndian.Uint64(draw(strconv.Itoa(i), t.Engine, t.Model))
			waits[t] = -math.Log((float64(drawn>>11)+0.5)/(1<<53)) / float64(t.Weight)
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
