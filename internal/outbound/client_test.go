package outbound_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/outbound"
)

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
}

// startServer starts a server on 127.0.0.1 that answers with h and counts its requests.
func startServer(t *testing.T, h http.HandlerFunc) (base string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/png; charset=binary")
	_, _ = io.WriteString(w, "hello")
}

// checkRefused checks that err is an *outbound.Error with that kind and text.
func checkRefused(t *testing.T, err, kind error, text string) {
	t.Helper()
	var e *outbound.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) || err.Error() != text {
		t.Errorf("got %v, want %q of %v", err, text, kind)
	}
}

func TestGet(t *testing.T) {
	base, _ := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new?x=1", http.StatusFound)
			return
		}
		if got := r.UserAgent(); got != "Filmgate" {
			t.Errorf("User-Agent %q", got)
		}
		hello(w, r)
	})
	got, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base+"/old", 5)
	if err != nil || string(got.Bytes) != "hello" || got.Type != "image/png" || got.URL != base+"/new?x=1" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// limitedWriter is a writer that fails after left bytes.
type limitedWriter struct{ left int }

var errFull = errors.New("no space left on device")

func (f *limitedWriter) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestSave(t *testing.T) {
	base, _ := startServer(t, hello)
	client := outbound.New(outbound.Options{Allow: loopback()})
	var b strings.Builder
	got, err := client.Save(t.Context(), base+"/new", 5, &b)
	if err != nil || b.String() != "hello" || got.Bytes != nil || got.Type != "image/png" || got.URL != base+"/new" {
		t.Errorf("%q, %+v, %v", b.String(), got, err)
	}
	_, err = client.Save(t.Context(), base, 4, io.Discard)
	checkRefused(t, err, outbound.ErrTooLarge, "the file is larger than 4 bytes")
	var e *outbound.Error
	if _, err = client.Save(t.Context(), base, 5, &limitedWriter{left: 4}); !errors.Is(err, errFull) || errors.As(err, &e) {
		t.Errorf("an error of the writer is returned as %v", err)
	}
}

func TestGetRefusesURLs(t *testing.T) {
	cases := map[string]string{
		"file:///etc/passwd":            "the URL must begin with http:// or https://",
		"ftp://127.0.0.1/a.png":         "the URL must begin with http:// or https://",
		"gopher://127.0.0.1/":           "the URL must begin with http:// or https://",
		"data:image/png;base64,AAAA":    "the URL must begin with http:// or https://",
		"a.png":                         "the URL must begin with http:// or https://",
		"":                              "the URL must begin with http:// or https://",
		"http:///a.png":                 "the URL names no host",
		"http://user:secret@127.0.0.1/": "the URL must not hold a user name or password",
		"http://user@127.0.0.1/":        "the URL must not hold a user name or password",
		"http://127.0.0.1/%zz":          "the URL can't be read",
		"http://127.0.0.1/\x00":         "the URL can't be read",
		"http://127.0.0.1/" + strings.Repeat("a", 8192): "the URL is longer than 8192 characters",
	}
	client := outbound.New(outbound.Options{Allow: loopback()})
	for u, text := range cases {
		_, err := client.Get(t.Context(), u, 100)
		checkRefused(t, err, outbound.ErrURL, text)
	}
}

// The addresses are checked before the socket connects, so no packet is sent to them.
func TestGetRefusesPrivateAddresses(t *testing.T) {
	cases := map[string]string{
		"loopback":                      "127.0.0.1",
		"another loopback":              "127.8.9.10",
		"a name of loopback":            "localhost",
		"unspecified":                   "0.0.0.0",
		"private, class A":              "10.0.0.1",
		"private, class B":              "172.16.0.1",
		"private, class C":              "192.168.1.1",
		"shared by carriers":            "100.64.0.1",
		"cloud metadata":                "169.254.169.254",
		"multicast":                     "224.0.0.1",
		"broadcast":                     "255.255.255.255",
		"for documentation":             "192.0.2.1",
		"IPv6 loopback":                 "[::1]",
		"IPv6 unspecified":              "[::]",
		"IPv6 private":                  "[fd00::1]",
		"IPv6 link-local":               "[fe80::1]",
		"IPv4 mapped into IPv6":         "[::ffff:127.0.0.1]",
		"private IPv4 mapped into IPv6": "[::ffff:a00:1]",
		"IPv4 compatible":               "[::7f00:1]",
		"6to4 of loopback":              "[2002:7f00:1::]",
		"NAT64 of loopback":             "[64:ff9b::7f00:1]",
		"Teredo":                        "[2001:0:7f00:1::]",
	}
	client := outbound.New(outbound.Options{Resolver: (&nameServer{}).resolver(t)})
	for name, host := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := client.Get(t.Context(), "http://"+host+":8080/a.png", 100)
			if strings.HasPrefix(host, "[") && errors.Is(err, outbound.ErrUnreachable) {
				t.Skip("this machine has no IPv6; TestGuard checks the rule")
			}
			checkRefused(t, err, outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection")
		})
	}
}

// Some systems read these as 127.0.0.1. Here they are unknown names.
func TestOddlyWrittenAddressesAreNames(t *testing.T) {
	client := outbound.New(outbound.Options{Allow: loopback(), Resolver: (&nameServer{}).resolver(t)})
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1"} {
		_, err := client.Get(t.Context(), "http://"+host+":8080/", 100)
		checkRefused(t, err, outbound.ErrUnreachable, "the server could not be reached, or closed the connection")
	}
}

func TestForbiddenAddressIsOnlyInTheDetail(t *testing.T) {
	n := &nameServer{addrs: map[string][]netip.Addr{"inside.test": {netip.MustParseAddr("127.0.0.1")}}}
	client := outbound.New(outbound.Options{Resolver: n.resolver(t)})
	_, err := client.Get(t.Context(), "http://inside.test:8080/", 100)
	checkRefused(t, err, outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection")
	var e *outbound.Error
	if errors.As(err, &e) && !strings.Contains(e.Detail, "127.0.0.1") {
		t.Errorf("detail %q does not say which address", e.Detail)
	}
}

func TestOnlyAllowedNetworks(t *testing.T) {
	base, asked := startServer(t, hello)
	client := outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	_, err := client.Get(t.Context(), base, 100)
	checkRefused(t, err, outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection")
	if asked.Load() != 0 {
		t.Error("the server was asked")
	}
	mapped := strings.Replace(base, "127.0.0.1", "[::ffff:127.0.0.1]", 1)
	if _, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), mapped, 100); err != nil {
		t.Errorf("the allowed address mapped into IPv6: %v", err)
	}
}

func TestEachDialIsChecked(t *testing.T) {
	base, asked := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		hello(w, r)
	})
	n := &nameServer{addrs: map[string][]netip.Addr{"rebind.test": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.9")}}}
	client := outbound.New(outbound.Options{Allow: loopback(), Resolver: n.resolver(t)})
	u := strings.Replace(base, "127.0.0.1", "rebind.test", 1)
	if _, err := client.Get(t.Context(), u, 100); err != nil {
		t.Fatalf("while the name has an allowed address: %v", err)
	}
	_, err := client.Get(t.Context(), u, 100)
	checkRefused(t, err, outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection")
	if asked.Load() != 1 || n.lookups != 2 {
		t.Errorf("the server was asked %d times, the name looked up %d times; want 1 and 2", asked.Load(), n.lookups)
	}
}

func TestUnknownNameIsUnreachable(t *testing.T) {
	client := outbound.New(outbound.Options{Resolver: (&nameServer{}).resolver(t)})
	_, err := client.Get(t.Context(), "http://nowhere.test/", 100)
	checkRefused(t, err, outbound.ErrUnreachable, "the server could not be reached, or closed the connection")
}

func TestEnvironmentProxyIsNotUsed(t *testing.T) {
	proxy, asked := startServer(t, hello)
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), "http://10.0.0.1/", 100)
	checkRefused(t, err, outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection")
	if asked.Load() != 0 {
		t.Error("the proxy was asked")
	}
}

func TestRedirectsAreChecked(t *testing.T) {
	cases := []struct {
		name, to string
		kind     error
		text     string
	}{
		{"to a private address", "http://127.0.0.9:8080/", outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection"},
		{"to cloud metadata", "http://169.254.169.254/latest/", outbound.ErrForbiddenAddress, "the server could not be reached, or closed the connection"},
		{"to a file", "file:///etc/passwd", outbound.ErrURL, "the URL must begin with http:// or https://"},
		{"with a password", "http://user:pass@127.0.0.1/", outbound.ErrURL, "the URL must not hold a user name or password"},
		{"in a loop", "/", outbound.ErrRedirects, "more than 3 redirects"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			base, asked := startServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", c.to)
				w.WriteHeader(http.StatusFound)
			})
			_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base, 100)
			checkRefused(t, err, c.kind, c.text)
			if n := asked.Load(); errors.Is(c.kind, outbound.ErrRedirects) && n != 4 {
				t.Errorf("%d requests, want the first and three redirects", n)
			}
		})
	}
}

func TestRedirectFromHTTPSToHTTPIsRefused(t *testing.T) {
	plain, asked := startServer(t, hello)
	secure := httptest.NewTLSServer(http.RedirectHandler(plain, http.StatusFound))
	defer secure.Close()
	client := outbound.New(outbound.Options{Allow: loopback()})
	outbound.TrustCertificate(client, secure.Certificate())
	_, err := client.Get(t.Context(), secure.URL, 100)
	checkRefused(t, err, outbound.ErrURL, "a redirect leads from https to http")
	if asked.Load() != 0 {
		t.Error("the plain server was asked")
	}
}

func TestRedirectKeepsSecretsFromOtherHosts(t *testing.T) {
	var seen http.Header
	other, _ := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		hello(w, r)
	})
	base, _ := startServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusFound) })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/?token=secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"X-Api-Key": {"secret"}, "Authorization": {"Bearer secret"}, "Range": {"bytes=3-"}, "User-Agent": {"own"}}
	res, err := outbound.New(outbound.Options{Allow: loopback()}).HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	for name, values := range seen {
		if strings.Contains(strings.Join(values, " "), "secret") {
			t.Errorf("%s: %s was sent to the other host", name, values)
		}
	}
	if seen.Get("Range") != "bytes=3-" || seen.Get("User-Agent") != "own" {
		t.Errorf("harmless headers were lost: %v", seen)
	}
}

func TestBodyLimit(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 101)) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
		},
		"compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipZeros(10_000))
		},
	}
	for name, h := range cases {
		t.Run(name, func(t *testing.T) {
			base, _ := startServer(t, h)
			_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base, 100)
			checkRefused(t, err, outbound.ErrTooLarge, "the file is larger than 100 bytes")
		})
	}
	base, _ := startServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 100)) })
	if got, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base, 100); err != nil || len(got.Bytes) != 100 || got.Type != "text/plain" {
		t.Errorf("a body of the limit: %d bytes, %v", len(got.Bytes), err)
	}
}

func TestTimeout(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"no header": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a body that never ends": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "he")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	}
	for name, h := range cases {
		t.Run(name, func(t *testing.T) {
			base, _ := startServer(t, h)
			_, err := outbound.New(outbound.Options{Allow: loopback(), Timeout: 50 * time.Millisecond}).Get(t.Context(), base, 100)
			checkRefused(t, err, outbound.ErrTimeout, "the server did not answer in time")
		})
	}
}

func TestCancelledGet(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base, _ := startServer(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := outbound.New(outbound.Options{Allow: loopback()}).Get(ctx, base, 100); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestErrorHasTheStatus(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusForbidden, http.StatusInternalServerError, http.StatusNotModified} {
		base, _ := startServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base, 100)
		var e *outbound.Error
		if !errors.Is(err, outbound.ErrStatus) || !errors.As(err, &e) || e.Status != status {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestBrokenAnswersAreUnreachable(t *testing.T) {
	cases := map[string]string{
		"a body that is cut short": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
		"not HTTP":                 "220 mail.test ESMTP\r\n",
		"nothing":                  "",
		"endless headers":          "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 128<<10) + "\r\n\r\n",
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			base, _ := startServer(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, answer)
				_ = conn.Close()
			})
			_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base+"/?token=secret", 100)
			checkRefused(t, err, outbound.ErrUnreachable, "the server could not be reached, or closed the connection")
			var e *outbound.Error
			if errors.As(err, &e) && (e.Detail == "" || strings.Contains(e.Detail, "secret")) {
				t.Errorf("detail %q", e.Detail)
			}
		})
	}
}

func TestRefusedConnectionIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	_ = l.Close()
	_, err = outbound.New(outbound.Options{Allow: loopback()}).Get(t.Context(), base, 100)
	checkRefused(t, err, outbound.ErrUnreachable, "the server could not be reached, or closed the connection")
}

func TestHTTPClientIsChecked(t *testing.T) {
	client := outbound.New(outbound.Options{}).HTTP()
	cases := map[string]error{
		"http://127.0.0.1:8080/":     outbound.ErrForbiddenAddress,
		"http://user:pass@127.0.0.1": outbound.ErrURL,
	}
	for u, kind := range cases {
		res, err := client.Post(u, "text/plain", strings.NewReader("x"))
		if err == nil {
			_ = res.Body.Close()
		}
		var wrapped *url.Error
		if !errors.Is(err, kind) || !errors.As(err, &wrapped) {
			t.Errorf("%s: %v, want %v", u, err, kind)
		}
	}
}
