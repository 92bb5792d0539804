package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render"
)

// reloads is a node whose settings file a test writes anew.
type reloads struct {
	*node
	program program
	path    string
	log     *servertest.Log
}

// newReloads opens a node that works by the text of a settings file.
func newReloads(t *testing.T, text string) *reloads {
	t.Helper()
	r := &reloads{path: configFile(t, text), log: &servertest.Log{}}
	r.program = program{now: time.Now, random: rand.Reader, getenv: asEnv(map[string]string{"KEY": "k"}), panics: panics.NewRecorder(r.logger())}
	s := Settings{Data: t.TempDir(), Config: r.path, Workers: 1, Encoder: render.Encoder{Codec: "libx264"}}
	n, err := r.program.openNode(t.Context(), s, r.logger())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.close(); err != nil {
			t.Error(err)
		}
	})
	r.node = n
	return r
}

func (r *reloads) logger() *slog.Logger { return newLog(r.log, slog.LevelInfo) }

// turn writes the text into the settings file, reads that again, and returns what was logged.
func (r *reloads) turn(t *testing.T, text string) string {
	t.Helper()
	if err := os.WriteFile(r.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(r.log.String())
	r.reload(t.Context(), r.program, r.path, r.logger())
	return r.log.String()[before:]
}

// large has everything that a settings file may have at its top.
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

func TestEverySettingsFileCanFollowEveryOther(t *testing.T) {
	files := map[string]string{
		"only a deadline":         "deadline: 30m\n",
		"routes to the animatic":  `models: {"*": [animatic]}`,
		"no routes, said so":      "models: {}\n",
		"engines without routes":  "engines: [{name: team, type: runway, keys: [{key: k}]}]\n",
		"no engines, said so":     "engines: []\nmodels: {a: [animatic]}\n",
		"another engine and key":  "engines: [{name: team, type: luma, keys: [{key: other}]}]\nmodels: {a: [team]}\n",
		"everything there may be": large,
	}
	for _, from := range slices.Sorted(maps.Keys(files)) {
		r := newReloads(t, files[from])
		start := r.loaded
		for _, to := range slices.Sorted(maps.Keys(files)) {
			t.Run(from+", then "+to, func(t *testing.T) {
				r.loaded = start
				said := r.turn(t, files[to])
				if lost := len(start.File.Models) > 0 && !strings.Contains(files[to], "models"); lost {
					if !strings.Contains(said, "models: {}") || len(r.loaded.File.Models) != len(start.File.Models) {
						t.Errorf("all routes went without a word of it: %+v\n%s", r.loaded.File, said)
					}
				} else if !strings.Contains(said, "settings read again") {
					t.Errorf("refused: %s", said)
				}
				if n := r.program.panics.Counts(); len(n) > 0 {
					t.Errorf("panics %v\n%s", n, said)
				}
			})
		}
	}
}

func TestASettingsFileThatSaysNothingIsRefused(t *testing.T) {
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
			_, err := program{now: time.Now, getenv: asEnv(nil)}.load(path, Loaded{})
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "FILMGATE_CONFIG (--config): "+path) {
				t.Errorf("%v, want %q", err, c.want)
			}
			run := &session{env: map[string]string{"FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_CONFIG": path}}
			run.run(t, "serve").expect(t, exitFailure, c.want)
		})
	}
}

func TestAFileThatIsCutOffAnywhereNeverTakesTheRoutesAway(t *testing.T) {
	r := newReloads(t, large)
	for at := range len(large) {
		said := r.turn(t, large[:at])
		if len(r.loaded.File.Models) == 0 || strings.Contains(said, "place=") {
			t.Fatalf("cut at %d, after %q:\n%s", at, large[max(0, at-40):at], said)
		}
	}
}

func TestAReloadThatPanicsLeavesTheSettingsAsTheyWere(t *testing.T) {
	r := newReloads(t, large)
	first := r.loaded
	r.program.getenv = func(string) string { panic(errors.New("a mistake")) }
	said := r.turn(t, large+"# changed\n")
	for _, want := range []string{"place=reload", `panic="a mistake"`, "reload_test.go", "the settings stay as they were"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	if fmt.Sprint(r.loaded.File) != fmt.Sprint(first.File) || r.program.panics.Counts()["reload"] != 1 {
		t.Errorf("%+v, %v", r.loaded.File, r.program.panics.Counts())
	}
}
