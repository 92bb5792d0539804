package gemini_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/gemini"
)

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "gemini",
		New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return gemini.New(gemini.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
		},
	})
}
