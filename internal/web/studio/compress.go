package studio

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/web"
)

// worthwhile is the smallest body that is compressed, in bytes: a smaller one fits into few packets as it is.
const worthwhile = 2048

// compressor gzips the JSON of lists. Programs get theirs as it is, because they are near the server and ask often; a studio on a phone
// waits for each byte.
type compressor struct {
	http.ResponseWriter
	packed *gzip.Writer // nil = the answer is sent as it is
	begun  bool
}

// compress returns a writer for the answer to a request of the studio, and a function that ends the answer.
func compress(w http.ResponseWriter, r *http.Request) (to http.ResponseWriter, end func()) {
	if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/") || r.Header.Get("Accept") == "text/event-stream" || !web.AcceptsGzip(r.Header) {
		return w, func() {}
	}
	c := &compressor{ResponseWriter: w}
	return c, func() {
		if c.packed != nil {
			_ = c.packed.Close() // the caller may have gone
		}
	}
}

// WriteHeader decides whether the body is compressed. An answer with a strong ETag is not, because the tag is that of the plain body.
func (c *compressor) WriteHeader(status int) {
	h := c.Header()
	size, _ := strconv.Atoi(h.Get("Content-Length")) // 0 if it is not known
	if !c.begun && status == http.StatusOK && size >= worthwhile && h.Get("Content-Type") == "application/json" && !strings.HasPrefix(h.Get("ETag"), `"`) {
		h.Del("Content-Length")
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		c.packed, _ = gzip.NewWriterLevel(c.ResponseWriter, gzip.BestSpeed) // the level is valid
	}
	c.begun = true
	c.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (c *compressor) Write(b []byte) (int, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.packed != nil {
		return c.packed.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }
