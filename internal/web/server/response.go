package server

import (
	"io"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/problem"
)

// responseWriter records the status and the size of an answer, and replaces the mux's own 404 and 405, which are plain text,
// with problem documents.
type responseWriter struct {
	http.ResponseWriter
	request *http.Request
	traced  func(status int)                            // ends the request's trace; nil = it has none
	errors  func(*http.Request, Error) (string, []byte) // as in Server
	allowed func(*http.Request) []string                // as in Server
	id      [1]string                                   // of the request, in the form of a header's values
	prefix  string                                      // of the callers' paths
	vary    []string                                    // headers that the answer depends on, besides those that the handler names
	body    *timedBody                                  // of the request; nil = it has none
	closes  bool                                        // the connection is closed after this answer
	status  int                                         // 0 until the head is written
	bytes   int64
	shed    bool  // it was refused because of the load
	load    *load // that the request is a part of; nil = none
	muted   bool  // drops further writes: the body of an answer that was replaced
}

// WriteHeader writes the head.
func (a *responseWriter) WriteHeader(status int) {
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(status) // net/http logs the caller's mistake
		return
	}
	if a.request.Pattern == "" && a.unmatched(status) { // the mux answers
		return
	}
	if status >= 200 || status == http.StatusSwitchingProtocols { // a 1xx is not the answer yet
		a.status = status
		a.finishHead()
	}
	a.ResponseWriter.WriteHeader(status)
}

// unmatched answers a request that no route matched, for which the mux has the status. It reports whether it has answered.
func (a *responseWriter) unmatched(status int) bool {
	allow := a.Header().Get("Allow")
	if status == http.StatusMethodNotAllowed && a.allowed != nil {
		if allow = strings.Join(a.allowed(a.request), ", "); allow == "" {
			a.Header().Del("Allow")
			status = http.StatusNotFound
		} else {
			a.Header().Set("Allow", allow)
		}
	}
	switch status {
	case http.StatusNotFound:
		a.problem(status, "not_found", "Not found", "There is nothing at this path.")
	case http.StatusMethodNotAllowed:
		a.problem(status, "method_not_allowed", "Method not allowed", "Allowed here: "+allow+".")
	default:
		return false
	}
	return true
}

// refuseFraming answers a request with ambiguous framing.
func (a *responseWriter) refuseFraming() {
	a.closes = true
	a.problem(http.StatusBadRequest, "invalid", "Invalid request",
		"The request says more than once how long its body is: send either one Content-Length or Transfer-Encoding: chunked.")
}

// finishHead adds headers that handlers do not set. It adds the prefix to a Location without a host, such as the mux's own for
// a path with two slashes. An error closes the connection if the body has not been read: net/http would read it first, to
// keep the connection.
func (a *responseWriter) finishHead() {
	a.leaveLoad()
	h := a.Header()
	if a.closes || a.status >= http.StatusBadRequest && a.body.unread() {
		h.Set("Connection", "close")
	}
	for _, name := range a.vary {
		h.Add("Vary", name)
	}
	if a.prefix == "" {
		return
	}
	if to := h.Get("Location"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		h.Set("Location", a.prefix+to)
	}
}

// Write writes a part of the body.
func (a *responseWriter) Write(p []byte) (int, error) {
	if a.muted {
		return len(p), nil
	}
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom lets the kernel copy files.
func (a *responseWriter) ReadFrom(r io.Reader) (int64, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.muted {
		return io.Copy(io.Discard, r)
	}
	n, err := io.Copy(a.ResponseWriter, r)
	a.bytes += n
	return n, err
}

// FlushError sends what was written so far, for http.ResponseController. It fails if the client accepts nothing or is gone.
func (a *responseWriter) FlushError() error {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Flush is FlushError for a handler that learns of a client that is gone from its next write.
func (a *responseWriter) Flush() { _ = a.FlushError() }

// Unwrap returns the wrapped writer, for http.ResponseController.
func (a *responseWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// problem answers with an error in the form of the path's dialect, or as a problem document. It removes headers that the handler
// set for its own answer.
func (a *responseWriter) problem(status int, code, title, detail string) {
	a.status = status
	a.finishHead()
	a.muted = true
	if a.errors != nil {
		mediaType, body := a.errors(a.request, Error{Status: status, Code: code, Title: title, Detail: detail, RequestID: a.id[0]})
		if len(body) > 0 {
			a.bytes = int64(problem.WriteAs(a.ResponseWriter, mediaType, status, body))
			return
		}
	}
	a.bytes = int64(problem.Write(a.ResponseWriter, status, problem.New(code, title, status, detail, a.id[0]).For(a.request.Context()).Encode()))
}
