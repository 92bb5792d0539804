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
// serves files by their paths. refuse answers instead of it if the file can't be read; it gets the *task.Error. A range or a
// condition that fails is answered with 416 or 412 and no body: clients read the status and Content-Range, and no dialect has an
// error for either.
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

// FileErrors returns how ServeFile answers a range or a condition that fails, for the documents of calls that use it.
func FileErrors() []Answer {
	return []Answer{
		{Status: http.StatusPreconditionFailed, Text: "The file is not the one that `If-Match` or `If-Unmodified-Since` names. No body."},
		{Status: http.StatusRequestedRangeNotSatisfiable, Text: "The file ends before the range begins. No body.",
			Headers: [][2]string{{"Content-Range", "How many bytes there are."}}},
	}
}

// fileWriter drops the bodies of the handler's errors, which are problem documents. It writes the head of an error only if the
// status is 412 or 416.
type fileWriter struct {
	http.ResponseWriter
	failed  bool // the handler answers with an error
	refused int  // the status of an error whose head was not written; 0 = none
}

// WriteHeader writes the head, unless it is that of another error than 412 and 416.
func (w *fileWriter) WriteHeader(status int) {
	switch {
	case w.failed:
	case status < http.StatusBadRequest:
		w.ResponseWriter.WriteHeader(status)
	default:
		w.failed = true
		for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control"} {
			w.Header().Del(name)
		}
		if status != http.StatusPreconditionFailed && status != http.StatusRequestedRangeNotSatisfiable {
			w.refused = status
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Length", "0")
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write drops the body of an error.
func (w *fileWriter) Write(p []byte) (int, error) {
	if w.failed {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (w *fileWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
