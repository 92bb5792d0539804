package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// What holds where the settings file says nothing.
const (
	callTimeout     = time.Minute     // of an engine's call
	defaultDeadline = 24 * time.Hour  // of a task that an engine of the settings file makes
	defaultPatience = 5 * time.Minute // for which a task waits for room at an engine before the next on its route gets it
)

// Loaded is a settings file and the engines made of it.
type Loaded struct {
	File     File
	Engines  map[string]engine.Engine // by name
	inFlight map[limitKey]*engine.InFlight
}

// limitKey is where a limit on work in flight holds: a key of an engine, whatever stands behind the key's name by now.
type limitKey struct{ engine, kind, baseURL, key string }

// load reads the settings file and makes its engines. Those whose settings are as they were before are the same ones as
// before; one that changed, but for its vendor, goes on counting the work that the engine before it has in flight. The error
// names every fault.
func (p program) load(path string, before Loaded) (Loaded, error) {
	c, f, err := readFile(path, p.getenv)
	if err != nil {
		return Loaded{}, err
	}
	l := Loaded{File: c, Engines: map[string]engine.Engine{}, inFlight: maps.Clone(before.inFlight)}
	if l.inFlight == nil {
		l.inFlight = map[limitKey]*engine.InFlight{}
	}
	for i, e := range c.Engines {
		made, ok := before.unchanged(e)
		if !ok {
			made = p.makeEngine(i, e, l, f)
		}
		if made != nil {
			l.Engines[e.Name] = made
			checkModels(i, e, made, f)
		}
	}
	for _, model := range slices.Sorted(maps.Keys(c.Models)) {
		for i, s := range c.Models[model] {
			name, wanted := s.parts()
			if made, ok := l.Engines[name]; ok && name != animatic.Name && wanted != "" && !has(made, wanted) {
				f.add([]any{"models", model, i}, "engine %s has no model %q; it has %s", name, wanted, strings.Join(modelNames(made), ", "))
			}
			if name == animatic.Name && wanted != "" && wanted != animatic.Name {
				f.add([]any{"models", model, i}, "the built-in renderer has no model %q; it has %s", wanted, animatic.Name)
			}
		}
	}
	return l, f.err()
}

// checkModels names prices of models that the engine has not.
func checkModels(i int, e Engine, made engine.Engine, f *errorList) {
	for _, model := range slices.Sorted(maps.Keys(e.Prices)) {
		if !has(made, model) {
			f.add([]any{"engines", i, "prices", model}, "the engine has no such model; it has %s", strings.Join(modelNames(made), ", "))
		}
	}
}

func has(e engine.Engine, model string) bool { return slices.Contains(modelNames(e), model) }

func modelNames(e engine.Engine) []string {
	var out []string
	for _, m := range e.Capabilities().Models {
		out = append(out, m.Name)
	}
	return out
}

// unchanged is the engine as it was made before, if all that it was made of is still the same. What is decided about its tasks
// is no part of it.
func (l Loaded) unchanged(e Engine) (engine.Engine, bool) {
	for _, old := range l.File.Engines {
		if old.Name == e.Name && reflect.DeepEqual(old.making(), e.making()) {
			made, ok := l.Engines[e.Name]
			return made, ok
		}
	}
	return nil, false
}

// making is what an engine is made of.
func (e Engine) making() Engine {
	e.Deadline, e.Patience, e.Unconfirmed, e.Prices = nil, nil, "", nil
	return e
}

// flight is the count of a key's work: that of the key that had its name in the engine of that name.
func (l Loaded) counter(e Engine, key string) *engine.InFlight {
	at := limitKey{e.Name, e.Type, e.BaseURL, key}
	if l.inFlight[at] == nil {
		l.inFlight[at] = &engine.InFlight{}
	}
	return l.inFlight[at]
}

// make makes the engine at a place in the file, with its keys behind the same wrappers; nil where its settings have faults.
func (p program) makeEngine(i int, e Engine, l Loaded, f *errorList) engine.Engine {
	kind, ok := engineKinds()[e.Type]
	if !ok {
		return nil
	}
	timeout := e.Timeout
	if timeout <= 0 {
		timeout = callTimeout
	}
	w := Deps{HTTP: outbound.New(outbound.Options{Allow: e.networks, Timeout: timeout}).HTTP(), Now: p.now, Panics: p.panics}
	var keys []engine.Key
	for n, k := range e.Keys {
		if e.Type == "vertex" && k.FileContent == "" || e.Type == "comfyui" && slices.ContainsFunc(e.Workflows, func(w Workflow) bool { return w.Graph == "" }) {
			return nil // the file is missing, which is a fault already
		}
		one, err := kind.New(w, e, k)
		if err != nil {
			at := []any{"engines", i, "keys", n}
			if e.Type == "comfyui" {
				at = []any{"engines", i, "workflows"}
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				f.add(at, "%s", strings.TrimPrefix(line, e.Type+": "))
			}
			return nil
		}
		keys = append(keys, engine.Key{Name: k.Name, Engine: one, InFlight: k.InFlight, Counter: l.counter(e, k.Name)})
	}
	made, err := engine.Wrap(engine.Policy{Now: p.now}, keys...)
	if err != nil {
		return nil // the keys' names, or that there are none: faults already
	}
	return made
}

// Registry is what the gateway works with: the engines of the file and, last, the animatic.
func (l Loaded) Registry(built engine.Engine) registry.Registry {
	r := registry.Registry{Routes: map[string][]registry.Target{}}
	for _, e := range l.File.Engines {
		r.Engines = append(r.Engines, registry.ConfiguredEngine{Name: e.Name, Engine: l.Engines[e.Name], EnginePolicy: l.File.policy(e)})
	}
	own := registry.ConfiguredEngine{Name: animatic.Name, Engine: built}
	if l.File.Deadline != nil {
		own.Deadline = *l.File.Deadline
	}
	r.Engines = append(r.Engines, own)
	for model, stops := range l.File.Models {
		for _, s := range stops {
			name, wanted := s.parts()
			r.Routes[model] = append(r.Routes[model], registry.Target{Engine: name, Model: wanted, Weight: s.Weight})
		}
	}
	return r
}

// policy is what the file says about an engine's tasks.
func (c File) policy(e Engine) registry.EnginePolicy {
	t := registry.EnginePolicy{
		Deadline: defaultDeadline, Patience: defaultPatience, Resubmit: e.Unconfirmed == unconfirmedResubmit, Callbacks: e.Callbacks, Prices: map[string]task.Price{},
	}
	for _, d := range []*time.Duration{c.Deadline, e.Deadline} {
		if d != nil {
			t.Deadline = *d
		}
	}
	if e.Patience != nil {
		t.Patience = *e.Patience
	}
	for model, p := range e.Prices {
		t.Prices[model] = p.price()
	}
	return t
}

// noModels is said of a file that has lost its routes: most files end with them, so a cut-off one looks so.
const noModels = "models: the settings in force have routes and this file has none, as if it were cut off; write models: {} if every video is to be " +
	"made by the built-in renderer"

// reload reads the settings file again and works by it from now on. A file with faults changes nothing, and neither does one
// that makes us panic.
func (n *node) reload(ctx context.Context, p program, path string, log *slog.Logger) {
	err := p.panics.Run(ctx, "reload", func() error {
		n.readAgain(ctx, p, path, log)
		return nil
	})
	if err != nil {
		log.ErrorContext(ctx, "the settings stay as they were", "file", path, "err", err)
	}
}

func (n *node) readAgain(ctx context.Context, p program, path string, log *slog.Logger) {
	if path == "" {
		log.WarnContext(ctx, "there is no settings file to read again; FILMGATE_CONFIG names one")
		return
	}
	next, err := p.load(path, n.loaded)
	if err == nil && len(n.loaded.File.Models) > 0 && next.File.Models == nil {
		err = &FileError{path, []string{noModels}}
	}
	if err == nil {
		err = n.gw.Use(ctx, next.Registry(n.engine))
	}
	if err != nil {
		problems := []string{err.Error()}
		if many := (*FileError)(nil); errors.As(err, &many) {
			problems = many.Problems
		}
		log.ErrorContext(ctx, "the settings stay as they were", "file", path, "faults", len(problems))
		for _, one := range problems {
			log.ErrorContext(ctx, "settings file", "fault", one)
		}
		return
	}
	before := n.loaded
	n.loaded = next // the gateway works by it: whatever is said of it comes after
	log.InfoContext(ctx, "settings read again", append([]any{"file", path}, before.Changes(next)...)...)
}

// Changes says in names alone what another file changes.
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
		"deadline", !reflect.DeepEqual(l.File.Deadline, next.File.Deadline),
	}
}
