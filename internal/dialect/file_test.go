package dialect

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// stored serves "0123456789" as the server serves files. Its errors are problem documents.
func stored(w http.ResponseWriter, r *http.Request) {
	problem := func(status int) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Content-Length", "2")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{}`))
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/gone"):
		problem(http.StatusNotFound)
	case strings.HasPrefix(r.URL.Path, "/away"):
		problem(http.StatusServiceUnavailable)
	case r.Header.Get("Range") == "bytes=99-":
		w.Header().Set("Content-Range", "bytes */10")
		problem(http.StatusRequestedRangeNotSatisfiable)
	case r.Header.Get("If-Match") == `"other"`:
		problem(http.StatusPreconditionFailed)
	default:
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader("0123456789"))
	}
}

func TestFileIsServedWithItsRangesAndConditions(t *testing.T) {
	for _, c := range []struct {
		name, key, header, value string
		status                   int
		body                     string
		refused                  task.Code
	}{
		{"the whole file", "a", "", "", 200, "0123456789", ""},
		{"a range", "a", "Range", "bytes=2-4", 206, "234", ""},
		{"a range beyond the end has no body", "a", "Range", "bytes=99-", 416, "", ""},
		{"a condition that fails has no body", "a", "If-Match", `"other"`, 412, "", ""},
		{"a file that is gone", "gone", "", "", 0, "", task.NotFound},
		{"a storage that is away", "away", "", "", 0, "", task.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/videos/1/content", nil)
			r.Header.Set(c.header, c.value)
			var refused error
			links := Links{Token: func(string, time.Time) string { return "token" }}
			ServeFile(w, r, http.HandlerFunc(stored), links, task.File{Key: c.key}, func(err error) { refused = err })
			var e *task.Error
			if errors.As(refused, &e); c.refused != "" {
				if e == nil || e.Code != c.refused || w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
					t.Errorf("refused with %v, wrote %q with %v", refused, w.Body, w.Header())
				}
				return
			}
			if refused != nil || w.Code != c.status || w.Body.String() != c.body || strings.Contains(w.Header().Get("Content-Type"), "problem") {
				t.Errorf("%v, %d %q %v", refused, w.Code, w.Body, w.Header())
			}
		})
	}
}
