package main

import (
	"context"
	"strings"

	"github.com/filmgate/filmgate/media"
)

// checkTools tells how the system's ffmpeg stands.
func checkTools(ctx context.Context) []finding {
	var out []finding
	for _, t := range media.Tools(ctx) {
		f := finding{ok: t.Problem == "", what: t.Problem, mend: "install it: " + t.Remedy, wanted: !t.Required}
		if f.ok {
			f.what = strings.TrimSpace(t.Name + " " + t.Version)
		}
		out = append(out, f)
	}
	return out
}
