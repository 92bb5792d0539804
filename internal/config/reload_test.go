package config

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// large has every setting that a file may have at its top.
const large = `# engines and routes
deadline: 2h
engines:
  - name: team
    type: runway
    timeout: 30s
    deadline: 1h
    keys:
      - {name: first, key: "${KEY}", in_flight: 3}
      - {name: second, key: "${KEY}-2"}
  - name: many
    type: fal
    keys: [{key: "${KEY}"}]
    prices: {fal-ai/veo3.1: {per_clip: 2}}
    serves: [{name: a/b, modes: [text], seconds: [5], inputs: {prompt: text}, fixed: {steps: 4, nothing: ~}}]
models:
  gen3a_turbo: [team/gen4_turbo, many, animatic]
  kling-v1:
    - {to: team, weight: 3}
    - animatic
  "*": [many]
`

func TestAnyFileCanFollowAnyOtherUnlessItLostItsRoutes(t *testing.T) {
	files := map[string]string{
		"only a deadline":         "deadline: 30m\n",
		"routes to the animatic":  `models: {"*": [animatic]}`,
		"no routes, said so":      "models: {}\n",
		"engines without routes":  "engines: [{name: team, type: runway, keys: [{key: k}]}]\n",
		"no engines, said so":     "engines: []\nmodels: {a: [animatic]}\n",
		"another engine and key":  "engines: [{name: team, type: luma, keys: [{key: other}]}]\nmodels: {a: [team]}\n",
		"everything there may be": large,
	}
	l := loader(asEnv(map[string]string{"KEY": "k"}))
	for _, from := range slices.Sorted(maps.Keys(files)) {
		before, err := l.Load(configFile(t, files[from]), Loaded{})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range slices.Sorted(maps.Keys(files)) {
			t.Run(from+", then "+to, func(t *testing.T) {
				_, err := l.Reload(configFile(t, files[to]), before)
				if lost := len(before.File.Models) > 0 && !strings.Contains(files[to], "models"); !lost && err != nil {
					t.Error(err)
				} else if lost && (err == nil || !strings.Contains(err.Error(), "models: {}")) {
					t.Errorf("a file without routes is taken: %v", err)
				}
			})
		}
	}
}

func TestAFileWithoutASettingIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":                    {"", "the file has no settings in it"},
		"spaces":                   {" \n\n", "the file has no settings in it"},
		"comments":                 {"# engines:\n# - name: team\n", "the file has no settings in it"},
		"the start of a document":  {"---\n", "the file has no settings in it"},
		"null":                     {"~\n", "the file has no settings in it"},
		"an empty group":           {"{}\n", "the file has no settings in it"},
		"engines cut off":          {"deadline: 2h\nengines:\n", "line 2: engines: it has no value"},
		"models cut off":           {"models:\n", "line 1: models: it has no value"},
		"a route cut off":          {"models:\n  gen3a_turbo:\n", "line 2: models.gen3a_turbo: it has no value"},
		"an engine cut off":        {"engines:\n  - name: team\n    type:", "line 3: engines[0].type: it has no value"},
		"a list cut off":           {"engines:\n  - name: team\n    type: runway\n    keys:\n      -", "line 5: engines[0].keys[0]: it has no value"},
		"a variable cut off":       {"engines:\n  - {name: team, type: runway, keys: [{key: k}], base_url: \"https://${HO\"}\n", "line 2: engines[0].base_url: ${ is never closed"},
		"a bracket cut off":        {"models: {a: [animatic", "line 1: "},
		"an input of a model's":    {"engines: [{name: e, type: fal, keys: [{key: k}], serves: [{name: a/b, seconds: [5], modes: [text], fixed: {a: }}]}]\n", "fixed.a: it has no value"},
		"null where it says so":    {"engines: null\n", "line 1: engines: it has no value"},
		"a null where it may be":   {"engines: [{name: e, type: fal, keys: [{key: k}], serves: [{name: a/b, seconds: [5], modes: [text], fixed: {a: ~}}]}]\n", ""},
		"a route to the animatic":  {`models: {"*": [animatic]}`, ""},
		"no routes, and it is so":  {"models: {}\n", ""},
		"a line end that is amiss": {"deadline: 30m", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := configFile(t, c.text)
			_, err := loader(asEnv(nil)).Load(path, Loaded{})
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "FILMGATE_CONFIG (--config): "+path) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestAFileCutOffAnywhereKeepsTheRoutes(t *testing.T) {
	l := loader(asEnv(map[string]string{"KEY": "k"}))
	now, err := l.Load(configFile(t, large), Loaded{})
	if err != nil {
		t.Fatal(err)
	}
	for at := range len(large) {
		next, err := l.Reload(configFile(t, large[:at]), now)
		if err == nil && len(next.File.Models) == 0 {
			t.Fatalf("cut at %d, after %q: the routes are gone", at, large[max(0, at-40):at])
		}
	}
}
