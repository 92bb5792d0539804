package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/netip"
	"time"
)

// Trust lets a Client believe a test server's certificate.
func Trust(c *Client, cert *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	c.http.Transport.(checked).next.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// Dialled asks the guard about an address without dialling it.
func Dialled(allow []netip.Prefix, network, address string) error {
	return newGuard(allow).control(network, address, nil)
}

// SetWait replaces the waiting for a busy server.
func SetWait(c *Client, wait func(context.Context, time.Duration) error) { c.wait = wait }
