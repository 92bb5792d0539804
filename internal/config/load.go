package config

import (
	"context"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

// callTimeout limits an engine's call if the settings file does not.
const callTimeout = time.Minute

// Loader reads the settings file and makes its engines.
type Loader struct {
	Kinds   Kinds
	BuiltIn string // name of the built-in renderer: an engine that has no settings, and whose only model has its name
	Getenv  func(string) string
	Now     func() time.Time
	Panics  *panics.Recorder
	Log     *slog.Logger // says when a key is paused after failures, and when it works again; nil = nobody
	// Places returns the places of a key's limit among all servers, by the names of its engine and key and by its vendor; nil = there
	// are no other servers.
	Places func(engine, key, vendor string) engine.Places
	// ModelServer returns how the model server does that this server runs for the engine of the name; nil = it runs none.
	ModelServer func(name string) *task.ModelServer
	// Around is called around the calls of the engine with the name that reach its vendor, as engine.Policy says; nil = nothing is.
	Around func(ctx context.Context, engine, verb string) (context.Context, func(error))
	// Announce tells the other servers that a key of the engine with the name is paused, as engine.Policy says; nil = there are none.
	Announce func(name string, told engine.Pause)
}

// Loaded is a settings file and the engines made from it. The zero value is no file.
type Loaded struct {
	File    File
	Engines map[string]engine.Engine // by name

	// Warnings are the lines of what may be a mistake in the file, in its order: an address that can't be reached, say.
	Warnings []string

	inFlight map[limitKey]*engine.InFlight
}

// limitKey names a limit on work in flight: that of a key of an engine, by the key's name, even if its value changes.
type limitKey struct{ engine, kind, baseURL, key string }

// Load reads the settings file at path ("" = none) and makes its engines. An engine whose settings are as in before is
// that of before. One that changed, but has the same vendor, continues the count of its keys' work in flight. The error
// is a [FileError] that names every mistake in the file, or says why it can't be read.
func (l Loader) Load(path string, before Loaded) (Loaded, error) {
	file, c, err := l.readFile(path)
	if err != nil {
		return Loaded{}, err
	}
	next := Loaded{File: file, Engines: map[string]engine.Engine{}, inFlight: maps.Clone(before.inFlight)}
	if next.inFlight == nil {
		next.inFlight = map[limitKey]*engine.InFlight{}
	}
	for i, e := range file.Engines {
		made, ok := before.unchanged(e)
		if !ok {
			made = l.newEngine(i, e, next, c)
		}
		if made != nil {
			next.Engines[e.Name] = made
			checkPrices(i, e, made, c)
		}
	}
	next.checkTargets(c)
	next.Warnings = linesOf(c.may)
	l.logWarnings(path, next.Warnings)
	return next, c.err()
}

func (l Loader) logWarnings(path string, warnings []string) {
	for _, text := range warnings {
		if l.Log != nil {
			l.Log.Warn("the settings file may have a mistake", "file", path, "warning", text)
		}
	}
}

// noModels reports a file that has lost its routes: most files end with them, so a file that was cut off looks like this.
const noModels = "models: the settings in use have routes and this file has none, as if it were cut off; write models: {} if every video is to be " +
	"made by the built-in renderer"

// Reload is [Loader.Load] for a file that replaces the one before. It refuses a file that has no models if the one before
// had some.
func (l Loader) Reload(path string, before Loaded) (Loaded, error) {
	next, err := l.Load(path, before)
	if err == nil && len(before.File.Models) > 0 && next.File.Models == nil {
		err = &FileError{path, []string{noModels}}
	}
	return next, err
}

// newEngine makes the engine at a place in the file, with all its keys. It returns nil if its settings have errors.
func (l Loader) newEngine(i int, e Engine, next Loaded, c *checker) engine.Engine {
	kind, ok := l.Kinds[e.Type]
	if !ok || e.lacksFile(kind) {
		return nil // reported already
	}
	timeout := e.Timeout
	if timeout <= 0 {
		timeout = callTimeout
	}
	deps := Deps{HTTP: outbound.New(outbound.Options{Allow: e.networks, Timeout: timeout}).HTTP(), Now: l.Now, Panics: l.Panics}
	var keys []engine.Key
	for n, k := range e.Keys {
		one, err := kind.New(deps, e, k)
		if err != nil {
			at := []any{"engines", i, "keys", n}
			if kind.ErrorsAt != "" {
				at = []any{"engines", i, kind.ErrorsAt}
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				c.add(at, "%s", strings.TrimPrefix(line, e.Type+": "))
			}
			return nil
		}
		keys = append(keys, engine.Key{Name: k.Name, Engine: one, InFlight: k.InFlight, Counter: next.counter(e, k.Name), Places: l.places(e, k.Name), Secrets: k.secrets()})
	}
	policy := engine.Policy{
		Now: l.Now, StrictSubmits: e.Unconfirmed == unconfirmedStrict,
		OnPause: l.logPauses(e.Name), Announce: l.announce(e.Name), Around: l.around(e.Name), ModelServer: l.modelServer(e.Name),
	}
	made, err := engine.Wrap(policy, keys...)
	if err != nil {
		return nil // wrong names of keys, or no keys: reported already
	}
	return made
}

// secrets returns what of a key must not be in any text that callers read.
func (k Key) secrets() []string { return []string{k.Key, k.Secret} }

// logPauses returns a function that logs the pauses of an engine's keys.
func (l Loader) logPauses(name string) func(key string, failure error) {
	if l.Log == nil {
		return nil
	}
	return func(key string, failure error) {
		if failure == nil {
			l.Log.Info("the engine works again", "engine", name, "key", key)
			return
		}
		l.Log.Error("the engine is paused after repeated failures", "engine", name, "key", key, "err", failure)
	}
}

// announce returns a function that tells the other servers of the pauses of an engine's keys.
func (l Loader) announce(name string) func(engine.Pause) {
	if l.Announce == nil {
		return nil
	}
	return func(told engine.Pause) { l.Announce(name, told) }
}

// around returns a function that is called around the calls of an engine.
func (l Loader) around(name string) func(context.Context, string) (context.Context, func(error)) {
	if l.Around == nil {
		return nil
	}
	return func(ctx context.Context, verb string) (context.Context, func(error)) {
		return l.Around(ctx, name, verb)
	}
}

// modelServer returns a function that returns how an engine's model server does. An engine without one may be given one by a reload, and
// stay the same engine.
func (l Loader) modelServer(name string) func() *task.ModelServer {
	if l.ModelServer == nil {
		return nil
	}
	return func() *task.ModelServer { return l.ModelServer(name) }
}

// lacksFile reports whether a file that the engine is made from could not be read.
func (e Engine) lacksFile(kind Kind) bool {
	return slices.Contains(kind.KeyNeeds, "file") && slices.ContainsFunc(e.Keys, func(k Key) bool { return k.FileContent == "" }) ||
		slices.ContainsFunc(e.Workflows, func(w Workflow) bool { return w.Graph == "" })
}

// unchanged returns the engine of l if all that it was made from is the same in e. What the file says about its tasks does
// not count.
func (l Loaded) unchanged(e Engine) (engine.Engine, bool) {
	for _, old := range l.File.Engines {
		if old.Name == e.Name && reflect.DeepEqual(old.withoutPolicy(), e.withoutPolicy()) {
			made, ok := l.Engines[e.Name]
			return made, ok
		}
	}
	return nil, false
}

// withoutPolicy returns only what an engine is made from.
func (e Engine) withoutPolicy() Engine {
	e.Deadline, e.JobDeadline, e.Patience, e.DeleteCopy, e.Prices, e.Server = nil, 0, nil, false, nil, nil
	if e.Unconfirmed != unconfirmedStrict { // only that changes the engine itself
		e.Unconfirmed = ""
	}
	return e
}

// counter returns the count of a key's work in flight. It is made if the key has none yet.
func (l Loaded) counter(e Engine, key string) *engine.InFlight {
	at := limitKey{e.Name, e.Type, e.BaseURL, key}
	if l.inFlight[at] == nil {
		l.inFlight[at] = &engine.InFlight{}
	}
	return l.inFlight[at]
}

// places returns the places of a key's limit among all servers; nil = there are no others.
func (l Loader) places(e Engine, key string) engine.Places {
	if l.Places == nil {
		return nil
	}
	return l.Places(e.Name, key, e.Type+" "+e.BaseURL)
}

// checkPrices reports prices of models that the engine does not have.
func checkPrices(i int, e Engine, made engine.Engine, c *checker) {
	for _, model := range slices.Sorted(maps.Keys(e.Prices)) {
		if !has(made, model) {
			c.add([]any{"engines", i, "prices", model}, "the engine has no such model; it has %s", strings.Join(lastingModels(made), ", "))
		}
	}
}

// checkTargets reports targets whose model the engine does not have.
func (l Loaded) checkTargets(c *checker) {
	for _, model := range slices.Sorted(maps.Keys(l.File.Models)) {
		for i, target := range l.File.Models[model] {
			name, wanted := target.split()
			at := []any{"models", model, i}
			if name == c.builtIn {
				if wanted != "" && wanted != c.builtIn {
					c.add(at, "the built-in renderer has no model %q; it has %s", wanted, c.builtIn)
				}
			} else if made, ok := l.Engines[name]; ok && wanted != "" && !has(made, wanted) {
				c.add(at, "engine %s has no model %q; it has %s", name, wanted, strings.Join(lastingModels(made), ", "))
			}
		}
	}
}

func has(e engine.Engine, model string) bool {
	_, ok := e.Capabilities().Model(model)
	return ok
}

// lastingModels returns the names of the engine's models without those that end or have ended.
func lastingModels(e engine.Engine) []string {
	var out []string
	for _, m := range e.Capabilities().Models {
		if m.Until.IsZero() {
			out = append(out, m.Name)
		}
	}
	return out
}
