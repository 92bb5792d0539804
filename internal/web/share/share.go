// Package share serves the public page of a shared video: a player, the title, and the tags that link previews read.
//
// It holds the HTML for people who were sent a link, and imports no package of the project. [Handler] calls a [Find] to look
// a token up.
package share

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
)

// retryAfter is how many seconds a reader should wait if the database or the storage can't be used.
const retryAfter = "10"

//go:embed page.html
var files embed.FS

// Page is the content of a shared video's page. All URLs are absolute.
type Page struct {
	Title         string
	URL           string // of the page itself
	Video         string // URL of the video
	Poster        string // URL of the poster; "" = none
	Width, Height int    // pixels
}

// Find looks a token up. ok is false if there is no such page, or its owner has ended it. An error with a method Unavailable that
// returns true, such as store.ErrUnavailable, means that the same call may succeed later.
type Find func(ctx context.Context, r *http.Request, token string) (page Page, ok bool, err error)

// Handler serves GET /share/{token} with status 200, with 404 if there is no page, with 503 and Retry-After if find may
// succeed later, and with 500 after any other error. Answers must not be cached or indexed, because the owner may end
// the page at any time.
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
		case isUnavailable(err):
			status = http.StatusServiceUnavailable
			h.Set("Retry-After", retryAfter)
		case err != nil:
			status = http.StatusInternalServerError
		case !ok:
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
		_ = page.Execute(w, struct { // fails only if the reader has gone
			Page
			Status int
		}{p, status})
	}), nil
}

// isUnavailable reports whether err says that the same call may succeed later.
func isUnavailable(err error) bool {
	var later interface{ Unavailable() bool }
	return errors.As(err, &later) && later.Unavailable()
}
