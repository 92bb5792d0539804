// Package s3test starts S3 servers for tests. Each is a real one, versitygw, that keeps its buckets as folders of a temporary
// folder, listens on a loopback address, and is gone with the test program, however that ends.
package s3test

import (
	"bytes"
	"io"
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
)

// The credentials of the server's owner, who may do everything.
const (
	AccessKey = "films"
	SecretKey = "a-secret-of-the-tests"
)

const (
	program   = ".tools/versitygw@v1.8.0/versitygw" // where make installs it, from the root of the tree
	maxStarts = 1500                                // looks at a server that starts, half a minute at most
	lookEvery = 20 * time.Millisecond
)

// Server is a running S3 server. Make one with Start.
type Server struct {
	Endpoint string // "http://127.0.0.1:PORT"

	path   string // of the program
	dir    string // a folder for each bucket
	users  string // folder of the server's accounts
	shell  *exec.Cmd
	input  io.Closer // of the shell
	output bytes.Buffer
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
	path := find(tb)
	s := &Server{Endpoint: "http://" + FreeAddress(tb), path: path, dir: tb.TempDir(), users: tb.TempDir()}
	s.Resume(tb)
	tb.Cleanup(s.Stop)
	return s
}

// find returns the path of the server's program: that of the tree, else one on the PATH.
func find(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, program); isFile(path) {
			return path
		}
	}
	path, err := exec.LookPath("versitygw")
	if err != nil {
		tb.Skip("versitygw is not installed (make test installs it)")
	}
	return path
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// FreeAddress returns a loopback address that was free a moment ago. The server can't tell which port it chose itself.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = l.Close() }() // it was only opened
	return l.Addr().String()
}

// Resume starts the server again after a Stop, at the same address and with what it stored, and returns when it answers.
func (s *Server) Resume(tb testing.TB) {
	tb.Helper()
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		tb.Fatal(err)
	}
	// The shell kills the server when its own input ends, which it does even if the test program is killed. Metadata are on the
	// files themselves: with --sidecar, file and metadata are not replaced together.
	s.shell = exec.Command("/bin/sh", "-c", `"$@" & read -r line; kill -9 $!`, "sh", //nolint:noctx // Stop ends it
		s.path, "--port", u.Host, "--access", AccessKey, "--secret", SecretKey, "--iam-dir", s.users, "--health", "/health", "--quiet", "posix", s.dir)
	s.output.Reset()
	s.shell.Stdout, s.shell.Stderr = &s.output, &s.output
	if s.input, err = s.shell.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	if err := s.shell.Start(); err != nil {
		tb.Fatal(err)
	}
	s.stop = new(sync.Once)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for range maxStarts {
		if answers(s.Endpoint + "/health") {
			return
		}
		<-tick.C
	}
	s.Stop()
	tb.Fatalf("versitygw does not answer: %s", s.output.String())
}

func answers(address string) bool {
	answer, err := http.Get(address) //nolint:noctx,gosec // our own server, which answers at once or not at all
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
	if err := os.Mkdir(filepath.Join(s.dir, name), 0o750); err != nil {
		tb.Fatal(err)
	}
	return s.URL(name)
}

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
