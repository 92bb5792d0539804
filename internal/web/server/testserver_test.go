package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// logBuffer collects log lines. A test may read it while the server writes.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan struct{} // gets a value for each line; buffered
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	b.line <- struct{}{}
	return len(p), nil
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs a server on a loopback port until the test ends, and returns the server, its URL and its log.
func start(t *testing.T, o Options) (*Server, string, *logBuffer) {
	t.Helper()
	s, book := newServer(t, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, s, l)
	return s, "http://" + l.Addr().String(), book
}

// newServer makes a server that writes to a log.
func newServer(t *testing.T, o Options) (*Server, *logBuffer) {
	t.Helper()
	book := &logBuffer{line: make(chan struct{}, 1000)}
	o.Log = slog.New(slog.NewJSONHandler(book, nil))
	o.Random = rand.Reader
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, book
}

// serve runs the server on a listener until the test ends.
func serve(t *testing.T, s *Server, l net.Listener) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// handle returns a route.
func handle(pattern string, f func(http.ResponseWriter, *http.Request)) Route {
	return Route{Pattern: pattern, Handler: http.HandlerFunc(f)}
}

// ask sends a request and reads the whole answer. header holds names and values in turn.
func ask(t *testing.T, method, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}
