// Package openapi serves the API's document: what the reference page shows, and what generators of clients read.
//
// What may enter: how a document that is ready is served. What may not: how it is made. `go generate` writes
// openapi.json from the routes of cmd/filmgate, and a test there compares.
package openapi

//go:generate go test ../../cmd/filmgate -run OpenAPIDocumentIsUpToDate -update

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the document
	"encoding/hex"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/web"
)

//go:embed openapi.json
var document []byte

// Handler serves the document to GET and HEAD, gzipped to whoever takes it so, with an ETag of its content. A caller
// asks again each time, and is answered 304 until the server is another version.
func Handler() (http.Handler, error) {
	var zipped bytes.Buffer
	zip, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(document); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(document)
	return served{zipped.Bytes(), hex.EncodeToString(sum[:12])}, nil
}

type served struct {
	zipped []byte
	tag    string
}

// ServeHTTP leaves conditions and ranges to net/http.
func (s served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	body := document
	h.Set("ETag", `"`+s.tag+`"`)
	if web.TakesGzip(r.Header) {
		body = s.zipped
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+s.tag+`-gzip"`) // other bytes, another tag (RFC 9110, section 8.8.3)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
