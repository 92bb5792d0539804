package main

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
	s := config.Settings{Data: t.TempDir(), Config: r.path, Workers: 1, Encoder: render.Encoder{Codec: "libx264"}}
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
	said := r.turn(t, "models: {a: [animatic]}\n")
	if !strings.Contains(said, "settings read again") || len(r.loaded.File.Models) != 1 || r.gw.Routed("team") {
		t.Errorf("%+v\n%s", r.loaded.File, said)
	}
}

func TestAReloadWithErrorsLeavesTheSettingsAsTheyWere(t *testing.T) {
	r := newReloads(t, large)
	for name, text := range map[string]string{"no routes": "deadline: 30m\n", "an error": "models: {a: [nobody]}\n", "nothing": ""} {
		said := r.turn(t, text)
		if !strings.Contains(said, "the settings stay as they were") || len(r.loaded.File.Models) != 3 {
			t.Errorf("%s: %+v\n%s", name, r.loaded.File, said)
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
