// Package docsite serves the documents of the repository as pages for people: GET /docs and what is below it, with a navigation and
// a search, and GET /problems/{code}, the page that the type of an error leads to. All of it comes from the binary and needs no
// internet and no script.
//
// The documents are Markdown ([github.com/yuin/goldmark] renders it) and are passed in as a file system; [New] renders them when the
// first page is asked for.
package docsite

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/web"
)

//go:embed page.html docs.css
var files embed.FS

// home is the document at /docs.
const home = "docs/README.md"

// policy allows the page its style sheet, its pictures and its search. There are no scripts.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Site is the pages, rendered.
type Site struct {
	documents []document // in the order of the navigation, then the pages of problems
	source    fs.FS
	page      *template.Template
	style     resource
	stylePath string
	pages     map[string]func() resource // by the path of their URL
}

// resource is an answer that is kept in memory.
type resource struct {
	mediaType     string
	plain, packed []byte // packed is gzipped
	tag           string
}

// New returns the handler of GET /docs, GET /docs/{path...} and GET /problems/{code}. documents has the files of the navigation
// and the problems, and what they show or link to, by their paths in the repository. If one can't be read or rendered, each answer is
// a server error that the function failed is told of.
func New(documents fs.FS, failed func(error)) http.Handler {
	site := sync.OnceValues(func() (*Site, error) { return Render(documents) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := site()
		if err != nil {
			failed(err)
			http.Error(w, "The documents can't be shown.", http.StatusInternalServerError)
			return
		}
		s.ServeHTTP(w, r)
	})
}

// Render renders all pages of the documents.
func Render(documents fs.FS) (*Site, error) {
	s := &Site{source: documents, pages: map[string]func() resource{}}
	has := func(name string) bool {
		info, err := fs.Stat(documents, name)
		return err == nil && !info.IsDir()
	}
	names, err := fs.Glob(documents, "docs/problems/*.md")
	if err != nil {
		return nil, err
	}
	for i := len(navigation()) - 1; i >= 0; i-- {
		pages := navigation()[i].pages
		for j := len(pages) - 1; j >= 0; j-- {
			names = append([]string{pages[j].file}, names...)
		}
	}
	for _, name := range names {
		source, err := fs.ReadFile(documents, name)
		if err != nil {
			return nil, fmt.Errorf("docsite: %w", err)
		}
		d, err := render(name, source, has)
		if err != nil {
			return nil, fmt.Errorf("docsite: %w", err)
		}
		s.documents = append(s.documents, d)
	}
	return s, s.prepare()
}

// prepare makes the pages of the documents.
func (s *Site) prepare() error {
	var err error
	if s.page, err = template.ParseFS(files, "page.html"); err != nil {
		return err
	}
	style, err := files.ReadFile("docs.css")
	if err != nil {
		return err
	}
	s.style = newResource("text/css; charset=utf-8", style)
	s.stylePath = "docs/style-" + s.style.tag[:12] + ".css"
	for _, d := range s.documents {
		body, err := s.html(view{Path: d.path, Title: d.title, Body: template.HTML(d.body), Headings: d.headings}) //nolint:gosec // rendered from our own documents, without raw HTML
		if err != nil {
			return err
		}
		s.pages[d.path] = sync.OnceValue(func() resource { return newResource("text/html; charset=utf-8", body) })
	}
	return nil
}

func newResource(mediaType string, body []byte) resource {
	var b bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = zip.Write(body)                                  // a buffer never fails
	_ = zip.Close()
	sum := sha256.Sum256(body)
	return resource{mediaType, body, b.Bytes(), hex.EncodeToString(sum[:12])}
}

// ServeHTTP answers the requests that [New] names.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if page, ok := s.pages[name]; ok {
		w.Header().Set("Cache-Control", "no-cache")
		page().serve(w, r)
		return
	}
	switch {
	case name == "docs/": // its links would lead astray; a location without a host keeps the prefix of a proxy
		w.Header().Set("Location", "../docs")
		w.WriteHeader(http.StatusMovedPermanently)
	case name == "docs/search":
		s.serveSearch(w, r)
	case name == s.stylePath:
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its name changes with its content
		s.style.serve(w, r)
	default:
		s.serveFile(w, r, name)
	}
}

// serve sends the resource. net/http handles conditions.
func (p resource) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", p.mediaType)
	h.Set("Content-Security-Policy", policy)
	h.Add("Vary", "Accept-Encoding")
	body := p.plain
	h.Set("ETag", `"`+p.tag+`"`)
	if web.AcceptsGzip(r.Header) {
		body = p.packed
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+p.tag+`-gzip"`) // other bytes need another tag (RFC 9110, section 8.8.3)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// serveFile sends a picture or an example, or a page that says that there is nothing.
func (s *Site) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	file := name
	if strings.HasPrefix(name, "docs/examples/") {
		file = strings.TrimPrefix(name, "docs/")
	}
	body, err := fs.ReadFile(s.source, file)
	if err != nil || path.Ext(file) == ".md" {
		s.serveView(w, http.StatusNotFound, view{Path: name, Title: "There is no such page", Missing: true})
		return
	}
	mediaType := mime.TypeByExtension(path.Ext(file))
	if path.Ext(file) == ".ts" { // which mime takes for a video
		mediaType = "text/plain; charset=utf-8"
	}
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox") // a drawing has its own styles
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// serveSearch sends the page of results.
func (s *Site) serveSearch(w http.ResponseWriter, r *http.Request) {
	query := cut(strings.TrimSpace(r.URL.Query().Get("q")), maxQuery)
	v := view{Path: "docs/search", Title: "Search", Query: query, Searched: true}
	v.Results = s.search(v.Path, query)
	s.serveView(w, http.StatusOK, v)
}

// serveView sends a page that is made for one request.
func (s *Site) serveView(w http.ResponseWriter, status int, v view) {
	body, err := s.html(v)
	if err != nil {
		panic(err) // the template is a constant
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	w.Write(body) // fails only if the caller has gone
}
