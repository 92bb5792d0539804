package outbound_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/netip"
	"testing"

	"github.com/filmgate/filmgate/internal/outbound"
)

// gzipZeros returns n zero bytes, compressed with gzip.
func gzipZeros(n int) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(make([]byte, n))
	_ = w.Close()
	return b.Bytes()
}

// The test calls the guard without dialling, so that it can use public addresses.
func TestGuard(t *testing.T) {
	allowed := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/64")}
	cases := []struct {
		name, network, address string
		allowed                bool
	}{
		{"public, http", "tcp4", "8.8.8.8:80", true},
		{"public, https", "tcp4", "8.8.8.8:443", true},
		{"public, a high port", "tcp4", "8.8.8.8:8443", true},
		{"public, mail", "tcp4", "8.8.8.8:25", false},
		{"public, shell", "tcp4", "8.8.8.8:22", false},
		{"public IPv6", "tcp6", "[2606:4700::1111]:443", true},
		{"public IPv6, name server", "tcp6", "[2606:4700::1111]:53", false},
		{"public, UDP", "udp4", "8.8.8.8:443", false},
		{"private", "tcp4", "10.2.0.1:443", false},
		{"allowed", "tcp4", "10.1.2.3:443", true},
		{"allowed, any port", "tcp4", "10.1.2.3:25", true},
		{"allowed, mapped into IPv6", "tcp6", "[::ffff:10.1.2.3]:443", true},
		{"private, mapped into IPv6", "tcp6", "[::ffff:10.2.0.1]:443", false},
		{"allowed IPv6", "tcp6", "[fd00::7]:8188", true},
		{"private IPv6", "tcp6", "[fd01::7]:8188", false},
		{"metadata of most clouds", "tcp4", "169.254.169.254:80", false},
		{"metadata of Azure", "tcp4", "168.63.129.16:80", false},
		{"metadata of Azure, another port", "tcp4", "168.63.129.16:32526", false},
		{"metadata of Azure, mapped into IPv6", "tcp6", "[::ffff:168.63.129.16]:80", false},
		{"metadata of Azure, by NAT64", "tcp6", "[64:ff9b::a83f:8110]:80", false},
		{"metadata of Azure, by 6to4", "tcp6", "[2002:a83f:8110::]:80", false},
		{"next to Azure's metadata", "tcp4", "168.63.129.17:80", true},
		{"metadata of Alibaba", "tcp4", "100.100.100.200:80", false},
		{"metadata of Oracle", "tcp4", "192.0.0.192:80", false},
		{"metadata of AWS over IPv6", "tcp6", "[fd00:ec2::254]:80", false},
		{"metadata of Google over IPv6", "tcp6", "[fd20:ce::254]:80", false},
		{"metadata of ECS tasks", "tcp4", "169.254.170.2:80", false},
		{"this machine", "tcp4", "0.0.0.0:8080", false},
		{"6to4", "tcp6", "[2002:7f00:1::]:443", false},
		{"NAT64", "tcp6", "[64:ff9b::7f00:1]:443", false},
		{"link-local with a zone", "tcp6", "[fe80::1%eth0]:443", false},
		{"not an address", "tcp4", "example:443", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := outbound.CheckAddress(allowed, c.network, c.address)
			if c.allowed && err != nil || !c.allowed && !errors.Is(err, outbound.ErrForbiddenAddress) {
				t.Errorf("%s: %v", c.address, err)
			}
		})
	}
}
