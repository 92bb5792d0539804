package vertex_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/vertex"
)

// urlRecorder is a transport that keeps the URL of the last request and fails.
type urlRecorder struct{ url string }

func (u *urlRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
	u.url = r.URL.String()
	return nil, errors.New("no connection")
}

func TestEveryLocationHasItsHost(t *testing.T) {
	for location, host := range map[string]string{
		"us-central1":  "https://us-central1-aiplatform.googleapis.com/v1/",
		"europe-west4": "https://europe-west4-aiplatform.googleapis.com/v1/",
		"us":           "https://aiplatform.us.rep.googleapis.com/v1/",
		"eu":           "https://aiplatform.eu.rep.googleapis.com/v1/",
		"global":       "https://aiplatform.googleapis.com/v1/",
	} {
		transport := &urlRecorder{}
		e := vertex.New(vertex.Options{Project: "p", Location: location, Token: token, HTTP: &http.Client{Transport: transport}})
		_, err := e.Submit(t.Context(), engine.Job{Model: "veo-3.1-generate-001"})
		want := host + "projects/p/locations/" + location + "/publishers/google/models/veo-3.1-generate-001:predictLongRunning"
		if transport.url != want || engine.AsError(err).Class != engine.Unreachable {
			t.Errorf("%s: called %s, want %s; %v", location, transport.url, want, err)
		}
	}
}
