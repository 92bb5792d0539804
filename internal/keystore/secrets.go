package keystore

import (
	"context"
	"fmt"
	"io"

	"github.com/filmgate/filmgate/internal/apikey"
)

// Names of the server's own secrets.
const (
	LinkSigning = "link signing"
	FileNaming  = "file naming"
	AccessKeys  = "access keys" // the secret keys of API keys are derived from it
	Webhooks    = "webhooks"    // the secrets of webhooks are derived from it
)

// secretSize is the length of each of the server's own secrets, in bytes.
const secretSize = 32

// Secret returns one of the server's own secrets by its name: 32 random bytes. The first call makes and stores it; later ones
// return the same.
func (s Keys) Secret(ctx context.Context, name string) ([]byte, error) {
	candidate := make([]byte, secretSize)
	if _, err := io.ReadFull(s.Random, candidate); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	return s.Store.Secret(ctx, name, candidate)
}

// AccessSecret returns the secret key that belongs to a key's id, with which Kling's clients sign tokens. It fails if there is
// no such key, or if it is revoked.
func (s Keys) AccessSecret(ctx context.Context, id string) (apikey.Secret, error) {
	keys, err := s.Store.Keys(ctx, apikey.Query{ID: id})
	if err != nil {
		return "", err
	}
	if id == "" || len(keys) == 0 || !keys[0].Revoked.IsZero() {
		return "", fmt.Errorf("no key %s is in force; filmgate key list lists them", id)
	}
	server, err := s.Secret(ctx, AccessKeys)
	if err != nil {
		return "", err
	}
	return apikey.AccessSecret(server, id), nil
}
