package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/listen/listentest"
	started "github.com/filmgate/filmgate/internal/process"
)

func TestServeNamesTheSettingOfAWrongCertificate(t *testing.T) {
	data := t.TempDir()
	cert, _ := listentest.Certificate(t, t.TempDir(), "a")
	_, key := listentest.Certificate(t, t.TempDir(), "b")
	run := &session{env: map[string]string{"FILMGATE_DATA": data, "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_TLS_CERT": cert, "FILMGATE_TLS_KEY": key}}
	run.run(t, "serve").expect(t, exitFailure, "FILMGATE_TLS_CERT (--tls-cert) and FILMGATE_TLS_KEY (--tls-key)", "private key does not match public key")
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// at is a server that a test calls over connections of its own.
type at struct {
	*started.Server
	log    *servertest.Log
	client http.Client
}

// serveAs starts the program by a shell line in which $FILMGATE stands for it, with sockets that systemd would pass.
func serveAs(t *testing.T, line string, sockets []*os.File, dial func(context.Context) (net.Conn, error), settings ...string) *at {
	t.Helper()
	path, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	s := &at{log: &servertest.Log{}}
	c := exec.Command("sh", "-c", line) //nolint:noctx // it is ended by signals
	c.Env = append(append(os.Environ(), "FILMGATE="+path, "FILMGATE_DATA="+t.TempDir(), "FILMGATE_API_KEY="+testKey), settings...)
	c.ExtraFiles, c.Stderr = sockets, s.log
	if s.Server, err = started.Start(t.Context(), c, nil); err != nil {
		t.Fatalf("%v\n%s", err, s.log)
	}
	t.Cleanup(func() { _ = s.End(syscall.SIGKILL) })
	s.client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
	return s
}

// models reads the list of models, and returns the answer's first bytes.
func (s *at) models(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://films.example/api/v1/models", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.log)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%d %s, %v", resp.StatusCode, b, err)
	}
	return string(b)
}

func TestServeOnAUnixSocketThatSystemdPasses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	passed, err := net.Listen("unix", filepath.Join(dir, "filmgate.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer passed.Close()
	socket, err := passed.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: filepath.Join(dir, "notify")})
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	s := serveAs(t, `LISTEN_PID=$$ exec "$FILMGATE" serve --addr 127.0.0.1:1`, []*os.File{socket}, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", passed.Addr().String())
	}, "LISTEN_FDS=1", "NOTIFY_SOCKET="+filepath.Join(dir, "notify"))
	if want := "unix:" + passed.Addr().String(); s.URL != want {
		t.Errorf("it listens on %s, want %s", s.URL, want)
	}
	s.models(t)
	var state [32]byte
	if n, err := told.Read(state[:]); err != nil || string(state[:n]) != "READY=1" {
		t.Errorf("systemd was told %q, %v", state[:n], err)
	}
	if err := s.End(syscall.SIGTERM); err != nil {
		t.Errorf("%v\n%s", err, s.log)
	}
	if n, err := told.Read(state[:]); err != nil || string(state[:n]) != "STOPPING=1" {
		t.Errorf("systemd was told %q, %v", state[:n], err)
	}
}

func TestServeWithTLSReadsTheCertificateAgainAtASignal(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cert, key := listentest.Certificate(t, folder, "first")
	s := serveAs(t, `exec "$FILMGATE" serve --addr 127.0.0.1:0`, nil, nil, "FILMGATE_TLS_CERT="+cert, "FILMGATE_TLS_KEY="+key)
	addr, ok := strings.CutPrefix(s.URL, "https://")
	if !ok {
		t.Fatalf("it listens on %s", s.URL)
	}
	before := secure(t, addr, cert)
	s.client.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return before, nil }}
	s.models(t)
	listentest.Certificate(t, folder, "second")
	if err := s.Cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the certificate is read again", func() bool { return strings.Contains(s.log.String(), "certificate read again") })
	if name := secure(t, addr, cert).ConnectionState().PeerCertificates[0].Subject.CommonName; name != "second" {
		t.Errorf("the certificate of %s", name)
	}
	s.models(t) // over the connection of before
}

// secure connects to addr, and trusts the certificate in the file.
func secure(t *testing.T, addr, cert string) *tls.Conn {
	t.Helper()
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(bytes.TrimSpace(text)) {
		t.Fatal("no certificate")
	}
	c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
