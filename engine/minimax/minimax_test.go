package minimax_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/enginetest"
	"github.com/filmgate/filmgate/engine/minimax"
)

func open(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return minimax.New(minimax.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now})
}

func TestVersion2(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "minimax", New: open})
}

// version1 is the engine with the models that the first version serves, so that the suite tries that one.
type version1 struct{ engine.Engine }

func (v version1) Capabilities() engine.Capabilities {
	c := v.Engine.Capabilities()
	c.Models = c.Models[1:]
	return c
}

func TestVersion1(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "minimax", New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return version1{open(base, hc, now)}
	}})
}
