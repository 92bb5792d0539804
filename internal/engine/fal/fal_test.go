package fal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/fal"
)

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "fal", New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return fal.New(fal.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now})
	}})
}
