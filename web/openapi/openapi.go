// Package openapi serves the API's document: what the reference page shows, and what generators of clients read.
//
// What may enter: how a document that is ready is served. What may not: how it is made; a test of cmd/filmgate writes
// openapi.json anew from the routes.
package openapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the document
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
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
	if takesGzip(r.Header.Values("Accept-Encoding")) {
		body = s.zipped
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+s.tag+`-gzip"`) // other bytes, another tag (RFC 9110, section 8.8.3)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip reads Accept-Encoding (RFC 9110, section 12.5.3).
func takesGzip(lines []string) bool {
	all := false
	for part := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // what is no number is no wish
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return q > 0
		case "*":
			all = q > 0
		}
	}
	return all
}
