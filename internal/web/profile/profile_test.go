package profile_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web/profile"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host, path string
		status     int
		body       string
	}{
		{"127.0.0.1:6060", "/debug/pprof/", 200, "goroutine"},
		{"localhost", "/debug/pprof/goroutine?debug=1", 200, "goroutine profile: total"},
		{"[::1]:6060", "/debug/pprof/heap?debug=1", 200, "heap profile"},
		{"[::1]", "/debug/pprof/symbol", 200, "num_symbols"},
		{"127.0.0.1:6060", "/debug/pprof/cmdline", 404, ""}, // flags may be secrets
		{"127.0.0.1:6060", "/metrics", 404, ""},
		{"rebound.example:6060", "/debug/pprof/heap", 403, "loopback"},
		{"127.0.0.1.rebound.example", "/debug/pprof/heap", 403, "loopback"},
		{"192.0.2.1:6060", "/debug/pprof/heap", 403, "loopback"},
		{"", "/debug/pprof/heap", 403, "loopback"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		profile.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s of %q: %d %.80s, want %d with %q", c.path, c.host, w.Code, w.Body, c.status, c.body)
		}
	}
}
