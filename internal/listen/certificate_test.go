package listen

import (
	"crypto/tls"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/listen/listentest"
)

// secured opens a listener with a certificate that answers every connection's handshake, and returns its certificate.
func secured(t *testing.T, name string) (c *Certificate, folder, addr string) {
	t.Helper()
	folder = t.TempDir()
	c, err := LoadCertificate(listentest.Certificate(t, folder, name))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), Options{Addr: "127.0.0.1:0", TLS: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = conn.(*tls.Conn).Handshake() }()
		}
	}()
	return c, folder, l.Addr().String()
}

// shown returns the name of the certificate that a new connection gets, and the version of TLS and the protocol that it has.
func shown(t *testing.T, addr string) (name string, version uint16, protocol string) {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}) //nolint:gosec // it is the certificate that is looked at
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	state := c.ConnectionState()
	return state.PeerCertificates[0].Subject.CommonName, state.Version, state.NegotiatedProtocol
}

func TestNewConnectionsGetTheCertificateThatIsInTheFiles(t *testing.T) {
	c, folder, addr := secured(t, "first")
	if name, version, protocol := shown(t, addr); name != "first" || version != tls.VersionTLS13 || protocol != "http/1.1" {
		t.Errorf("%s, %x, %s", name, version, protocol)
	}
	if changed, err := c.Refresh(); changed || err != nil {
		t.Errorf("nothing has changed: %v, %v", changed, err)
	}
	cert, _ := listentest.Certificate(t, folder, "second")
	later(t, cert)
	if name, _, _ := shown(t, addr); name != "first" {
		t.Errorf("%s before the files are read again", name)
	}
	if changed, err := c.Refresh(); !changed || err != nil {
		t.Errorf("the files have changed: %v, %v", changed, err)
	}
	if name, _, _ := shown(t, addr); name != "second" {
		t.Errorf("%s after the files were read again", name)
	}
	if end := c.NotAfter(); !end.After(time.Now()) {
		t.Errorf("it expires at %v", end)
	}
}

// later sets the time of a file's last change to one that no file of the test had, however coarse the disk's clock is.
func later(t *testing.T, path string) {
	t.Helper()
	at := time.Now().Add(time.Minute)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestACertificateWithoutItsKeyIsNotTaken(t *testing.T) {
	c, folder, addr := secured(t, "first")
	other, _ := listentest.Certificate(t, t.TempDir(), "other")
	text, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/cert.pem", text, 0o600); err != nil {
		t.Fatal(err)
	}
	later(t, folder+"/cert.pem")
	if changed, err := c.Refresh(); changed || err == nil {
		t.Errorf("another's certificate: %v, %v", changed, err)
	}
	if changed, err := c.Refresh(); changed || err != nil {
		t.Errorf("it is reported once, not %v, %v", changed, err)
	}
	if err := c.Reload(); err == nil {
		t.Error("it is reported whenever it is asked for")
	}
	if name, _, _ := shown(t, addr); name != "first" {
		t.Errorf("%s is shown", name)
	}
}

func TestAWrongFileIsNamedByItsSetting(t *testing.T) {
	folder := t.TempDir()
	cert, key := listentest.Certificate(t, folder, "a")
	otherCert, otherKey := listentest.Certificate(t, t.TempDir(), "b")
	empty := folder + "/empty"
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cert, key string
		want, not string
	}{
		"no certificate":        {folder + "/none", key, "FILMGATE_TLS_CERT (--tls-cert): open", "FILMGATE_TLS_KEY"},
		"no key":                {cert, folder + "/none", "FILMGATE_TLS_KEY (--tls-key): open", "FILMGATE_TLS_CERT"},
		"an empty certificate":  {empty, key, "empty has no certificate in PEM form", "FILMGATE_TLS_KEY"},
		"an empty key":          {cert, empty, "empty has no private key in PEM form", "FILMGATE_TLS_CERT"},
		"the two exchanged":     {key, cert, "has no certificate in PEM form", "together"},
		"another's key":         {cert, otherKey, "FILMGATE_TLS_CERT (--tls-cert) and FILMGATE_TLS_KEY (--tls-key)", "PEM"},
		"another's certificate": {otherCert, key, "private key does not match public key", "PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := LoadCertificate(c.cert, c.key)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), c.not) {
				t.Errorf("%v, want %q and not %q", err, c.want, c.not)
			}
		})
	}
}
