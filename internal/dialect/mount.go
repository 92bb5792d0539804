package dialect

import (
	"context"
	"net/http"
	"strings"
)

// mountKey is the key of the prefix in a request's context.
type mountKey struct{}

// Under returns the routes as they are mounted below prefix, "/kling", besides their own paths. They have no documentation of
// their own: it is that of the routes given.
func Under(prefix string, routes []Route) []Route {
	out := make([]Route, len(routes))
	for i, r := range routes {
		method, path, _ := strings.Cut(r.Pattern, " ")
		inner := r.Handler
		out[i] = r
		out[i].Pattern, out[i].Undocumented = method+" "+prefix+path, true
		if inner == nil {
			continue // it is only listed
		}
		out[i].Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), mountKey{}, prefix)))
		})
	}
	return out
}

// OnlyUnder returns the routes as they are mounted below prefix, if they are mounted nowhere else: they are documented there.
func OnlyUnder(prefix string, routes []Route) []Route {
	out := Under(prefix, routes)
	for i, r := range routes {
		out[i].Undocumented = r.Undocumented
		if method, path, ok := strings.Cut(r.Doc.Operation, " "); ok {
			out[i].Doc.Operation = method + " " + prefix + path
		}
	}
	return out
}

// Mount returns the prefix below which the route of r is mounted, "/kling"; "" for a route at its own path. URLs of calls in
// the answer begin with it.
func Mount(r *http.Request) string {
	prefix, _ := r.Context().Value(mountKey{}).(string)
	return prefix
}

// Combine joins routes that have the same pattern to one: the handler of the first one whose Match accepts the request
// answers it. If none does, the first of them with a Form answers that there is nothing. The order is that of the first
// route of each pattern.
func Combine(routes []Route) []Route {
	var out []Route
	at := map[string]int{}
	same := map[string][]Route{}
	for _, r := range routes {
		if _, seen := at[r.Pattern]; !seen {
			at[r.Pattern] = len(out)
			out = append(out, r)
		}
		same[r.Pattern] = append(same[r.Pattern], r)
	}
	for i, r := range out {
		if all := same[r.Pattern]; len(all) > 1 || r.Match != nil {
			out[i].Handler, out[i].Match = choice(all), nil
		}
	}
	return out
}

// choice answers a request by the first of its routes that matches it.
type choice []Route

// ServeHTTP implements http.Handler.
func (c choice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, one := range c {
		if one.Match == nil || one.Match(r) {
			one.Handler.ServeHTTP(w, r)
			return
		}
	}
	form := c[0].Doc.Form
	if form == nil {
		form = Problems()
	}
	form.Write(w, r, notHere())
}
