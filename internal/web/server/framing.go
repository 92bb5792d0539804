package server

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// net/http drops Content-Length where there is Transfer-Encoding too, and takes one of several equal lengths, without a
// word of it to handlers (RFC 9112, section 6.3 allows that). A proxy before us may have gone by the other one, and taken
// for the next request what we take for this one's body. So such requests are refused, and they are seen here: on the
// connection, before net/http reads them.

// maxLine is how much of a header line is kept, in bytes: more than a name and the value of a length.
const maxLine = 128

// maxHeads is how many requests a client may send ahead of their answers. net/http reads 4 KB ahead.
const maxHeads = 1024

// requestHead is what was seen of one request's head.
type requestHead struct {
	first   string // the beginning of its first line
	lengths int    // lines of Content-Length
	codings int    // lines of Transfer-Encoding
	unknown bool   // it can't be said how it is framed
}

// ambiguous tells whether two readers may disagree on where the request ends.
func (h requestHead) ambiguous(r *http.Request) bool {
	line := r.Method + " " + r.RequestURI
	return h.unknown || !strings.HasPrefix(h.first, line[:min(len(line), maxLine)]) ||
		h.lengths > 1 || h.codings > 1 || h.codings > 0 && (h.lengths > 0 || !r.ProtoAtLeast(1, 1))
}

// framing follows the requests on a connection from head to head. The zero value is at the start of a connection. What
// comes behind a body that is not framed by its length is not looked at: the connection must end there.
type framing struct {
	heads []requestHead // of requests that no handler has seen yet

	line    []byte      // of the current line, without its end
	head    requestHead // so far
	value   string      // of Content-Length
	skip    uint64      // bytes of a body that are still to come
	stopped bool        // no head comes any more that could be found
}

// next is the oldest head that was not asked for yet. Where there is none, nobody knows how the request was framed.
func (f *framing) next() requestHead {
	if len(f.heads) == 0 {
		return requestHead{unknown: true}
	}
	h := f.heads[0]
	f.heads = append(f.heads[:0], f.heads[1:]...)
	return h
}

// feed takes what came on the connection.
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

// endLine takes the line in.
func (f *framing) endLine() {
	line := bytes.TrimSuffix(f.line, []byte("\r"))
	switch {
	case len(line) > 0 && f.head.first == "":
		f.head.first = string(line)
	case len(line) > 0:
		f.header(line)
	case f.head.first != "": // empty lines before a request are none of it
		f.endHead()
	}
}

// header looks at a line of the head. One that goes on with the line before is what RFC 9112, section 5.2, lets us refuse.
func (f *framing) header(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	name = bytes.TrimSpace(name) // net/http refuses spaces there; in doubt a line counts
	switch {
	case line[0] == ' ' || line[0] == '\t':
		f.head.unknown = true
	case bytes.EqualFold(name, []byte("Content-Length")):
		f.head.lengths++
		f.head.unknown = f.head.unknown || len(f.line) == maxLine // a length of a hundred characters
		f.value = string(bytes.TrimSpace(value))
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		f.head.codings++
	}
}

// endHead goes on to the body.
func (f *framing) endHead() {
	f.heads = append(f.heads, f.head)
	f.stopped = f.head.lengths > 1 || f.head.codings > 0 || f.head.unknown || len(f.heads) > maxHeads
	if f.head.lengths > 0 {
		n, err := strconv.ParseUint(f.value, 10, 63)
		f.skip, f.stopped = n, f.stopped || err != nil // net/http refuses what is no number, and closes
	}
	f.head, f.value = requestHead{}, ""
}
