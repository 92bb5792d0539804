package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Shared is a server for all tests of a package. The first test that asks for it starts it.
type Shared struct {
	mu     sync.Mutex
	server *Server
	err    error
}

// Server returns the server. It skips the test if PostgreSQL is not installed.
func (s *Shared) Server(tb testing.TB) *Server {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil && s.err == nil {
		s.server, s.err = Start(context.Background())
	}
	if errors.Is(s.err, ErrMissing) {
		tb.Skip(s.err)
	}
	if s.err != nil {
		tb.Fatal(s.err)
	}
	return s.server
}

// Stop ends the server if it was started. Call it after the tests.
func (s *Shared) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		if err := s.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		s.server = nil
	}
}

// Both returns tests that run twice: first as they are, then on a PostgreSQL server that it starts and gives to use. That server
// does not wait for the disk, so a test that crashes a server needs one of its own. If PostgreSQL is not installed, it says so
// instead of running them again.
func Both(m *testing.M, use func(*Server)) interface{ Run() int } { return &both{m, use} }

type both struct {
	tests *testing.M
	use   func(*Server)
}

// Run runs the tests and returns the exit code.
func (b *both) Run() int {
	code := b.tests.Run()
	if code != 0 {
		return code
	}
	server, err := startWith(context.Background(), "-c fsync=off")
	if errors.Is(err, ErrMissing) {
		fmt.Println("the tests do not run on PostgreSQL:", err)
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("the tests run again, on PostgreSQL")
	b.use(server)
	code = b.tests.Run()
	if err := server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Main runs a package's tests, stops the server, and returns the exit code.
func (s *Shared) Main(m *testing.M) int {
	defer s.Stop()
	return m.Run()
}
