package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestInvalidYAMLIsReportedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"engines: [\n":                          "line 1: did not find expected node content",
		"engines:\n\t- x\n":                     "line 2: found character that cannot start any token",
		"models: {a: [animatic]}\nmodels: {}\n": `line 2: mapping key "models" already defined at line 1`,
		"engines: 5\n":                          `line 1: "5" is given where a list is needed`,
		"- a\n":                                 "line 1: a list is given where a group of settings is needed",
	} {
		_, err := loader(asEnv(nil)).Load(configFile(t, text), Loaded{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestVariablesAreInserted(t *testing.T) {
	l, err := loader(asEnv(map[string]string{"HOST": "vendor.example", "KEY": "0123", "N": "3", "LIFE": "90s"})).Load(configFile(t, `
engines:
  - {name: r, type: runway, base_url: "https://${HOST}/x", timeout: "${LIFE}", keys: [{name: team, key: "${KEY}", in_flight: "${N}"}]}
models: {"*": [r, animatic]}
`), Loaded{})
	if err != nil {
		t.Fatal(err)
	}
	e := l.File.Engines[0]
	if e.BaseURL != "https://vendor.example/x" || e.Timeout != 90*time.Second || e.Keys[0] != (Key{Name: "team", Key: "0123", InFlight: 3}) {
		t.Errorf("read %+v", e)
	}
}

func TestNoSettingsFileIsFine(t *testing.T) {
	if l, err := loader(asEnv(nil)).Load("", Loaded{}); err != nil || len(l.File.Engines) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := loader(asEnv(nil)).Load(filepath.Join(t.TempDir(), "none.yaml"), Loaded{}); err == nil {
		t.Error("a file that is not there is none")
	}
}
