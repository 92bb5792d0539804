package server

import (
	"bytes"
	"net/http"
	"strconv"
)

// net/http ignores Content-Length if there is also Transfer-Encoding, and accepts several equal lengths, and handlers cannot
// see it (RFC 9112, section 6.3 allows that). A proxy in front of the server may have used the other header, and so may see
// a second request in what we take for the body of the first (request smuggling). Such requests are refused. They are found
// on the connection, before net/http reads them.

// maxLine is how many bytes of a header line are kept: more than Content-Length and its value need.
const maxLine = 128

// maxHeads is how many requests a client may send before their answers. net/http reads 4 KB ahead.
const maxHeads = 1024

// requestHead describes the framing of one request, as its head gives it.
type requestHead struct {
	first   [maxLine]byte // start of the request line
	size    int           // bytes of first
	lengths int           // lines of Content-Length
	codings int           // lines of Transfer-Encoding
	unknown bool          // the framing could not be read
}

// ambiguous reports whether two readers may disagree on where the request ends.
func (h requestHead) ambiguous(r *http.Request) bool {
	return h.unknown || !h.begins(r.Method, r.RequestURI) || h.lengths > 1 || h.codings > 1 || h.codings > 0 && (h.lengths > 0 || !r.ProtoAtLeast(1, 1))
}

// begins reports whether the request line begins with the method and the target, as far as it is kept.
func (h *requestHead) begins(method, target string) bool {
	line := h.first[:h.size]
	if len(method)+1 > len(line) || string(line[:len(method)]) != method || line[len(method)] != ' ' {
		return false
	}
	rest := line[len(method)+1:]
	n := min(len(target), maxLine-len(method)-1)
	return len(rest) >= n && string(rest[:n]) == target[:n]
}

// framing reads the heads of the requests on a connection. The zero value is ready at the start of a connection. It stops
// after a body that is not framed by its length: the connection must end there.
type framing struct {
	heads []requestHead // of requests that no handler has taken yet

	line    []byte      // the current line so far
	head    requestHead // so far
	value   string      // of Content-Length
	skip    uint64      // remaining bytes of the body
	stopped bool        // no further head can be found
}

// next removes and returns the oldest head. If there is none, it returns one with unknown framing.
func (f *framing) next() requestHead {
	if len(f.heads) == 0 {
		return requestHead{unknown: true}
	}
	h := f.heads[0]
	f.heads = append(f.heads[:0], f.heads[1:]...)
	return h
}

// feed reads bytes that came on the connection.
func (f *framing) feed(p []byte) {
	for len(p) > 0 && !f.stopped {
		if f.skip > 0 {
			n := min(f.skip, uint64(len(p)))
			f.skip -= n
			p = p[n:]
			continue
		}
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		f.line = append(f.line, line[:min(len(line), maxLine-len(f.line))]...)
		p = rest
		if whole {
			f.endLine()
			f.line = f.line[:0]
		}
	}
}

// endLine handles the current line, which is complete.
func (f *framing) endLine() {
	line := bytes.TrimSuffix(f.line, []byte("\r"))
	switch {
	case len(line) > 0 && f.head.size == 0:
		f.head.size = copy(f.head.first[:], line)
	case len(line) > 0:
		f.header(line)
	case f.head.size > 0: // empty lines before a request are ignored
		f.endHead()
	}
}

// header reads a header line. A line that continues the line before makes the framing unknown: RFC 9112, section 5.2, allows
// a server to refuse it.
func (f *framing) header(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	name = bytes.TrimSpace(name) // net/http refuses spaces there; count the line anyway
	switch {
	case line[0] == ' ' || line[0] == '\t':
		f.head.unknown = true
	case bytes.EqualFold(name, []byte("Content-Length")):
		f.head.lengths++
		f.head.unknown = f.head.unknown || len(f.line) == maxLine // the value is longer than any length
		f.value = string(bytes.TrimSpace(value))
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		f.head.codings++
	}
}

// endHead stores the head and prepares to skip the body.
func (f *framing) endHead() {
	f.heads = append(f.heads, f.head)
	f.stopped = f.head.lengths > 1 || f.head.codings > 0 || f.head.unknown || len(f.heads) > maxHeads
	if f.head.lengths > 0 {
		n, err := strconv.ParseUint(f.value, 10, 63)
		f.skip, f.stopped = n, f.stopped || err != nil // net/http refuses a value that is not a number, and closes the connection
	}
	f.head, f.value = requestHead{}, ""
}
