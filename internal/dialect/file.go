package dialect

import (
	"net/http"
	"net/url"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// fileLife is how long the token is valid by which ServeFile reads a file.
const fileLife = time.Hour

// ServeFile answers GET and HEAD with one of an artifact's files, ranges and conditions included. files is the handler that
// serves files by their paths. refuse answers instead of it if the file can't be read; it gets the *task.Error.
func ServeFile(w http.ResponseWriter, r *http.Request, files http.Handler, l Links, f task.File, refuse func(error)) {
	inner := r.Clone(r.Context())
	inner.URL = &url.URL{Path: "/" + f.Key, RawQuery: url.Values{"_jwt": {l.Token(f.Key, l.Now.Add(fileLife))}}.Encode()}
	inner.RequestURI = inner.URL.RequestURI()
	watched := &fileWriter{ResponseWriter: w}
	files.ServeHTTP(watched, inner)
	switch watched.refused {
	case 0:
	case http.StatusNotFound, http.StatusForbidden:
		refuse(&task.Error{Code: task.NotFound, Detail: "The file is no longer there."})
	case http.StatusServiceUnavailable:
		refuse(&task.Error{Code: task.Unavailable, RetryAfter: storageRetry, Detail: "The file can't be read now. Try again later."})
	default:
		refuse(&task.Error{Code: task.InternalError, Detail: "The file can't be read."})
	}
}

// fileWriter keeps back the errors of the handler of files, except those that only conditions and ranges have.
type fileWriter struct {
	http.ResponseWriter
	refused int // the status that was kept back; 0 = none
}

// WriteHeader writes the head, unless it is that of an error.
func (w *fileWriter) WriteHeader(status int) {
	switch {
	case status < http.StatusBadRequest, status == http.StatusPreconditionFailed, status == http.StatusRequestedRangeNotSatisfiable:
		w.ResponseWriter.WriteHeader(status)
	case w.refused == 0:
		w.refused = status
		for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control"} {
			w.Header().Del(name)
		}
	}
}

// Write drops the body of an error.
func (w *fileWriter) Write(p []byte) (int, error) {
	if w.refused != 0 {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (w *fileWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
