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

// only is the variable that names the one database on which the tests of Both run: "sqlite" or "postgres". It lets a run with the
// race detector leave PostgreSQL to a run without it. go test's cache does not know it, because it is read before the tests begin: by
// hand, set it together with -count=1.
const only = "POSTGRESTEST_ONLY"

// Both returns tests that run twice: first as they are, on SQLite, then on a PostgreSQL server that it starts and gives to use.
// POSTGRESTEST_ONLY=sqlite or postgres leaves one of the two out. The server does not wait for the disk, so a test that
// crashes a server needs one of its own. If PostgreSQL is not installed, Both says so instead of running the tests on it.
func Both(m *testing.M, use func(*Server)) interface{ Run() int } { return &both{m, use} }

type both struct {
	tests interface{ Run() int }
	use   func(*Server)
}

// Run runs the tests and returns the exit code.
func (b *both) Run() int {
	switch os.Getenv(only) {
	case "":
		if code := b.tests.Run(); code != 0 {
			return code
		}
		return b.runOnPostgres()
	case "sqlite":
		return b.tests.Run()
	case "postgres":
		return b.runOnPostgres()
	default:
		fmt.Fprintf(os.Stderr, "%s is %q: it must be sqlite, postgres or absent\n", only, os.Getenv(only))
		return 2
	}
}

// runOnPostgres runs the tests on a server that it starts and stops, and returns the exit code.
func (b *both) runOnPostgres() int {
	server, err := startWith(context.Background(), "-c fsync=off")
	if errors.Is(err, ErrMissing) {
		fmt.Println("the tests do not run on PostgreSQL:", err)
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("the tests run on PostgreSQL")
	b.use(server)
	code := b.tests.Run()
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
