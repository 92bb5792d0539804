package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/netip"
	"time"
)

// TrustCertificate lets a Client believe a test server's certificate.
func TrustCertificate(c *Client, cert *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	c.http.Transport.(checkedTransport).next.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// CheckAddress asks the guard about an address without dialling it.
func CheckAddress(allow []netip.Prefix, network, address string) error {
	return newGuard(allow).control(network, address, nil)
}

// SetWait replaces the waiting for a busy server.
func SetWait(c *Client, wait func(context.Context, time.Duration) error) { c.wait = wait }
