package dialect_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
)

// says returns a route that answers with a word and the prefix below which it is mounted.
func says(pattern, word string, match func(*http.Request) bool) dialect.Route {
	return dialect.Route{Pattern: pattern, Match: match, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, word+" "+dialect.Mount(r)+" "+r.PathValue("id"))
	})}
}

func hasHeader(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Header.Get(name) != "" }
}

func TestRoutesOfOnePatternAreToldApart(t *testing.T) {
	all := []dialect.Route{says("GET /v1/tasks/{id}", "first", hasHeader("X-First")), says("GET /other", "other", nil), says("GET /v1/tasks/{id}", "second", nil),
		says("GET /picky", "picky", hasHeader("X-First"))}
	all = append(all, dialect.Under("/vendor", all)...)
	h := dialecttest.Mux(all)
	for _, c := range []struct {
		name, path, header string
		status             int
		want               string
	}{
		{"the first one that matches", "/v1/tasks/7", "X-First", 200, "first  7"},
		{"the next one", "/v1/tasks/7", "X-None", 200, "second  7"},
		{"below a prefix", "/vendor/v1/tasks/7", "X-First", 200, "first /vendor 7"},
		{"another pattern", "/other", "X-None", 200, "other  "},
		{"none matches", "/picky", "X-None", 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			r.Header.Set(c.header, "yes")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || c.want != "" && w.Body.String() != c.want {
				t.Errorf("%d %q", w.Code, w.Body)
			}
		})
	}
	if n := len(dialect.Combine(all)); n != 6 {
		t.Errorf("%d patterns", n)
	}
}

func TestRoutesThatAreOnlyBelowAPrefixAreDocumentedThere(t *testing.T) {
	got := dialect.OnlyUnder("/xai", []dialect.Route{
		{Pattern: "POST /v1/videos/generations"},
		{Pattern: "GET /v1/videos/{id}/{part}", Doc: dialect.Doc{Operation: "GET /v1/videos/{id}/content"}},
		{Pattern: "GET /v1/config", Undocumented: true},
	})
	if got[0].Pattern != "POST /xai/v1/videos/generations" || got[0].Undocumented || got[0].Doc.Operation != "" ||
		got[1].Doc.Operation != "GET /xai/v1/videos/{id}/content" || !got[2].Undocumented {
		t.Errorf("%+v", got)
	}
}
