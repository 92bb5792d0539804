// Package registry holds the engines in force: their names and policies, the routes that lead to them, and which engine
// has the work of which task.
//
// What may enter: which engine gets a request, and what an engine offers. What may not: the life of a task, storage, wire
// formats.
package registry

import (
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Registry lists the engines, and for each model the engines that make it. It is a value that nobody changes: Live holds
// the one in force.
type Registry struct {
	Engines []ConfiguredEngine
	// Routes lists, for a caller's model, the engines that make it; "*" is for any other model. A model without a route
	// goes to the last of Engines.
	Routes map[string][]Target
	// Weights holds, for an account, how many turns it has for one of an account that is not named.
	Weights map[int64]int
}

// ConfiguredEngine is an engine under its configured name.
type ConfiguredEngine struct {
	Name   string
	Type   string        // as the settings file names it: "runway"
	Engine engine.Engine // comparable: the same value in a later Registry is the same engine
	EnginePolicy
}

// EnginePolicy holds what the operator set for an engine's tasks.
type EnginePolicy struct {
	Deadline time.Duration // a task that has not ended so long after it was created ends FAILED; 0 = never
	// JobDeadline is how long one job may take at the engine, from its submit; then its task ends FAILED. 0 = as long as the task.
	JobDeadline time.Duration
	Patience    time.Duration // how long a task waits for capacity at the engine before the next on its route gets it
	// Resubmit has a submit that nobody can confirm sent once more, at the risk of paying twice; else its task fails.
	Resubmit bool
	// DeleteAtVendor has the vendor's copy of a video deleted when a job has ended, if the engine can; else it is left alone.
	DeleteAtVendor bool
	// Callbacks has the vendor told where to call, if it can call; nil = only if the public URL begins with https.
	Callbacks *bool
	Prices    map[string]task.Price // of the engine's models, instead of the engine's own
}

// Target is an engine on a model's route.
type Target struct {
	Engine string
	Model  string // the engine's own name of it; "" = its first that can do what is asked
	// Weight is the share of tasks that try this target first, relative to the other weights; 0 = it is tried in its
	// place. Targets with weights come before those without.
	Weight int
}

// Weight returns how many turns an account has for one of others: 1 unless the operator set another.
func (r Registry) Weight(account int64) int { return max(r.Weights[account], 1) }

// Find returns the engine of that name, if there is one.
func (r Registry) Find(name string) (ConfiguredEngine, bool) {
	for _, n := range r.Engines {
		if n.Name == name {
			return n, true
		}
	}
	return ConfiguredEngine{}, false
}

// Replaced returns the engines of r, by name, that next does not have under the same name.
func (r Registry) Replaced(next Registry) map[string]ConfiguredEngine {
	gone := map[string]ConfiguredEngine{}
	for _, n := range r.Engines {
		if same, ok := next.Find(n.Name); !ok || same.Engine != n.Engine {
			gone[n.Name] = n
		}
	}
	return gone
}

// Routed reports whether requests may go to the engine of that name: a route names it, or models without a route go to it.
func (r Registry) Routed(name string) bool {
	for _, targets := range r.Routes {
		if slices.ContainsFunc(targets, func(t Target) bool { return t.Engine == name }) {
			return true
		}
	}
	_, all := r.Routes["*"]
	return !all && r.Engines[len(r.Engines)-1].Name == name
}

// Models lists the models that have a route of their own, sorted.
func (r Registry) Models() []string {
	var names []string
	for name := range r.Routes {
		if name != "*" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Any reports whether models without a route of their own have one in common: the route "*".
func (r Registry) Any() bool {
	_, ok := r.Routes["*"]
	return ok
}

// route lists the targets of requests for a model.
func (r Registry) route(model string) []Target {
	for _, name := range []string{model, "*"} {
		if to, ok := r.Routes[name]; ok {
			return to
		}
	}
	return []Target{{Engine: r.Engines[len(r.Engines)-1].Name}}
}

// Price returns what one of the engine's models costs: the operator's price if there is one, else the engine's own.
func (n ConfiguredEngine) Price(model string) task.Price {
	if p, ok := n.Prices[model]; ok {
		return p
	}
	m, _ := n.Engine.Capabilities().Model(model)
	return m.Price
}

// DeadlineOf returns when a task that was created then must have ended; zero = never.
func (p EnginePolicy) DeadlineOf(created time.Time) time.Time {
	if p.Deadline <= 0 {
		return time.Time{}
	}
	return created.Add(p.Deadline)
}
