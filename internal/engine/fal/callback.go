package fal

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

var _ engine.CallbackReceiver = (*Engine)(nil)

// How fal signs webhooks: fal.ai/docs/model-apis/webhooks, "Verifying your webhook".
const (
	keySetURL       = "https://rest.alpha.fal.ai/.well-known/jwks.json"
	keysTTL         = 24 * time.Hour  // fal asks not to cache keys for longer
	refetchInterval = 5 * time.Minute // the shortest time between two fetches for signatures by an unknown key
)

// webhookKeys holds fal's public keys, which are fetched when they are needed.
type webhookKeys struct {
	client *engine.Client // sends no key of ours: the key set is public
	now    func() time.Time

	mu      sync.Mutex
	cached  []ed25519.PublicKey
	fetched time.Time
}

// Receive checks that fal signed the webhook: Ed25519 over request id, user id, timestamp and the body's SHA-256, with one
// of the keys that fal publishes. If none fits, it fetches the keys again.
func (e *Engine) Receive(ctx context.Context, c engine.Callback) ([]byte, error) {
	var message []string
	for _, name := range []string{"Request-Id", "User-Id", "Timestamp"} {
		message = append(message, c.Header.Get("X-Fal-Webhook-"+name))
	}
	signature, err := hex.DecodeString(c.Header.Get("X-Fal-Webhook-Signature"))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, fmt.Errorf("%w: it has no signature", engine.ErrBadSignature)
	}
	if !engine.FreshTimestamp(message[2], e.keys.now()) {
		return nil, fmt.Errorf("%w: its timestamp is too old or in the future", engine.ErrBadSignature)
	}
	sum := sha256.Sum256(c.Body)
	signed := []byte(strings.Join(append(message, hex.EncodeToString(sum[:])), "\n"))
	for _, fresh := range []bool{false, true} {
		keys, err := e.keys.load(ctx, fresh)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if ed25519.Verify(key, signed, signature) {
				return nil, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: none of fal's keys made its signature", engine.ErrBadSignature)
}

// load returns the keys. It fetches them if the cached ones have expired, or if fresh asks for it and the last fetch is not
// too recent.
func (k *webhookKeys) load(ctx context.Context, fresh bool) ([]ed25519.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := k.now().Sub(k.fetched)
	if len(k.cached) > 0 && age < keysTTL && (!fresh || age < refetchInterval) {
		return k.cached, nil
	}
	var out struct {
		Keys []struct {
			X string `json:"x"`
		} `json:"keys"`
	}
	if _, err := k.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "", Out: &out}); err != nil {
		return nil, fmt.Errorf("fetch fal's keys: %w", err)
	}
	var keys []ed25519.PublicKey
	for _, one := range out.Keys {
		if raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(one.X, "=")); err == nil && len(raw) == ed25519.PublicKeySize {
			keys = append(keys, raw)
		}
	}
	if len(keys) == 0 {
		return nil, engine.InvalidResponseError("a set of %d keys, none of them Ed25519", len(out.Keys))
	}
	k.cached, k.fetched = keys, k.now()
	return keys, nil
}
