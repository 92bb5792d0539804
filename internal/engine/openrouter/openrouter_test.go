package openrouter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/openrouter"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "openrouter", AnyModel: true,
		New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return openrouter.New(openrouter.Options{Key: enginetest.Key, Secret: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
		},
	})
}

func TestCallbacksAreNotCheckedWithoutASecret(t *testing.T) {
	e := openrouter.New(openrouter.Options{})
	if c := e.Capabilities().Callbacks; c != engine.UnsignedCallbacks {
		t.Errorf("callbacks are %s", c)
	}
	if _, err := e.Receive(t.Context(), engine.Callback{}); err != nil {
		t.Error(err)
	}
}

func TestASettingsFileAddsModelsAndReplacesThem(t *testing.T) {
	own := []engine.Model{
		{Name: "google/veo-3.1", Limits: task.Limits{Seconds: []int{8}}},
		{Name: "maker/model", Limits: task.Limits{Seconds: []int{5}}},
	}
	models := openrouter.New(openrouter.Options{Models: own}).Capabilities().Models
	seconds := map[string]int{}
	for _, m := range models {
		seconds[m.Name] = len(m.Seconds)
	}
	if len(models) != len(seconds) || seconds["google/veo-3.1"] != 1 || seconds["maker/model"] != 1 || seconds["x-ai/grok-imagine-video"] != 15 {
		t.Errorf("%v", seconds)
	}
}
