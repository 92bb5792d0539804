package enginetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// NewWithAnswer opens an engine whose vendor gives the same answer to every call. sent, unless nil, gets the body of the
// latest request.
func NewWithAnswer(t *testing.T, open func(base string, hc *http.Client, now func() time.Time) engine.Engine, status int, body string, sent *string) engine.Engine {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if sent != nil {
			*sent = string(b)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return open(s.URL, s.Client(), time.Now)
}

// RefusedField returns the field for which a model of e refuses r; "" if it accepts r. The model is the one of that name, or
// else the first whose name begins with it.
func RefusedField(t *testing.T, e engine.Engine, name string, r task.Request) string {
	t.Helper()
	models := e.Capabilities().Models
	i := slices.IndexFunc(models, func(m engine.Model) bool { return m.Name == name })
	if i < 0 {
		i = slices.IndexFunc(models, func(m engine.Model) bool { return strings.HasPrefix(m.Name, name) })
	}
	if i < 0 {
		t.Errorf("no model %s", name)
	} else if faults := models[i].Check(r); len(faults) > 0 {
		return faults[0].Field
	}
	return ""
}
