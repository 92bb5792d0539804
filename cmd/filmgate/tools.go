package main

import (
	"context"
	"strings"

	"github.com/filmgate/filmgate/internal/media"
)

// checkTools tells how the system's ffmpeg stands.
func checkTools(ctx context.Context) []check {
	var out []check
	for _, t := range media.Tools(ctx) {
		f := check{ok: t.Problem == "", text: t.Problem, remedy: "install it: " + t.Remedy, wanted: !t.Required}
		if f.ok {
			f.text = strings.TrimSpace(t.Name + " " + t.Version)
		}
		out = append(out, f)
	}
	return out
}
