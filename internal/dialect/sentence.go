package dialect

import (
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Sentence returns the whole error as one text, for bodies without a list of errors: every field error, with dots between
// levels ("camera_control.config.zoom: must be …; mode: …"), else the detail, else the code's title.
func Sentence(e *task.Error) string {
	switch {
	case len(e.Fields) == 0 && e.Detail == "":
		return e.Code.Title()
	case len(e.Fields) == 0:
		return e.Detail
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = strings.ReplaceAll(strings.TrimPrefix(f.Field, "?"), "/", ".") + ": " + f.Detail
		if f.Field == "" { // the body as a whole
			parts[i] = f.Detail
		}
	}
	return strings.Join(parts, "; ")
}
