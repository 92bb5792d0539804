package studio_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestListsAreCompressedForTheStudioAlone(t *testing.T) {
	list := `{"tasks": [` + strings.Repeat(`{"prompt": "a lake"},`, 500) + `null]}`
	cookie := signedIn(t, open(t, here))
	for name, c := range map[string]struct {
		path   string
		header [2]string // of the answer, besides those of a list
		body   string
		ask    []string
		packed bool
	}{
		"a list":                      {path: "/api/v1/tasks", body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip, br"}, packed: true},
		"a short list":                {path: "/api/v1/tasks", body: "{}", ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip"}},
		"with a weak ETag":            {path: "/api/v1/models", header: [2]string{"ETag", `W/"1"`}, body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip"}, packed: true},
		"with an ETag":                {path: "/api/v1/tasks", header: [2]string{"ETag", `"1"`}, body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip"}},
		"a picture":                   {path: "/api/v1/tasks", header: [2]string{"Content-Type", "image/jpeg"}, body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip"}},
		"a file":                      {path: "/cdn/x", body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip"}},
		"a stream":                    {path: "/api/v1/events", body: list, ask: []string{"Cookie", cookie, "Accept-Encoding", "gzip", "Accept", "text/event-stream"}},
		"to a browser without gzip":   {path: "/api/v1/tasks", body: list, ask: []string{"Cookie", cookie}},
		"to a program with a key":     {path: "/api/v1/tasks", body: list, ask: []string{"Authorization", "Bearer good", "Accept-Encoding", "gzip"}},
		"to a program with a cookie ": {path: "/api/v1/tasks", body: list, ask: []string{"Cookie", cookie, "Authorization", "Bearer good", "Accept-Encoding", "gzip"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newStudio(t, here).Authorize(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", strconv.Itoa(len(c.body)))
				if c.header[0] != "" {
					w.Header().Set(c.header[0], c.header[1])
				}
				_, _ = io.WriteString(w, c.body)
			}))
			w := ask(h, "GET", c.path, "", append(c.ask, "Sec-Fetch-Site", "same-origin")...)
			got := io.Reader(w.Body)
			if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != c.packed {
				t.Fatalf("compressed: %v, want %v", packed, c.packed)
			}
			if c.packed {
				if w.Body.Len() > len(c.body)/10 || w.Header().Get("Content-Length") != "" || w.Header().Get("Vary") != "Accept-Encoding" {
					t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
				}
				var err error
				if got, err = gzip.NewReader(got); err != nil {
					t.Fatal(err)
				}
			}
			if text, err := io.ReadAll(got); err != nil || string(text) != c.body {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}
