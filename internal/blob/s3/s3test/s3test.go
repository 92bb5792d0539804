// Package s3test starts S3 servers for tests. Each is a real one, versitygw, that keeps its buckets as folders of a temporary
// folder, listens on a loopback address, and is gone with the test program, however that ends.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// The credentials of the server's owner, who may do everything.
const (
	AccessKey = "films"
	SecretKey = "a-secret-of-the-tests"
)

const (
	program   = ".tools/versitygw@v1.8.0/versitygw" // where make installs it, from the root of the tree
	maxStarts = 1500                                // looks at a server that starts, half a minute at most
	maxPorts  = 20                                  // ports that are tried
	lookEvery = 20 * time.Millisecond
)

// ErrMissing means that versitygw is not installed.
var ErrMissing = errors.New("versitygw is not installed (make test installs it)")

var errAddressTaken = errors.New("another process listens at the address")

// Server is a running S3 server. Make one with Start or Open.
type Server struct {
	Endpoint string // "http://127.0.0.1:PORT"

	path   string // of the program
	dir    string // a folder for each bucket
	users  string // folder of the server's accounts
	shell  *exec.Cmd
	input  io.Closer // of the shell
	output *servertest.Log
	stop   *sync.Once
}

// Environment returns the environment variables of the AWS SDK for a process, each as "NAME=value", with which it finds AccessKey,
// SecretKey and nothing else.
func Environment() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey, "AWS_SESSION_TOKEN=", "AWS_PROFILE=", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_REGION=", "AWS_DEFAULT_REGION=", "AWS_ENDPOINT_URL=", "AWS_ENDPOINT_URL_S3=",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}
}

// SetCredentials sets Environment for a test that opens buckets in its own process.
func SetCredentials(tb testing.TB) {
	tb.Helper()
	for _, one := range Environment() {
		name, value, _ := strings.Cut(one, "=")
		tb.Setenv(name, value)
	}
}

// Start starts a server, with the credentials of Environment. It is stopped when the test ends. Start skips the test if versitygw is
// not installed.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s, err := Open(tb.Context(), tb.TempDir())
	if errors.Is(err, ErrMissing) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Stop)
	return s
}

// Open starts a server as Start does, that keeps all it has in the folder dir. The caller stops it. It returns ErrMissing if versitygw
// is not installed.
func Open(ctx context.Context, dir string) (*Server, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	s := &Server{path: path, dir: filepath.Join(dir, "buckets"), users: filepath.Join(dir, "users")}
	for _, folder := range []string{s.dir, s.users} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return nil, err
		}
	}
	for range maxPorts {
		var addr string
		if addr, err = freeAddress(ctx); err != nil {
			return nil, err
		}
		s.Endpoint = "http://" + addr
		if err = s.Reopen(ctx); !errors.Is(err, errAddressTaken) {
			break
		}
	}
	return s, err
}

// find returns the path of the server's program: that of the tree, else one on the PATH.
func find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, program); isFile(path) {
			return path, nil
		}
	}
	path, err := exec.LookPath("versitygw")
	if err != nil {
		return "", ErrMissing
	}
	return path, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// FreeAddress returns a loopback address that was free a moment ago. The server can't tell which port it chose itself.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	addr, err := freeAddress(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return addr
}

// freeAddress chooses below the ports that the system gives to those who ask for any: one of these could be given to another process
// before the server has it, and again while the server is stopped.
func freeAddress(ctx context.Context) (string, error) {
	var err error
	for range maxPorts {
		addr := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)) //nolint:gosec // not a secret
		var l net.Listener
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", err
}

// Resume starts the server again after a Stop, at the same address and with what it stored, and returns when it answers.
func (s *Server) Resume(tb testing.TB) {
	tb.Helper()
	if err := s.Reopen(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// Reopen is Resume for a server of Open. If it fails the server is stopped.
func (s *Server) Reopen(ctx context.Context) (err error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return err
	}
	// The shell kills the server when its own input ends, which it does even if the test program is killed. Metadata are on the
	// files themselves: with --sidecar, file and metadata are not replaced together.
	s.shell = exec.Command("/bin/sh", "-c", `"$@" & read -r line; kill -9 $!`, "sh", //nolint:noctx // Stop ends it
		s.path, "--port", u.Host, "--access", AccessKey, "--secret", SecretKey, "--iam-dir", s.users, "--health", "/health", "--quiet", "posix", s.dir)
	s.output = new(servertest.Log)
	s.shell.Stdout, s.shell.Stderr = s.output, s.output
	if s.input, err = s.shell.StdinPipe(); err != nil {
		return err
	}
	if err := s.shell.Start(); err != nil {
		return err
	}
	s.stop = new(sync.Once)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for range maxStarts {
		if answers(ctx, s.Endpoint+"/health") {
			return nil
		}
		if strings.Contains(s.output.String(), "address already in use") {
			s.Stop()
			return errAddressTaken
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.Stop()
			return ctx.Err()
		}
	}
	s.Stop()
	return fmt.Errorf("versitygw does not answer: %s", s.output.String())
}

// answers gives up after a second, since a process that took the address may never answer.
func answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// Stop kills the server. It may be called twice.
func (s *Server) Stop() {
	s.stop.Do(func() {
		_ = s.input.Close()
		_ = s.shell.Wait() // its status is that of kill
	})
}

// MakeBucket makes an empty bucket and returns its URL, to which parameters such as "&serve=redirect" may be added.
func (s *Server) MakeBucket(tb testing.TB, name string) string {
	tb.Helper()
	if err := os.Mkdir(s.Folder(name), 0o750); err != nil {
		tb.Fatal(err)
	}
	return s.URL(name)
}

// Folder returns the folder in which the server keeps a bucket: an object is the file of its name. A folder that is made is a bucket.
func (s *Server) Folder(bucket string) string { return filepath.Join(s.dir, bucket) }

// URL returns the URL of a bucket, which need not exist.
func (s *Server) URL(bucket string) string { return URL(bucket, s.Endpoint) }

// URL returns the URL of a bucket of the server at an endpoint.
func URL(bucket, endpoint string) string {
	return "s3://" + bucket + "?region=us-east-1&endpoint=" + url.QueryEscape(endpoint)
}

// AddUser adds a user who has no rights in any bucket, with an access key and its secret key.
func (s *Server) AddUser(tb testing.TB, accessKey, secretKey string) {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), s.path, "admin", "--access", AccessKey, "--secret", SecretKey, "--endpoint-url", s.Endpoint,
		"create-user", "--access", accessKey, "--secret", secretKey, "--role", "user").CombinedOutput()
	if err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
}
