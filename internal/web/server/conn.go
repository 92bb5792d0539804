package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// writePart is how many bytes of an answer a reader must take within the time that it has for nothing: at 30 seconds some
// 4 KB a second. Videos go on for as long as it takes.
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

// conn is a connection that ends where its reader takes nothing for a while, and that knows how the requests which came in
// by it were framed.
type conn struct {
	net.Conn
	stall time.Duration
	now   func() time.Time

	mu      sync.Mutex
	framing framing
}

// Read reads what a client sent, and follows its framing.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.framing.feed(p[:n])
	return n, err
}

// Write writes in parts, each of which must be taken in time.
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

// ReadFrom is Write of all that r has, where the kernel may copy a file.
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

// extendDeadline gives the reader of the next part its time.
func (c *conn) extendDeadline() error { return c.SetWriteDeadline(c.now().Add(c.stall)) }

// CloseWrite tells the client that nothing more comes, which lets it read an answer before the connection is gone.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// connKey is where a request's context has its connection.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// nextHead tells how the request was framed; ok is false where its connection is not one of ours.
func nextHead(r *http.Request) (h requestHead, ok bool) {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if !ok {
		return requestHead{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.framing.next(), true
}
