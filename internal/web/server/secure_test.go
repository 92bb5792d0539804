package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/listen/listentest"
)

// startAt runs a server where the options say, until the test ends.
func startAt(t *testing.T, at listen.Options, o Options) net.Addr {
	t.Helper()
	s, _ := newServer(t, o)
	l, err := listen.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, s, l)
	return l.Addr()
}

// secured runs a server with TLS, and returns its address.
func secured(t *testing.T, o Options) string {
	t.Helper()
	c, err := listen.LoadCertificate(listentest.Certificate(t, t.TempDir(), "films"))
	if err != nil {
		t.Fatal(err)
	}
	return startAt(t, listen.Options{Addr: "127.0.0.1:0", TLS: c}, o).String()
}

func TestARequestOverTLSIsKnownAsOne(t *testing.T) {
	addr := secured(t, Options{Routes: []Route{handle("POST /", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, tls.VersionName(r.TLS.Version)+" "+r.Proto+" "+string(body))
	})}})
	client := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the certificate is the test's own
	defer client.CloseIdleConnections()
	long := strings.Repeat("x", 3*writePart)
	resp, err := client.Post("https://"+addr+"/", "text/plain", strings.NewReader(long))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if want := "TLS 1.3 HTTP/1.1 " + long; err != nil || string(got) != want {
		t.Errorf("%d bytes, %v, want %d", len(got), err, len(want))
	}
}

func TestFramingIsCheckedUnderTLSToo(t *testing.T) {
	addr := secured(t, Options{})
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the certificate is the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest || !resp.Close {
		t.Errorf("%d, closed %v", resp.StatusCode, resp.Close)
	}
}

func TestPlainHTTPToAServerWithTLSIsToldSo(t *testing.T) {
	addr := secured(t, Options{})
	resp, err := http.Get("http://" + addr + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "speaks HTTPS") {
		t.Errorf("%d %s, %v", resp.StatusCode, body, err)
	}
}

func TestAProxyAtAUnixSocketIsTrustedIfTheSettingSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		trust bool
		want  string
	}{
		"trusted":     {true, "203.0.113.7:0 https films.example"},
		"not trusted": {false, "@  "},
	} {
		t.Run(name, func(t *testing.T) {
			addr := startAt(t, listen.Options{Addr: "unix:" + filepath.Join(t.TempDir(), "s"), Mode: 0o600}, Options{TrustUnix: c.trust,
				Routes: []Route{handle("GET /", func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.WriteString(w, r.RemoteAddr+" "+r.Header.Get(forwardedProto)+" "+r.Header.Get(forwardedHost))
				})}})
			client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", addr.String())
			}}}
			defer client.CloseIdleConnections()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/", nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{forwardedFor: "203.0.113.7", forwardedProto: "https", forwardedHost: "films.example"} {
				req.Header.Set(name, value)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if got, err := io.ReadAll(resp.Body); err != nil || string(got) != c.want {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
		})
	}
}
