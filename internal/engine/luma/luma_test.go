package luma_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/task"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return luma.New(luma.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

// newDreamMachine returns an engine for a relay.
func newDreamMachine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return luma.New(luma.Options{Flavor: "dream-machine-v1", Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "luma-agents", New: newEngine, Exchanges: "testdata/agents"})
}

func TestDreamMachine(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "luma", New: newDreamMachine, Exchanges: "testdata/dream-machine-v1"})
}

func TestALoopIsShort(t *testing.T) {
	e := enginetest.NewWithAnswer(t, newEngine, 201, `{"id":"1","state":"queued"}`, nil)
	_, err := e.Submit(t.Context(), engine.Job{Model: "ray-3.2", Request: task.Request{Prompt: "a cat", Seconds: 10, Loop: true}})
	if got := engine.AsError(err); err == nil || got.Class != engine.Refused || got.Text == "" {
		t.Errorf("%v", err)
	}
}
