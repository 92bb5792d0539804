package vertex_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/vertex"
)

func token(context.Context) (string, error) { return enginetest.Key, nil }

func TestWithABucket(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "vertex",
		New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return vertex.New(vertex.Options{
				Project: "p", Location: "us-central1", Token: token, Bucket: "gs://films/out/", BaseURL: base, StorageURL: base, HTTP: hc, Now: now,
			})
		},
		// A recording's key is an access token: gcloud auth print-access-token.
		Real: &enginetest.Real{
			Needs: []enginetest.Need{
				{Name: "VERTEX_BUCKET", Placeholder: "films", Sample: "their-bucket"},
				{Name: "VERTEX_FOLDER", Placeholder: "out", Sample: "folder-of-theirs"}, // without a slash
				{Name: "VERTEX_PROJECT", Placeholder: "p", Sample: "their-project-4711"},
				{Name: "VERTEX_LOCATION", Placeholder: "us-central1", Sample: "europe-west4"},
			},
			New: func(values map[string]string, _, base string, hc *http.Client, now func() time.Time) (engine.Engine, error) {
				return vertex.New(vertex.Options{
					Project: values["VERTEX_PROJECT"], Location: values["VERTEX_LOCATION"], Token: token,
					Bucket:  "gs://" + values["VERTEX_BUCKET"] + "/" + values["VERTEX_FOLDER"] + "/",
					BaseURL: base, StorageURL: base, HTTP: hc, Now: now,
				}), nil
			},
		},
	})
}
