package dialect

import (
	"regexp"

	"github.com/filmgate/filmgate/internal/task"
)

// Matching reads a text that matches the pattern, which must be one of JavaScript too; allowed says in words what matches. It
// returns "" if the field is absent, empty or invalid.
func (f *Fields) Matching(name string, pattern *regexp.Regexp, allowed string) string {
	if f.seen != nil {
		return note(f, name, "", Schema{Type: "string", Pattern: pattern.String()})
	}
	s := f.String(name, "", 0)
	if s != "" && !pattern.MatchString(s) {
		f.AddError(name, "%q is not possible; allowed: %s", task.Excerpt(s), allowed)
		return ""
	}
	return s
}
