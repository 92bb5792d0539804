// Command bare is the reference that the benchmarks compare the server with: a handler of net/http that checks a key as the server does,
// by its SHA-256, and answers every read of a task with the same bytes. It has no log, no metrics, no time limits and no request ids.
// GET /api/v1/events is a stream, which is told of every POST that a task with the same bytes was created and has failed.
//
//	bare KEY FILE
//
// FILE holds the answer's body. It prints the URL at which it listens.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want a key and a file, got %d arguments", len(args))
	}
	body, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	return http.Serve(l, handler(args[0], body)) //nolint:gosec // the reference has no time limits
}

// handler returns the reference. It finds the key in a map, as a server with many keys would.
func handler(key string, body []byte) http.Handler {
	keys := map[[sha256.Size]byte]bool{sha256.Sum256([]byte(key)): true}
	length := strconv.Itoa(len(body))
	mux := http.NewServeMux()
	var all streams
	event := []byte(fmt.Sprintf("id: 1\nevent: task.created\ndata: %s\n\nid: 2\nevent: task.failed\ndata: %[1]s\n\n", bytes.TrimSpace(body)))
	mux.HandleFunc("/{path...}", func(w http.ResponseWriter, r *http.Request) {
		if !keys[sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))] {
			http.Error(w, "unknown key", http.StatusUnauthorized)
			return
		}
		if r.URL.Path == "/api/v1/events" {
			all.serve(w, r, event)
			return
		}
		if r.Method == http.MethodPost {
			all.tell()
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(body)
	})
	return mux
}

// streams are the open streams.
type streams struct {
	mu   sync.Mutex
	open map[chan struct{}]struct{} // a value in each is an event to send
}

// serve sends the event each time that it is told to, until the caller goes.
func (s *streams) serve(w http.ResponseWriter, r *http.Request, event []byte) {
	news := make(chan struct{}, 16)
	s.mu.Lock()
	if s.open == nil {
		s.open = map[chan struct{}]struct{}{}
	}
	s.open[news] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, news)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	for control := http.NewResponseController(w); control.Flush() == nil; {
		select {
		case <-news:
			_, _ = w.Write(event)
		case <-r.Context().Done():
			return
		}
	}
}

// tell tells all streams.
func (s *streams) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for news := range s.open {
		news <- struct{}{}
	}
}
