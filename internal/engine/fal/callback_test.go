package fal_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fal"
)

// keyServer serves fal's public keys.
type keyServer struct {
	keys    []ed25519.PrivateKey
	fetches int
	broken  bool
}

func (p *keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.fetches++
	if p.broken || r.URL.Path != "/.well-known/jwks.json" || r.Header.Get("Authorization") != "" {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var keys []string
	for _, k := range p.keys {
		keys = append(keys, fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, base64.RawURLEncoding.EncodeToString(k.Public().(ed25519.PublicKey))))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"keys":[%s]}`, strings.Join(keys, ","))
}

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// signed returns a webhook as fal sends it at a time.
func signed(k ed25519.PrivateKey, body string, at time.Time) engine.Callback {
	sum := sha256.Sum256([]byte(body))
	stamp := fmt.Sprint(at.Unix())
	message := "r1\nu1\n" + stamp + "\n" + hex.EncodeToString(sum[:])
	h := http.Header{}
	h.Set("X-Fal-Webhook-Request-Id", "r1")
	h.Set("X-Fal-Webhook-User-Id", "u1")
	h.Set("X-Fal-Webhook-Timestamp", stamp)
	h.Set("X-Fal-Webhook-Signature", hex.EncodeToString(ed25519.Sign(k, []byte(message))))
	return engine.Callback{Header: h, Body: []byte(body)}
}

func TestWebhooksAreVerifiedWithThePublishedKeys(t *testing.T) {
	p := &keyServer{keys: []ed25519.PrivateKey{key("old"), key("new")}}
	s := httptest.NewServer(p)
	defer s.Close()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e := fal.New(fal.Options{BaseURL: s.URL, Key: "id:secret", HTTP: s.Client(), Now: func() time.Time { return now }})
	check := func(what string, c engine.Callback, want error, fetches int) {
		t.Helper()
		before := p.fetches
		if _, err := e.Receive(t.Context(), c); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if n := p.fetches - before; n != fetches {
			t.Errorf("%s: the keys were fetched %d times, want %d", what, n, fetches)
		}
	}
	good := signed(key("new"), `{"status":"OK"}`, now)
	check("the first", good, nil, 1)
	check("any key of the set", signed(key("old"), `{}`, now), nil, 0)
	check("four minutes old", signed(key("new"), `{}`, now.Add(-4*time.Minute)), nil, 0)
	check("six minutes old", signed(key("new"), `{}`, now.Add(-6*time.Minute)), engine.ErrBadSignature, 0)
	check("six minutes in the future", signed(key("new"), `{}`, now.Add(6*time.Minute)), engine.ErrBadSignature, 0)
	check("the key of another account", signed(key("mine"), `{}`, now), engine.ErrBadSignature, 0)
	check("no signature", engine.Callback{Header: http.Header{}, Body: []byte("{}")}, engine.ErrBadSignature, 0)
	check("another body", engine.Callback{Header: good.Header, Body: []byte(`{"status":"ERROR"}`)}, engine.ErrBadSignature, 0)

	p.keys = []ed25519.PrivateKey{key("newest")}
	now = now.Add(10 * time.Minute)
	check("a new key", signed(key("newest"), `{}`, now), nil, 1)
	check("a removed key", signed(key("old"), `{}`, now), engine.ErrBadSignature, 0)
	now = now.Add(25 * time.Hour)
	check("after a day", signed(key("newest"), `{}`, now), nil, 1)

	p.broken = true
	now = now.Add(25 * time.Hour)
	_, err := e.Receive(t.Context(), signed(key("newest"), `{}`, now))
	if err == nil || errors.Is(err, engine.ErrBadSignature) {
		t.Errorf("keys that cannot be fetched: %v, want an error other than ErrBadSignature", err)
	}
}
