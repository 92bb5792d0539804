package registry

import (
	"slices"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Health says how each engine does, in the order of the settings file; the built-in renderer is last.
func (r Registry) Health() []task.EngineHealth {
	var all []task.EngineHealth
	for _, n := range r.Engines {
		h := task.EngineHealth{Name: n.Name, Type: n.Type, Routes: r.leadTo(n.Name)}
		for _, m := range n.Engine.Capabilities().Models {
			if !m.Supports(engine.FromShots) { // no caller names it
				h.Models = append(h.Models, m.Name)
			}
		}
		if err := Ready(n.Engine); err != nil {
			h.NotReady = err.Error()
		}
		if s, ok := n.Engine.(interface{ ModelServer() *task.ModelServer }); ok {
			if h.Server = s.ModelServer(); h.Server != nil {
				h.NotReady = h.Server.Problem()
			}
		}
		if keys, ok := n.Engine.(interface{ Health() []task.KeyHealth }); ok {
			h.Keys = keys.Health()
		}
		all = append(all, h)
	}
	return all
}

// leadTo lists the models of callers whose routes name an engine, sorted. Models without a route go to the last engine.
func (r Registry) leadTo(name string) []string {
	var models []string
	for model, targets := range r.Routes {
		if slices.ContainsFunc(targets, func(t Target) bool { return t.Engine == name }) {
			models = append(models, model)
		}
	}
	if !r.Any() && r.Engines[len(r.Engines)-1].Name == name {
		models = append(models, "*")
	}
	slices.Sort(models)
	return models
}
