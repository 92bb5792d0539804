// Command bare is the reference that the benchmarks compare the server with: a handler of net/http that checks a key as the server does,
// by its SHA-256, and answers every read of a task with the same bytes. It has no log, no metrics, no time limits and no request ids.
//
//	bare KEY FILE
//
// FILE holds the answer's body. It prints the URL at which it listens.
package main

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
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
	mux.HandleFunc("/{path...}", func(w http.ResponseWriter, r *http.Request) {
		if !keys[sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))] {
			http.Error(w, "unknown key", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(body)
	})
	return mux
}
