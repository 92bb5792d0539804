package config

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// What applies if the settings file says nothing.
const (
	defaultDeadline = 24 * time.Hour  // of a task that an engine of the settings file makes
	defaultPatience = 5 * time.Minute // that a task waits for capacity at an engine before it moves to the next target
)

// Registry returns what the gateway works with: the engines of the file and, last, the built-in renderer.
func (l Loaded) Registry(name string, builtIn engine.Engine) registry.Registry {
	r := registry.Registry{Routes: map[string][]registry.Target{}, Weights: l.File.Weights}
	for _, e := range l.File.Engines {
		r.Engines = append(r.Engines, registry.ConfiguredEngine{Name: e.Name, Type: e.Type, Engine: l.Engines[e.Name], EnginePolicy: l.File.policy(e)})
	}
	own := registry.ConfiguredEngine{Name: name, Type: name, Engine: builtIn}
	if l.File.Deadline != nil {
		own.Deadline = *l.File.Deadline
	}
	r.Engines = append(r.Engines, own)
	for model, targets := range l.File.Models {
		for _, t := range targets {
			name, wanted := t.split()
			r.Routes[model] = append(r.Routes[model], registry.Target{Engine: name, Model: wanted, Weight: t.Weight})
		}
	}
	return r
}

// policy returns what the file says about an engine's tasks.
func (c File) policy(e Engine) registry.EnginePolicy {
	p := registry.EnginePolicy{
		Deadline: defaultDeadline, JobDeadline: e.JobDeadline, Patience: defaultPatience, Resubmit: e.Unconfirmed == unconfirmedResubmit, DeleteAtVendor: e.DeleteCopy, Callbacks: e.Callbacks, Prices: map[string]task.Price{},
	}
	for _, d := range []*time.Duration{c.Deadline, e.Deadline} {
		if d != nil {
			p.Deadline = *d
		}
	}
	if e.Patience != nil {
		p.Patience = *e.Patience
	}
	for model, price := range e.Prices {
		p.Prices[model] = price.price()
	}
	return p
}

// Changes returns what next changes, as names for a log line: keys and values in turn. It has no secrets.
func (l Loaded) Changes(next Loaded) []any {
	var added, removed, changed, routes []string
	for _, e := range next.File.Engines {
		at := slices.IndexFunc(l.File.Engines, func(old Engine) bool { return old.Name == e.Name })
		switch {
		case at < 0:
			added = append(added, e.Name)
		case !reflect.DeepEqual(l.File.Engines[at], e):
			changed = append(changed, e.Name)
		}
	}
	for _, e := range l.File.Engines {
		if _, ok := next.Engines[e.Name]; !ok {
			removed = append(removed, e.Name)
		}
	}
	names := map[string]bool{}
	for _, models := range []map[string][]Target{l.File.Models, next.File.Models} {
		for model := range models {
			names[model] = true
		}
	}
	for _, model := range slices.Sorted(maps.Keys(names)) {
		if !slices.Equal(l.File.Models[model], next.File.Models[model]) {
			routes = append(routes, model)
		}
	}
	return []any{
		"added", added, "removed", removed, "changed", changed, "models", routes,
		"deadline", !reflect.DeepEqual(l.File.Deadline, next.File.Deadline), "weights", !maps.Equal(l.File.Weights, next.File.Weights),
	}
}
