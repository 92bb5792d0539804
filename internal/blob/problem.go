package blob

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/problem"
)

// contentWriter turns the plain text errors of http.ServeContent (412, 416, 500) into problem documents. Before it writes the
// head of an answer with bytes, it opens them, so that a storage that fails is answered with an error.
type contentWriter struct {
	http.ResponseWriter
	content *bodySeeker     // nil = the answer has no bytes
	refuse  func(err error) // answers if the content can't be opened
	failed  bool            // the answer is an error and has been written
}

// WriteHeader writes the head, or the whole problem document if status is an error or the content can't be opened.
func (w *contentWriter) WriteHeader(status int) {
	switch {
	case status < http.StatusBadRequest:
		if err := w.open(status); err != nil {
			w.failed = true
			w.Header().Del("Content-Range") // of the bytes that do not come
			w.Header().Del("Accept-Ranges")
			w.refuse(err)
			return
		}
		w.ResponseWriter.WriteHeader(status)
		return
	case status == http.StatusRequestedRangeNotSatisfiable:
		writeProblem(w.ResponseWriter, status, "The Range header asks for bytes that the file does not have; Content-Range has its size.")
	case status == http.StatusPreconditionFailed:
		writeProblem(w.ResponseWriter, status, "The file is not the one that the request's conditions name.")
	default:
		writeProblem(w.ResponseWriter, status, "The file could not be read. Try again later.")
	}
	w.failed = true
}

// open opens the bytes that the head announces, and no more: a storage across a network sends what was asked for.
func (w *contentWriter) open(status int) error {
	if w.content == nil || status != http.StatusOK && status != http.StatusPartialContent {
		return nil
	}
	n, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		return fmt.Errorf("blob: the length of an answer: %w", err)
	}
	return w.content.open(n)
}

// Write discards the text that http.ServeContent writes after an error status.
func (w *contentWriter) Write(p []byte) (int, error) {
	if w.failed {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets net/http copy a file within the kernel (sendfile).
func (w *contentWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.failed {
		return 0, nil
	}
	if limited, ok := r.(*io.LimitedReader); ok && limited.R == w.content {
		if file := w.content.file(); file != nil {
			r = &io.LimitedReader{R: file, N: limited.N}
		}
	}
	return io.Copy(w.ResponseWriter, r)
}

// writeProblem answers with a problem document. It is not cached, because the file may be added or the link renewed.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	problem.Write(w, status, problem.Blank(status, detail, w.Header().Get("X-Request-Id")).Encode())
}
