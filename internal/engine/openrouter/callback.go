package openrouter

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

var _ engine.CallbackReceiver = (*Engine)(nil)

// signatureHeader holds "t=SECONDS,v1=HEX": the HMAC-SHA256 of the time, a comma and the body, by the workspace's secret.
const signatureHeader = "X-OpenRouter-Signature"

// signing checks signatures. The engine holds it by pointer, so that printing an engine prints no secret.
type signing struct {
	secret []byte
	now    func() time.Time
}

// newSigning returns what checks signatures by the secret; a nil now is time.Now.
func newSigning(secret string, now func() time.Time) *signing {
	if now == nil {
		now = time.Now
	}
	return &signing{[]byte(secret), now}
}

// Receive checks OpenRouter's signature of the callback. Without a secret, every callback is a hint to poll.
func (e *Engine) Receive(_ context.Context, c engine.Callback) ([]byte, error) {
	if e.signing == nil {
		return nil, nil
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(c.Header.Get(signatureHeader), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	if !engine.FreshTimestamp(parts["t"], e.signing.now()) {
		return nil, fmt.Errorf("%w: its timestamp is missing, too old or in the future", engine.ErrBadSignature)
	}
	mac := hmac.New(sha256.New, e.signing.secret)
	_, _ = fmt.Fprintf(mac, "%s,%s", parts["t"], c.Body) // a hash returns no error
	if got, err := hex.DecodeString(parts["v1"]); err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return nil, fmt.Errorf("%w: the workspace's secret did not make its signature", engine.ErrBadSignature)
	}
	return nil, nil
}
