package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/netip"
	"time"
)

// TrustCertificate makes a Client accept a test server's certificate.
func TrustCertificate(c *Client, cert *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	c.http.Transport.(checkedTransport).next.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// CheckAddress returns the guard's error for an address, without dialling it.
func CheckAddress(allow []netip.Prefix, network, address string) error {
	return newGuard(allow).control(network, address, nil)
}

// SetWait replaces the function that waits before a busy server is asked again.
func SetWait(c *Client, wait func(context.Context, time.Duration) error) { c.wait = wait }
