package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/localai"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
)

// kinds returns some types of engines.
func kinds() Kinds {
	key := []string{"key"}
	falHost := &ModelHost{Defaults: fal.DefaultInputs, CheckPath: fal.CheckPath}
	replicateHost := &ModelHost{Defaults: replicate.DefaultInputs, CheckPath: replicate.CheckPath}
	return Kinds{
		"runway": {KeyNeeds: key, New: func(Deps, Engine, Key) (engine.Engine, error) { return runway.New(runway.Options{}), nil }},
		"luma":   {KeyNeeds: key, New: func(Deps, Engine, Key) (engine.Engine, error) { return luma.New(luma.Options{}), nil }},
		"localai": {KeyNeeds: key, KeyOptional: true, Takes: []string{"serves"}, New: func(_ Deps, e Engine, _ Key) (engine.Engine, error) {
			return localai.New(localai.Options{Models: e.Models()}), nil
		}},
		"fal": {KeyNeeds: key, Takes: []string{"serves"}, Host: falHost, New: func(_ Deps, e Engine, _ Key) (engine.Engine, error) {
			return fal.New(fal.Options{Models: falHost.Models(e.Serves)}), nil
		}},
		"replicate": {KeyNeeds: key, Takes: []string{"serves"}, Host: replicateHost, New: func(_ Deps, e Engine, _ Key) (engine.Engine, error) {
			return replicate.New(replicate.Options{Models: replicateHost.Models(e.Serves)}), nil
		}},
	}
}

func loader(getenv func(string) string) Loader {
	return Loader{Kinds: kinds(), BuiltIn: "animatic", Getenv: getenv, Now: time.Now}
}

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "filmgate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// asEnv returns a getenv over values.
func asEnv(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// loads reads a settings file that has no errors.
func loads(t *testing.T, text string, before Loaded) Loaded {
	t.Helper()
	l, err := loader(asEnv(nil)).Load(configFile(t, text), before)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
