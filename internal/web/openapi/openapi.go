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
func Handler(prefix func(*http.Request) string) http.Handler {
	return &handler{prefix: prefix, cached: map[string]func() variant{}}
}

// variant is the document for one prefix, ready to be sent.
type variant struct {
	body, gzipped []byte
	tag           string
}

// newVariant makes the document for callers that see this server under a prefix.
func newVariant(prefix string) variant {
	body := document
	if prefix != "" {
		url, err := json.Marshal(prefix)
		if err != nil {
			panic(err) // a string always encodes
		}
		body = bytes.Replace(document, []byte(server), append([]byte(`"url": `), url...), 1)
	}
	var zipped bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is valid
	_, _ = zip.Write(body)                                       // a buffer never fails
	_ = zip.Close()
	sum := sha256.Sum256(body)
	return variant{body, zipped.Bytes(), hex.EncodeToString(sum[:12])}
}

// handler serves the document.
type handler struct {
	prefix func(*http.Request) string

	mu     sync.Mutex
	cached map[string]func() variant // by prefix
}

// forPrefix returns the document for callers that see this server under a prefix. It is made for the first of them: compressing it
// takes a fourth of the processor time of a server's start.
func (s *handler) forPrefix(prefix string) variant {
	s.mu.Lock()
	cached, ok := s.cached[prefix]
	if !ok {
		if len(s.cached) >= maxPrefixes {
			clear(s.cached)
		}
		cached = sync.OnceValue(func() variant { return newVariant(prefix) })
		s.cached[prefix] = cached
	}
	s.mu.Unlock()
	return cached()
}

// ServeHTTP sends the document. net/http handles conditions and ranges.
func (s *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := s.forPrefix(s.prefix(r))
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
