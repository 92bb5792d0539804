package ark_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return ark.New(ark.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "ark", New: newEngine})
}
