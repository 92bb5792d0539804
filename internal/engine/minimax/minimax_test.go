package minimax_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/minimax"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return newMiniMax(base, hc, now)
}

func newMiniMax(base string, hc *http.Client, now func() time.Time) *minimax.Engine {
	return minimax.New(minimax.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now})
}

func TestVersion2(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "minimax", New: newEngine})
}

// version1 is the engine with only the models of version 1, so that the suite tests that version.
type version1 struct{ *minimax.Engine }

func (v version1) Capabilities() engine.Capabilities {
	c := v.Engine.Capabilities()
	c.Models, c.Cancel = c.Models[2:], false
	return c
}

func TestVersion1(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "minimax", New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return version1{newMiniMax(base, hc, now)}
	}})
}

func TestOnlyAChallengeIsEchoed(t *testing.T) {
	e := newMiniMax("http://127.0.0.1", http.DefaultClient, time.Now)
	for body, want := range map[string]string{
		`{"challenge":"abc"}`:             `{"challenge":"abc"}`,
		`{"challenge":"\"<script>"}`:      `{"challenge":"\"\u003cscript\u003e"}`,
		`{"challenge":""}`:                `{"challenge":""}`,
		`{"challenge":7}`:                 "",
		`{"task_id":"1","status":"done"}`: "",
		`<html>`:                          "",
		`{"challenge":"` + strings.Repeat("x", 2000) + `"}`: "",
	} {
		got, err := e.Receive(t.Context(), engine.Callback{Body: []byte(body)})
		if err != nil || string(got) != want {
			t.Errorf("%.40s: answered %q, %v; want %q", body, got, err, want)
		}
	}
}
