package listen

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Names of the settings, for errors.
const (
	certSetting = "FILMGATE_TLS_CERT (--tls-cert)"
	keySetting  = "FILMGATE_TLS_KEY (--tls-key)"
)

// Certificate is a certificate with its key, from two files in PEM form. New connections get what was read last. It may be used by
// many goroutines at once.
type Certificate struct {
	cert, key string // paths
	pair      atomic.Pointer[tls.Certificate]

	mu   sync.Mutex
	read [2]stamp // of the files, when they were read last
}

// stamp tells versions of a file apart. The zero value stands for a file that can't be read.
type stamp struct {
	changed time.Time
	size    int64
}

// LoadCertificate reads a certificate, with the intermediate ones after it, and its key. The error names the setting of the file
// that is wrong, or both if they do not belong together.
func LoadCertificate(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files again. If it fails, the certificate of before stays.
func (c *Certificate) Reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reload(c.stamps())
}

// Refresh reads the files again if either has changed since they were read last, with or without success. changed reports whether
// there is a new certificate. If it fails, the certificate of before stays.
func (c *Certificate) Refresh() (changed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.stamps()
	if now == c.read {
		return false, nil
	}
	err = c.reload(now)
	return err == nil, err
}

// NotAfter returns when the certificate expires.
func (c *Certificate) NotAfter() time.Time { return c.pair.Load().Leaf.NotAfter }

// reload reads the files, of which the stamps were taken before: a change while they are read is seen later.
func (c *Certificate) reload(now [2]stamp) error {
	c.read = now
	pair, err := readPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.pair.Store(&pair)
	return nil
}

func (c *Certificate) stamps() (out [2]stamp) {
	for i, path := range [2]string{c.cert, c.key} {
		if info, err := os.Stat(path); err == nil {
			out[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return out
}

// readPair reads a certificate and its key.
func readPair(cert, key string) (tls.Certificate, error) {
	certPEM, errCert := readPEM(certSetting, cert, "CERTIFICATE", "certificate")
	keyPEM, errKey := readPEM(keySetting, key, "PRIVATE KEY", "private key")
	if err := errors.Join(errCert, errKey); err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return pair, fmt.Errorf("%s and %s: %s and %s can't be used together: %w", certSetting, keySetting, cert, key, err)
	}
	return pair, nil
}

// readPEM returns what is in the file, in which a block's type must end with kind.
func readPEM(setting, path, kind, what string) ([]byte, error) {
	all, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	for block, rest := pem.Decode(all); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, kind) {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%s: %s has no %s in PEM form (a block \"-----BEGIN … %s-----\")", setting, path, what, kind)
}

// config offers HTTP/1.1 and no HTTP/2: the server checks how the requests of a connection are framed, and when its bytes come.
func (c *Certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair.Load(), nil },
	}
}
