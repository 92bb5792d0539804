// Package studio serves the studio, the pages at / in which people make, watch and keep videos, and lets them sign in with an
// API key. The pages are a program in TypeScript, in the folder page; what Vite builds of it is in the folder built, which is
// embedded in the binary, so that neither a build with Go nor a user needs Node.
//
// The pages call the public API alone. They send no key: sign-in stores it in a cookie that scripts can't read
// ([Studio.Authorize]).
package studio

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
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/filmgate/filmgate/internal/web"
)

//go:embed page.html built
var files embed.FS

// Options are what the studio needs of the server. Base and Check are required.
type Options struct {
	// Base returns the URL under which the caller of a request sees this server, without a trailing slash.
	Base func(*http.Request) string
	// Check reports whether an API key may sign in. If it may not, Check answers the request with the reason.
	Check func(w http.ResponseWriter, r *http.Request, key string) bool
	// Media are origins other than the page's own that videos and pictures come from: "https://bucket.example".
	Media []string
}

// Studio is the studio's handlers.
type Studio struct {
	Options
	page   *template.Template
	policy string
	hash   string // of all built files; part of their paths, so that caches may keep them
	built  map[string]*builtFile

	origins *http.CrossOriginProtection
}

// builtFile is one file of the folder built.
type builtFile struct {
	mediaType string
	plain     []byte
	packed    func() []byte // gzipped when it is first asked for
}

// New returns the studio.
func New(o Options) (*Studio, error) {
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	s := &Studio{Options: o, page: page, policy: policy(o.Media), built: map[string]*builtFile{}, origins: http.NewCrossOriginProtection()}
	sum := sha256.New()
	err = fs.WalkDir(files, "built", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content) // a hash never fails
		s.built[strings.TrimPrefix(name, "built/")] = &builtFile{mime.TypeByExtension(path.Ext(name)), content, sync.OnceValue(func() []byte { return pack(content) })}
		return nil
	})
	s.hash = hex.EncodeToString(sum.Sum(nil)[:6])
	return s, err
}

// policy returns the Content-Security-Policy of the page: everything comes from this server, except media.
func policy(media []string) string {
	from := strings.Join(append([]string{"'self'", "blob:"}, media...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
		"img-src data: " + from + "; media-src " + from + "; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
}

// pack gzips a file.
func pack(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(content)                               // a buffer never fails
	_ = w.Close()
	return b.Bytes()
}

// ServeHTTP serves GET /, GET /studio/{hash}/{file}, and POST and DELETE /studio/session.
func (s *Studio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/studio/session" && r.Method == http.MethodPost:
		s.signIn(w, r)
	case r.URL.Path == "/studio/session":
		s.signOut(w, r)
	case r.URL.Path == "/":
		s.servePage(w, r)
	default:
		s.serveBuilt(w, r)
	}
}

func (s *Studio) servePage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache") // the page names the files of this build
	var body bytes.Buffer
	data := struct {
		Root, Files string
		SignedIn    bool // perhaps: its first call says whether the key is still in force
	}{s.root(r), "studio/" + s.hash, keyOf(r) != ""}
	if err := s.page.Execute(&body, data); err != nil {
		panic(err) // the template is a constant
	}
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.Write(body.Bytes())
}

// root returns the path of the page as the caller sees it: "/" or "/video/".
func (s *Studio) root(r *http.Request) string { return s.base(r).Path + "/" }

// base returns Options.Base, parsed.
func (s *Studio) base(r *http.Request) *url.URL {
	u, err := url.Parse(s.Base(r))
	if err != nil {
		return &url.URL{} // of a request whose Host is malformed
	}
	return u
}

// serveBuilt sends a file of the pages. Its path changes with its content, so caches may keep it. The path of another build is
// not found, because its files are not here.
func (s *Studio) serveBuilt(w http.ResponseWriter, r *http.Request) {
	f, ok := s.built[r.PathValue("file")]
	if !ok || r.PathValue("hash") != s.hash {
		http.NotFound(w, r)
		return
	}
	body, h := f.plain, w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	if web.AcceptsGzip(r.Header) {
		body = f.packed()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}
