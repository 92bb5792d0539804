package lightx2v_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/lightx2v"
	"github.com/filmgate/filmgate/internal/task"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return lightx2v.New(lightx2v.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "lightx2v", AnyModel: true, New: newEngine})
}

func TestAnotherServerMovesTheTaskOn(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	e := lightx2v.New(lightx2v.Options{BaseURL: s.URL, HTTP: s.Client()})
	_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "video", Request: task.Request{Prompt: "a cat", Seconds: 2}})
	if got := engine.AsError(err); err == nil || got.Class != engine.ModelError || got.Unconfirmed {
		t.Errorf("%v", err)
	}
}

// A server is started for one task, and one for text ignores a picture.
func TestPicturesAreRefusedUnlessTheOperatorNamesThem(t *testing.T) {
	e := lightx2v.New(lightx2v.Options{})
	if got := enginetest.RefusedField(t, e, "video", task.Request{Prompt: "a cat", Seconds: 5, First: &task.Image{}}); got != "first_frame" {
		t.Errorf("refused by %q", got)
	}
}
