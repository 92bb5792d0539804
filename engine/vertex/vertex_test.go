package vertex_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/enginetest"
	"github.com/filmgate/filmgate/engine/vertex"
)

func token(context.Context) (string, error) { return enginetest.Key, nil }

func TestWithABucket(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "vertex", New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return vertex.New(vertex.Options{
			Project: "p", Location: "us-central1", Token: token, Bucket: "gs://films/out/", BaseURL: base, StorageURL: base, HTTP: hc, Now: now,
		})
	}})
}
