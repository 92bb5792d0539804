package dialect

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
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

// Except returns the routes without the requests that another dialect answers at the same paths: those that theirs accepts.
func Except(routes []Route, theirs func(*http.Request) bool) []Route {
	out := slices.Clone(routes)
	for i, r := range routes {
		if !strings.Contains(r.Pattern, "{") {
			continue // the pattern says all
		}
		out[i].Match = func(asked *http.Request) bool { return !theirs(asked) && (r.Match == nil || r.Match(asked)) }
	}
	return out
}

// Combine joins routes that have the same pattern to one: the handler of the first one whose Match accepts the request
// answers it. If none does, the answer is 405 if the path can be called with another method, else 404. The order is that of
// the first route of each pattern.
func Combine(routes []Route) []Route {
	out := group(routes)
	table := newMethodTable(out)
	for i, r := range out {
		if all, ok := r.Handler.(choice); ok {
			all.table = table
			out[i].Handler = all
		}
	}
	return out
}

// group joins routes that have the same pattern to one with a choice as its handler. Its Match accepts what one of them does.
func group(routes []Route) []Route {
	var out []Route
	at := map[string]int{}
	same := map[string][]Route{}
	for _, r := range routes {
		if _, seen := at[r.Pattern]; !seen {
			at[r.Pattern] = len(out)
			out = append(out, r)
		}
		out[at[r.Pattern]].Waits = out[at[r.Pattern]].Waits || r.Waits
		same[r.Pattern] = append(same[r.Pattern], r)
	}
	for i, r := range out {
		if all := same[r.Pattern]; len(all) > 1 || r.Match != nil {
			c := choice{routes: all}
			out[i].Handler, out[i].Match = c, func(asked *http.Request) bool { return c.of(asked) >= 0 }
		}
	}
	return out
}

// choice answers a request by the first of its routes that matches it.
type choice struct {
	routes []Route
	table  methodTable
}

// of returns the index of the route that answers the request; -1 if none does.
func (c choice) of(r *http.Request) int {
	return slices.IndexFunc(c.routes, func(one Route) bool { return one.Match == nil || one.Match(r) })
}

// ServeHTTP implements http.Handler.
func (c choice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i := c.of(r); i >= 0 {
		c.routes[i].Handler.ServeHTTP(w, r)
		return
	}
	methods, form := c.table.at(r)
	e := notHere()
	if len(methods) > 0 {
		allow := strings.Join(methods, ", ")
		w.Header().Set("Allow", allow)
		e = &task.Error{Code: task.NotAllowed, Detail: "Allowed here: " + allow + "."}
	}
	if form = cmp.Or(form, c.routes[0].Doc.Form); form == nil {
		WriteProblem(w, r, slog.New(slog.DiscardHandler), e) // callers may see it all, so nothing is logged
		return
	}
	form.Write(w, r, e)
}
