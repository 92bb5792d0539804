package server

import (
	"io"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/problem"
)

// responseWriter watches what is written, and replaces the mux's own 404 and 405, which are plain text.
type responseWriter struct {
	http.ResponseWriter
	request *http.Request
	id      string
	prefix  string     // of the callers' paths
	vary    []string   // what the answer depends on, beside what the handler names
	body    *timedBody // of the request; nil = it has none
	closes  bool       // the connection ends with this answer
	status  int        // 0 until the head is written
	bytes   int64
	muted   bool // what follows is the body of an answer that was replaced
}

// WriteHeader writes the head.
func (a *responseWriter) WriteHeader(status int) {
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(status) // net/http logs the caller's mistake
		return
	}
	if a.request.Pattern == "" { // no route answers: it is the mux that speaks
		switch status {
		case http.StatusNotFound:
			a.problem(status, "not_found", "Not found", "There is nothing at this path.")
			return
		case http.StatusMethodNotAllowed:
			a.problem(status, "method_not_allowed", "Method not allowed", "Allowed here: "+a.Header().Get("Allow")+".")
			return
		}
	}
	if status >= 200 || status == http.StatusSwitchingProtocols { // 1xx are not the answer yet
		a.status = status
		a.finishHead()
	}
	a.ResponseWriter.WriteHeader(status)
}

// refuseFraming answers a request whose end two readers could see at two places.
func (a *responseWriter) refuseFraming() {
	a.closes = true
	a.problem(http.StatusBadRequest, "invalid", "Invalid request",
		"The request says more than once how long its body is: send either one Content-Length or Transfer-Encoding: chunked.")
}

// finishHead adds to the headers what no handler knows of. A Location without a host, such as the mux's own for a path with
// two slashes, has to lead back to where the caller sees us. A refusal does not wait for a body that is still to come, as
// net/http would, which reads on to keep the connection.
func (a *responseWriter) finishHead() {
	h := a.Header()
	if a.closes || a.status >= http.StatusBadRequest && a.body.unread() {
		h.Set("Connection", "close")
	}
	for _, name := range a.vary {
		h.Add("Vary", name)
	}
	if to := h.Get("Location"); a.prefix != "" && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
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

// Flush sends what was written so far.
func (a *responseWriter) Flush() {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush() // a writer that can't flush has no buffer to speak of
}

// Unwrap is for http.ResponseController.
func (a *responseWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// problem answers with a problem document, whatever the handler has put into the headers for its own answer.
func (a *responseWriter) problem(status int, code, title, detail string) {
	a.status = status
	a.finishHead()
	a.bytes = int64(problem.Write(a.ResponseWriter, status, problem.New(code, title, status, detail, a.id).Encode()))
	a.muted = true
}
