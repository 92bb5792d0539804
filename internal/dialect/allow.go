package dialect

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Allowed returns a function that returns the methods with which a request's path can be called, sorted, for the header Allow.
// It asks each route's Match, of which net/http's ServeMux knows nothing. HEAD is possible if GET is.
func Allowed(routes []Route) func(*http.Request) []string {
	table := newMethodTable(group(routes))
	return func(r *http.Request) []string {
		methods, _ := table.at(r)
		return methods
	}
}

// methodTable finds routes by path under every method. Its muxes answer nothing: they write into a probe.
type methodTable map[string]*http.ServeMux

func newMethodTable(grouped []Route) methodTable {
	out := methodTable{}
	for _, one := range grouped {
		method, _, _ := strings.Cut(one.Pattern, " ")
		if out[method] == nil {
			out[method] = http.NewServeMux()
		}
		out[method].HandleFunc(one.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if p, ok := w.(*probe); ok {
				p.found, p.form = one.Match == nil || one.Match(r), one.Doc.Form
			}
		})
	}
	return out
}

// at returns the methods that have a route at the request's path, sorted, and the form of errors of the first of them.
func (t methodTable) at(r *http.Request) (methods []string, form *ErrorForm) {
	for _, method := range slices.Sorted(maps.Keys(t)) {
		asked, p := r.Clone(r.Context()), probe{}
		asked.Method, asked.Body = method, http.NoBody
		t[method].ServeHTTP(&p, asked)
		if !p.found {
			continue
		}
		if form == nil {
			form = p.form
		}
		if methods = append(methods, method); method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return methods, form
}

// probe is the writer of a request that is only looked up.
type probe struct {
	found bool
	form  *ErrorForm
}

// Header implements http.ResponseWriter.
func (*probe) Header() http.Header { return http.Header{} }

// Write implements http.ResponseWriter.
func (*probe) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (*probe) WriteHeader(int) {}
