package apikey

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
)

// AccessSecret returns the secret key that belongs to an access key, which is a key's ID: 43 base62 digits. It is derived from the
// server's own secret, so that nothing more is stored, and that it ends when the key is revoked.
func AccessSecret(server []byte, id string) Secret {
	mac := hmac.New(sha256.New, server)
	_, _ = io.WriteString(mac, "access key\x00"+id)
	return Secret(base62(mac.Sum(nil), bodyLen))
}
