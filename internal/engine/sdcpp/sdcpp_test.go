package sdcpp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/sdcpp"
	"github.com/filmgate/filmgate/internal/task"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return sdcpp.New(sdcpp.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "sdcpp", Inline: true, AnyModel: true, New: newEngine})
}

func TestAServerWithoutVideosMovesTheTaskOn(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"it makes pictures only":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"supported_modes":["img_gen"]}`) },
		"it does not know the call": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) },
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet {
					t.Errorf("%s %s", r.Method, r.URL.Path)
				}
				answer(w)
			}))
			defer s.Close()
			e := sdcpp.New(sdcpp.Options{BaseURL: s.URL, HTTP: s.Client()})
			_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "video", Request: task.Request{Prompt: "a cat", Seconds: 2}})
			if got := engine.AsError(err); err == nil || got.Class != engine.ModelError || got.Unconfirmed {
				t.Errorf("%v", err)
			}
		})
	}
}
