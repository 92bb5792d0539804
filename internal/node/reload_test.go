package node

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render"
)

// reloads is a node whose settings file a test replaces.
type reloads struct {
	*Node
	log *servertest.Log
}

// newReloads opens a node whose settings file has the text.
func newReloads(t *testing.T, text string) *reloads {
	t.Helper()
	written := &servertest.Log{}
	log := slog.New(slog.NewTextHandler(written, nil))
	return &reloads{log: written, Node: openTest(t, Options{
		Settings: config.Settings{Data: t.TempDir(), Config: configFile(t, text), Workers: 1, Encoder: render.Encoder{Codec: "libx264"}},
		Getenv:   asEnv(map[string]string{"KEY": "k"}), Now: time.Now, Random: rand.Reader, Log: log, Panics: panics.NewRecorder(log),
	})}
}

// openTest opens a node, and closes it when the test ends.
func openTest(t *testing.T, o Options) *Node {
	t.Helper()
	n, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// replace writes the text into the settings file, reloads it, and returns what was logged.
func (r *reloads) replace(t *testing.T, text string) string {
	t.Helper()
	if err := os.WriteFile(r.Settings.Config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(r.log.String())
	r.reload(t.Context())
	return r.log.String()[before:]
}

// large is a settings file with engines and routes.
const large = `
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

func TestAReloadTakesEffect(t *testing.T) {
	r := newReloads(t, large)
	logged := r.replace(t, "models: {a: [animatic]}\n")
	if !strings.Contains(logged, "settings read again") || len(r.loaded.File.Models) != 1 || r.gw.Routed("team") {
		t.Errorf("%+v\n%s", r.loaded.File, logged)
	}
}

func TestAReloadWithErrorsLeavesTheSettingsAsTheyWere(t *testing.T) {
	r := newReloads(t, large)
	for name, text := range map[string]string{"no routes": "deadline: 30m\n", "an error": "models: {a: [nobody]}\n", "nothing": ""} {
		logged := r.replace(t, text)
		if !strings.Contains(logged, "the settings stay as they were") || len(r.loaded.File.Models) != 3 {
			t.Errorf("%s: %+v\n%s", name, r.loaded.File, logged)
		}
	}
}

func TestAReloadThatPanicsLeavesTheSettingsAsTheyWere(t *testing.T) {
	r := newReloads(t, large)
	first := r.loaded
	r.Getenv = func(string) string { panic(errors.New("a mistake")) }
	logged := r.replace(t, large+"# changed\n")
	for _, want := range []string{"place=reload", `panic="a mistake"`, "reload_test.go", "the settings stay as they were"} {
		if !strings.Contains(logged, want) {
			t.Errorf("no %s in %s", want, logged)
		}
	}
	if fmt.Sprint(r.loaded.File) != fmt.Sprint(first.File) || r.Panics.Counts()["reload"] != 1 {
		t.Errorf("%+v, %v", r.loaded.File, r.Panics.Counts())
	}
}
