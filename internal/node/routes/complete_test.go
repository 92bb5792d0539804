package routes

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
)

// patterns returns a mux that has the patterns of the routes, with handlers that must not be called.
func patterns(routes []dialect.Route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range dialect.Combine(routes) {
		mux.Handle(r.Pattern, http.NotFoundHandler())
	}
	return mux
}

// TestEveryDialectHasAReader checks that the tests which read every task in every dialect leave none out.
func TestEveryDialectHasAReader(t *testing.T) {
	all := map[string][]dialect.Route{}
	for _, m := range mounts(nil, Options{}) {
		all[m.prefix] = append(all[m.prefix], dialect.Under(m.prefix, m.routes)...)
		if !m.onlyBelow {
			all[m.prefix] = append(all[m.prefix], m.routes...)
		}
	}
	for prefix, routes := range all {
		mux, found := patterns(routes), false
		for _, reader := range dialecttest.Readers() {
			_, pattern := mux.Handler(reader.Request("http://films.example", "00000000-0000-4000-8000-000000000001", dialecttest.Key))
			found = found || pattern != ""
		}
		if !found {
			t.Errorf("%s: no get of a task in dialecttest.Readers", prefix)
		}
	}
}

func TestEveryDialectIsInTheTableOfDialects(t *testing.T) {
	page, err := os.ReadFile("../../../docs/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mounts(nil, Options{}) {
		if !strings.Contains(string(page), "| `"+m.prefix+"/") {
			t.Errorf("%s: no row in docs/dialects.md", m.prefix)
		}
	}
}
