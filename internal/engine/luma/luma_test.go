package luma_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/luma"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return luma.New(luma.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "luma", New: newEngine})
}
