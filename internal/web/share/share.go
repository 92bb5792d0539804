// Package share serves the public page of a shared video: a player, the title, and what link previews read.
//
// What may enter: HTML for people who were sent a link. What may not: anything of the project; how a token is looked up
// is handed in.
package share

import (
	"context"
	"embed"
	"html/template"
	"net/http"
)

//go:embed page.html
var files embed.FS

// Page is what a shared video's page shows. All URLs are absolute.
type Page struct {
	Title         string
	URL           string // of the page itself
	Video         string
	Poster        string // "" = none
	Width, Height int    // pixels
}

// Find looks a token up. ok is false where the page does not exist, or no longer does.
type Find func(ctx context.Context, r *http.Request, token string) (page Page, ok bool, err error)

// Handler serves GET /share/{token}. Answers are not to be kept or indexed: a page ends when its owner ends it.
func Handler(find Find) (http.Handler, error) {
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src *; media-src *; base-uri 'none'; form-action 'none'")
		p, ok, err := find(r.Context(), r, r.PathValue("token"))
		status := http.StatusOK
		switch {
		case err != nil:
			status = http.StatusInternalServerError
		case !ok:
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
		_ = page.Execute(w, struct { // a reader who has gone is no fault of ours
			Page
			Status int
		}{p, status})
	}), nil
}
