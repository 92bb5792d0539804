// Package reference serves the API reference for people: GET /reference, a page that shows every call of the OpenAPI
// document with samples in fifteen languages, a field for the key, and a form to try the call. Everything is embedded in the
// binary; the page loads nothing from other hosts.
//
// The page is @scalar/api-reference, which scripts/vendor-reference.sh copies to this folder. This package only mounts and
// configures it ([Handler]); all text about calls is in the OpenAPI document.
package reference

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/web"
)

//go:embed page.html scalar.js.gz
var files embed.FS

// policy allows the page its script, its styles and calls to this server. The component writes style elements, so inline
// styles are allowed; it shows answers that are pictures or videos from blob URLs.
const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Options are the settings of the page.
type Options struct {
	Title    string // of the browser's tab
	Document string // URL of the OpenAPI document, relative to the page: "openapi.json"
	Scheme   string // name of the document's security scheme that the key field sets
}

// Handler serves GET /reference and GET /reference/{file}. The page uses relative URLs, so it works below any prefix of a proxy.
func Handler(o Options) (http.Handler, error) {
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	packed, err := files.ReadFile("scalar.js.gz")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(packed)
	s := script{name: "scalar-" + hex.EncodeToString(sum[:6]) + ".js", packed: packed}
	settings, err := json.Marshal(configuration(o))
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	err = page.Execute(&body, struct{ Title, Document, Configuration, Script string }{o.Title, o.Document, string(settings), "reference/" + s.name})
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reference", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache") // the page names the script of this build
		h.Set("Content-Length", strconv.Itoa(body.Len()))
		w.Write(body.Bytes())
	})
	mux.Handle("GET /reference/"+s.name, s)
	return mux, nil
}

// script serves the component, which is stored gzipped.
type script struct {
	name   string // contains a hash of the content
	packed []byte
}

// ServeHTTP sends the script, gzipped if the caller accepts it. Its name changes with its content, so caches may keep it.
func (s script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	if web.AcceptsGzip(r.Header) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(s.packed)))
		w.Write(s.packed)
		return
	}
	if r.Method == http.MethodHead {
		return
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(s.packed))
	if err != nil {
		panic(err) // a test unpacks the same bytes
	}
	_, _ = io.Copy(w, unpacked) // fails only if the caller has gone
}
