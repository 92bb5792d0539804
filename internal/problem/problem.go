// Package problem holds RFC 9457 problem documents: their type, the one writer of an answer that is one, and the reader
// for clients.
//
// It knows no error codes: each caller says which type, title and status its errors have.
package problem

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// MediaType is the Content-Type of problem documents.
const MediaType = "application/problem+json"

// Document is a problem document.
type Document struct {
	Type      string       `json:"type" format:"uri-reference" doc:"The kind of problem, for programs: /problems/ and a code, after the path under which a proxy shows this server, or about:blank where the status says it all."`
	Title     string       `json:"title" doc:"The kind of problem in words, the same each time."`
	Status    int          `json:"status" doc:"The HTTP status once more."`
	Detail    string       `json:"detail,omitempty" doc:"What is wrong this time, and what to do about it."`
	RequestID string       `json:"request_id,omitempty" doc:"The request's id, as in X-Request-Id. Quote it when you report a problem."`
	Errors    []FieldError `json:"errors,omitempty" doc:"Every field at fault."`
}

// FieldError says what is wrong with one field of the body, or one parameter of the query.
type FieldError struct {
	Pointer   string `json:"pointer,omitempty" doc:"The field of the body, a JSON Pointer as a URI fragment (RFC 6901): #/seconds."`
	Parameter string `json:"parameter,omitempty" doc:"The parameter of the query."`
	Detail    string `json:"detail" doc:"What is wrong with it and what is allowed."`
}

// SchemaName returns the document's name in the OpenAPI document.
func (Document) SchemaName() string { return "Problem" }

// SchemaName returns the name of a field error in the OpenAPI document.
func (FieldError) SchemaName() string { return "ProblemFault" }

// New returns a document of the type "/problems/<code>".
func New(code, title string, status int, detail, requestID string) Document {
	return Document{Type: "/problems/" + code, Title: title, Status: status, Detail: detail, RequestID: requestID}
}

// prefixKey is the key of a context's prefix.
type prefixKey struct{}

// WithPrefix returns a context of a request whose caller sees this server below a path, such as "/video". It has no trailing slash.
func WithPrefix(ctx context.Context, prefix string) context.Context {
	return context.WithValue(ctx, prefixKey{}, prefix)
}

// For returns the document for the caller of a request with that context. Its type, if it is a path, begins with the prefix of
// WithPrefix, so that it leads to the page of the problem.
func (d Document) For(ctx context.Context) Document {
	if prefix, _ := ctx.Value(prefixKey{}).(string); strings.HasPrefix(d.Type, "/") {
		d.Type = prefix + d.Type
	}
	return d
}

// Blank returns a document of the type "about:blank": its title is the text of the HTTP status.
func Blank(status int, detail, requestID string) Document {
	return Document{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, RequestID: requestID}
}

// Encode returns the document as JSON, without a line end and without the escapes that only HTML needs.
func (d Document) Encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		panic(err) // texts and a number always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Write answers with an encoded document and returns how many bytes of it were written. The answer is never cached.
// Headers that a handler has set for another body are removed.
func Write(w http.ResponseWriter, status int, document []byte) (written int) {
	return WriteAs(w, MediaType, status, document)
}

// WriteAs is Write for an error in another form than a problem document.
func WriteAs(w http.ResponseWriter, mediaType string, status int, document []byte) (written int) {
	h := w.Header()
	for _, name := range []string{"Content-Disposition", "Content-Encoding", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(document)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	written, _ = w.Write(document) // fails only if the caller has gone
	return written
}

// Read decodes the body of an answer with that status. If the body is no problem document, as from a proxy in between, ok
// is false and the document has only the status.
func Read(status int, body []byte) (d Document, ok bool) {
	if json.Unmarshal(body, &d) != nil || d.Title == "" && d.Detail == "" {
		return Document{Status: status}, false
	}
	d.Status = status
	return d, true
}
