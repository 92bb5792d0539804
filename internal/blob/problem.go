package blob

import (
	"io"
	"net/http"

	"github.com/filmgate/filmgate/internal/problem"
)

// problemWriter turns the plain text errors of http.ServeContent (412, 416, 500) into problem documents.
type problemWriter struct {
	http.ResponseWriter
	failed bool
}

// WriteHeader writes the whole problem document if status is an error.
func (w *problemWriter) WriteHeader(status int) {
	if status < http.StatusBadRequest {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.failed = true
	detail := "The file could not be read. Try again later."
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		detail = "The Range header asks for bytes that the file does not have; Content-Range has its size."
	case http.StatusPreconditionFailed:
		detail = "The file is not the one that the request's conditions name."
	}
	writeProblem(w.ResponseWriter, status, detail)
}

// Write discards the text that http.ServeContent writes after an error status.
func (w *problemWriter) Write(p []byte) (int, error) {
	if w.failed {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets net/http copy a file within the kernel (sendfile).
func (w *problemWriter) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(w.ResponseWriter, r)
}

// writeProblem answers with a problem document. It is not cached, because the file may be added or the link renewed.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	problem.Write(w, status, problem.Blank(status, detail, w.Header().Get("X-Request-Id")).Encode())
}
