package openai_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/openai"
)

func TestSuite(t *testing.T) {
	for _, flavor := range openai.Flavors() {
		t.Run(flavor, func(t *testing.T) {
			enginetest.RunVendor(t, enginetest.Vendor{
				Wire: flavor, Exchanges: "testdata/" + flavor,
				AnyModel: true,
				New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
					if base != "" {
						base += "/v1"
					}
					return openai.New(openai.Options{Flavor: flavor, Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
				},
			})
		})
	}
}
