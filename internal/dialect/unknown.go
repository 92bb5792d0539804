package dialect

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// maxUnknown is how many unknown fields get an error each.
const maxUnknown = 20

// Close records an error for each present field that no reader has asked for, in nested objects too, with the known field that
// is most likely meant. Call it after all readers.
func (f *Fields) Close() {
	if f.seen != nil {
		f.seen.close()
		return
	}
	told := 0
	f.unknown(func(in *Fields, name string) {
		if told++; told <= maxUnknown {
			in.AddError(name, "%s", unknownText("field", name, in.known))
		}
	})
	if told > maxUnknown {
		f.AddError("", "has %d more fields that are not known", told-maxUnknown)
	}
}

// DidYouMean reports whether Close found an unknown field that most likely means the field of that name, so that the field need
// not be reported as missing too.
func (f *Fields) DidYouMean(name string) bool {
	if f.seen != nil {
		return false
	}
	found := false
	f.unknown(func(in *Fields, given string) { found = found || in == f && Nearest(given, f.known) == name })
	return found
}

// unknown visits, in order, each field that is not null and that no reader has asked for.
func (f *Fields) unknown(visit func(in *Fields, name string)) {
	for _, name := range slices.Sorted(maps.Keys(f.raw)) {
		if !slices.Contains(f.known, name) && f.raw[name][0] != 'n' {
			visit(f, name)
		}
	}
	for _, in := range f.inner {
		in.unknown(visit)
	}
}

// unknownText returns an error text for an unknown field or parameter: the name that was likely meant, or all known names.
func unknownText(what, name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("there is no such %s; did you mean %s?", what, near)
	}
	if len(known) == 0 {
		return fmt.Sprintf("there is no such %s; there are none here", what)
	}
	return fmt.Sprintf("there is no such %s; there are %s", what, strings.Join(slices.Sorted(slices.Values(known)), ", "))
}

// IgnoredHeader is the header that names the ignored fields and parameters of a request.
const IgnoredHeader = "Filmgate-Ignored"

// ignoredLimit is the longest value of the header, in bytes.
const ignoredLimit = 512

// ReportIgnored sets IgnoredHeader if the body has fields that no reader asked for, or the query has any parameter. It is for
// calls that ignore both, like the APIs that they imitate. Names are sorted and percent-encoded, with slashes between levels;
// a parameter begins with "?"; the last name is "..." if not all fit. Call it after all readers.
func ReportIgnored(w http.ResponseWriter, r *http.Request, f *Fields) {
	var names []string
	f.unknown(func(in *Fields, name string) {
		var path string
		for level := range strings.SplitSeq(in.path, "/") {
			if level != "" {
				path += url.PathEscape(level) + "/"
			}
		}
		names = append(names, path+escaped(name))
	})
	for name := range r.URL.Query() {
		names = append(names, "?"+escaped(name))
	}
	slices.Sort(names)
	var list string
	for _, name := range names {
		if len(list)+len(name) > ignoredLimit {
			list += "..., "
			break
		}
		list += name + ", "
	}
	if list != "" {
		w.Header().Set(IgnoredHeader, strings.TrimSuffix(list, ", "))
	}
}

// escaped returns a name in characters that a header allows, shortened if it is long.
func escaped(name string) string {
	out := strings.NewReplacer("+", "%20").Replace(url.QueryEscape(task.Excerpt(name)))
	if out == "" {
		return "%00" // a field may have the empty name
	}
	return out
}

// CheckQuery refuses a query that can't be parsed, unknown parameters, and parameters that are given twice. lists are those that
// may be given more than once.
func CheckQuery(r *http.Request, known []string, lists ...string) error {
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return invalid("The query can't be read: %v.", err)
	}
	q := Query{Values: given}
	told := 0
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if told == maxUnknown {
			break
		}
		switch {
		case !slices.Contains(known, name):
			q.AddError(task.Excerpt(name), "%s", unknownText("parameter", name, known))
			told++
		case len(given[name]) > 1 && !slices.Contains(lists, name):
			q.AddError(name, "is there %d times; send it once", len(given[name]))
		}
	}
	return q.Err()
}
