// Package openapi serves the OpenAPI document, which the reference page and client generators read. [Handler] serves the
// embedded openapi.json.
//
// It does not make the document: `go generate` runs cmd/openapi, which writes openapi.json. A test there fails if the file is
// out of date.
package openapi

//go:generate go run ../../../cmd/openapi -root ../../.. -o openapi.json

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the document
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/web"
)

//go:embed openapi.json
var document []byte

// server is the text in the document that gives the API's base URL: the root of the server.
const server = `"url": "/"`

// maxPrefixes is how many prefixes the document is cached for. There are several only if proxies add different prefixes.
const maxPrefixes = 8

// Handler serves the document to GET and HEAD, gzipped if the caller accepts it, with an ETag of its content. Callers must
// revalidate it each time, and get 304 until the document changes. prefix returns the path under which the caller of a request
// sees this server, "" or "/video"; the document gives it as the base URL.
func Handler(prefix func(*http.Request) string) (http.Handler, error) {
	plain, err := newVariant(document)
	if err != nil {
		return nil, err
	}
	return &handler{prefix: prefix, cached: map[string]variant{"": plain}}, nil
}

// variant is the document for one prefix, ready to be sent.
type variant struct {
	body, gzipped []byte
	tag           string
}

// newVariant compresses a document and computes its ETag.
func newVariant(body []byte) (variant, error) {
	var zipped bytes.Buffer
	zip, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return variant{}, err
	}
	if _, err := zip.Write(body); err != nil {
		return variant{}, err
	}
	if err := zip.Close(); err != nil {
		return variant{}, err
	}
	sum := sha256.Sum256(body)
	return variant{body, zipped.Bytes(), hex.EncodeToString(sum[:12])}, nil
}

// handler serves the document.
type handler struct {
	prefix func(*http.Request) string

	mu     sync.Mutex
	cached map[string]variant // by prefix
}

// forPrefix returns the document for callers that see this server under a prefix.
func (s *handler) forPrefix(prefix string) (variant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.cached[prefix]; ok {
		return p, nil
	}
	url, err := json.Marshal(prefix)
	if err != nil {
		return variant{}, err
	}
	p, err := newVariant(bytes.Replace(document, []byte(server), append([]byte(`"url": `), url...), 1))
	if err != nil {
		return variant{}, err
	}
	if len(s.cached) >= maxPrefixes {
		s.cached = map[string]variant{"": s.cached[""]}
	}
	s.cached[prefix] = p
	return p, nil
}

// ServeHTTP sends the document. net/http handles conditions and ranges.
func (s *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := s.forPrefix(s.prefix(r))
	if err != nil {
		panic(err) // a string always encodes, and a buffer accepts all bytes
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept-Encoding")
	body := p.body
	h.Set("ETag", `"`+p.tag+`"`)
	if web.AcceptsGzip(r.Header) {
		body = p.gzipped
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+p.tag+`-gzip"`) // other bytes need another tag (RFC 9110, section 8.8.3)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
