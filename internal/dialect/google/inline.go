package google

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// inlineLimit is the largest video that an operation holds as Base64, in bytes. A larger one is a link.
const inlineLimit = 32 << 20

// decodeFetch reads the body of a fetch and returns the operation's name.
func decodeFetch(f *dialect.Fields) string {
	f.Require("operationName")
	return f.String("operationName", "", 1000)
}

// fetch answers for an operation of Vertex AI.
func (c calls) fetch(w http.ResponseWriter, r *http.Request) {
	who, err := c.admit(r, apikey.Read)
	var f *dialect.Fields
	if err == nil {
		f, err = dialect.ReadFields(w, r, fetchLimit)
	}
	var name string
	if err == nil {
		name = decodeFetch(f)
		reportIgnored(w, r, f)
		err = f.Err()
	}
	var t task.Task
	if err == nil {
		t, err = c.find(r, who, name[strings.LastIndexByte(name, '/')+1:])
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	_, video, ok := t.FirstFile(task.Video)
	if !ok || video.Size > inlineLimit || video.Size <= 0 {
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeVertex(t, name, c.Origin.Links(r, c.gw))))
		return
	}
	c.inline(w, r, t, name, video)
}

// gap is where the Base64 goes in an encoded operation. Neither character is one of Base64, or of JSON unescaped.
const gap = "$()"

// inline answers with an operation that holds its video. The file is encoded as it is read: it is never whole in memory.
func (c calls) inline(w http.ResponseWriter, r *http.Request, t task.Task, name string, video task.File) {
	op := encodeVertex(t, name, c.Origin.Links(r, c.gw))
	op.Response.Videos = []vertexVideo{{Bytes: gap, MimeType: video.Type}}
	quoted, _ := json.Marshal(gap) // a text can always be encoded
	head, tail, _ := strings.Cut(string(dialect.Marshal(op)), `"bytesBase64Encoded":`+string(quoted))
	head += `"bytesBase64Encoded":"`
	out := &inlineWriter{to: w, head: head, length: len(head) + base64.StdEncoding.EncodedLen(int(video.Size)) + len(tail) + 1}
	plain := r.Clone(r.Context())
	plain.Method, plain.Header = http.MethodGet, http.Header{} // a range would be one of the video
	refused := false
	dialect.ServeFile(out, plain, c.Files, c.Origin.Links(r, c.gw), video, func(err error) {
		refused = true
		if task.CodeOf(err) != task.NotFound {
			c.refuse(w, r, err)
			return
		}
		op.Response, op.Error = nil, failed(codeNotFound, "The video is no longer there.")
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(op))
	})
	if !refused && out.encoder != nil {
		_ = out.encoder.Close() // the caller may have gone
		_, _ = io.WriteString(w, `"`+tail)
	}
}

// inlineWriter writes what a handler of files answers as Base64, after the head of a JSON document.
type inlineWriter struct {
	to      http.ResponseWriter
	head    string
	length  int // of the whole document, in bytes
	header  http.Header
	encoder io.WriteCloser // nil until the file begins
}

// Header implements http.ResponseWriter: the headers of the file are not those of the answer.
func (w *inlineWriter) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter.
func (w *inlineWriter) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (w *inlineWriter) Write(p []byte) (int, error) {
	if w.encoder == nil {
		h := w.to.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", strconv.Itoa(w.length))
		w.encoder = base64.NewEncoder(base64.StdEncoding, w.to)
		if _, err := io.WriteString(w.to, w.head); err != nil {
			return 0, err
		}
	}
	return w.encoder.Write(p)
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (w *inlineWriter) Unwrap() http.ResponseWriter { return w.to }
