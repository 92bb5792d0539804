// Package servertest runs the program as a server process, as its users do, for the tests of any package.
package servertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/process"
)

// Key is the API key of every server that [Programs.Start] starts.
const Key = "a key of the tests, 0123456789"

// builtProgram is the environment variable with the path of the program, if it was built for the tests of several packages.
const builtProgram = "FILMGATE_TEST_PROGRAM"

// Programs builds the program, once for all tests of a package. The zero value works.
type Programs struct {
	once sync.Once
	dir  string // what was built; "" if nothing was
	path string
	err  error
}

// Filmgate returns the path of the program. The first call builds it, unless FILMGATE_TEST_PROGRAM names it.
func (p *Programs) Filmgate() (string, error) {
	p.once.Do(func() {
		if p.path = os.Getenv(builtProgram); p.path != "" {
			return
		}
		if p.dir, p.err = os.MkdirTemp("", "filmgate-test-"); p.err != nil {
			return
		}
		p.path = filepath.Join(p.dir, "filmgate")
		p.err = Build("", p.path)
	})
	return p.path, p.err
}

// Build builds the program of a source tree as the file at path. tree is the tree's root; "" = that of the tests.
func Build(tree, path string) error {
	build := exec.Command("go", "build", "-ldflags=-w", "-o", path, "github.com/filmgate/filmgate/cmd/filmgate") //nolint:noctx // no test's context will do, because later tests use the program too
	build.Dir = tree
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// Run runs a package's tests and removes what was built for them. It returns their exit code.
func (p *Programs) Run(m *testing.M) int {
	code := m.Run()
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
	return code
}

// Server is a running server process.
type Server struct {
	Base string // "http://127.0.0.1:PORT"
	Cmd  *exec.Cmd
	Log  *Log // its standard error

	running *process.Server
}

// Log collects the output of a process. Tests may read it while the process writes.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends to the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns everything that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Start starts a server on a free port with a data folder, and returns when it listens. The server is killed when the test
// ends. settings are added to its environment, each as "NAME=value".
func (p *Programs) Start(t testing.TB, data string, settings ...string) *Server {
	t.Helper()
	path, err := p.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	return Start(t, path, data, settings...)
}

// Start starts the program at path as Programs.Start does.
func Start(t testing.TB, path, data string, settings ...string) *Server {
	t.Helper()
	s := &Server{Cmd: exec.Command(path, "serve"), Log: &Log{}} //nolint:noctx // tests end it by signals
	s.Cmd.Env = append(os.Environ(), "FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_DATA="+data, "FILMGATE_API_KEY="+Key)
	s.Cmd.Env = append(s.Cmd.Env, settings...)
	s.Cmd.Stderr = s.Log
	running, err := process.Start(context.Background(), s.Cmd, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log)
	}
	t.Cleanup(func() { s.End(syscall.SIGKILL) })
	s.Base, s.running = running.URL, running
	return s
}

// End sends a signal to the process and waits until it has ended.
func (s *Server) End(signal syscall.Signal) { _ = s.running.End(signal) }

// Call sends a request with the key and returns the answer's status and body. header holds names and values in turn.
func (s *Server) Call(t testing.TB, method, path, body string, header ...string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.Base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+Key)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got
}

// InTree returns the path of a file of the source tree. name is its path from the root of the tree, with slashes.
func InTree(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, filepath.FromSlash(name))
		} else if dir == filepath.Dir(dir) {
			t.Fatal(err)
		}
	}
}

// Need skips the test if scripts/setup.sh reports that one of the packages is missing. In CI the test fails instead.
// packages holds Debian package names, separated by spaces.
func Need(t testing.TB, packages string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), InTree(t, "scripts/setup.sh"), append([]string{"has"}, strings.Fields(packages)...)...).CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%v: %s", err, out)
	}
	t.Skipf("%s (scripts/setup.sh test installs it on Debian)", bytes.TrimSpace(out))
}

// Node returns a Node that runs TypeScript: the one that scripts/examples.sh has installed, or this machine's.
func Node(t testing.TB) string {
	t.Helper()
	own, err := filepath.Glob(InTree(t, ".tools/node@*/bin/node"))
	if err == nil && len(own) > 0 {
		return own[len(own)-1]
	}
	return "node"
}
