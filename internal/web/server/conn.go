package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// writePart is how many bytes of an answer a client must accept within the stall time: with 30 s about 4 KB a second. The
// whole answer has no limit, so a video may take as long as it needs.
const writePart = 128 << 10

// listener wraps the connections that it accepts.
type listener struct {
	net.Listener
	stall time.Duration
}

// Accept waits for the next connection.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, stall: l.stall, now: time.Now}, nil
}

// conn is a connection that ends if the client accepts no bytes for the stall time, and that records how its requests were
// framed.
type conn struct {
	net.Conn
	stall time.Duration
	now   func() time.Time

	mu      sync.Mutex
	framing framing
}

// plainAnswer is what a client gets that speaks plain HTTP to a server with TLS.
const plainAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nThis server speaks HTTPS.\n"

// Read reads bytes of the client and records the framing of requests.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		answerPlain(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.framing.feed(p[:n])
	return n, err
}

// Write writes in parts, each with its own deadline.
func (c *conn) Write(p []byte) (written int, err error) {
	for {
		part := p[written:min(written+writePart, len(p))]
		if err := c.extendDeadline(); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(part)
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// ReadFrom writes everything that r has, like Write, and lets the kernel copy a file.
func (c *conn) ReadFrom(r io.Reader) (written int64, err error) {
	whole, limited := r.(*io.LimitedReader)
	if !limited {
		whole = &io.LimitedReader{R: r, N: 1<<63 - 1}
	}
	for whole.N > 0 {
		if err := c.extendDeadline(); err != nil {
			return written, err
		}
		part := io.LimitedReader{R: whole.R, N: min(whole.N, writePart)}
		n, err := io.Copy(c.Conn, &part)
		written += n
		whole.N -= n
		if err != nil || part.N > 0 {
			return written, err
		}
	}
	return written, nil
}

// answerPlain answers a client whose first bytes are those of a plain HTTP request, and no TLS.
func answerPlain(err error) {
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil && slices.Contains([]string{"GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "PATCH", "DELET"}, string(plain.RecordHeader[:])) {
		_, _ = io.WriteString(plain.Conn, plainAnswer) // it is closed after this
	}
}

// markTLS sets the request's TLS field, as net/http does on connections that it knows to be of TLS.
func markTLS(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		if secure, ok := c.Conn.(*tls.Conn); ok {
			state := secure.ConnectionState()
			r.TLS = &state
		}
	}
}

// extendDeadline gives the next part the stall time from now.
func (c *conn) extendDeadline() error { return c.SetWriteDeadline(c.now().Add(c.stall)) }

// CloseWrite tells the client that no more bytes follow, so that it can read the answer before the connection is closed.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// connKey is the key of the connection in a request's context.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// nextHead returns how the request was framed; ok is false if its connection was not accepted by a listener.
func nextHead(r *http.Request) (h requestHead, ok bool) {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if !ok {
		return requestHead{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.framing.next(), true
}
