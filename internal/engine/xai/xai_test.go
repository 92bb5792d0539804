package xai_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/xai"
)

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "xai",
		New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return xai.New(xai.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
		},
	})
}
