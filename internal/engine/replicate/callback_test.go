package replicate_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/replicate"
)

func signed(t *testing.T, secret, body string, at time.Time) engine.Callback {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hook.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", "msg_1")
	h.Set("webhook-timestamp", fmt.Sprint(at.Unix()))
	h.Set("webhook-signature", "v1,bm90IHRoaXMgb25l "+signature) // one of several is enough
	return engine.Callback{Header: h, Body: []byte(body)}
}

func TestWebhooksAreVerifiedWithTheAccountsSecret(t *testing.T) {
	secret, requests := "whsec_c2VjcmV0IG9uZQ==", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.URL.Path != "/webhooks/default/secret" || r.Header.Get("Authorization") != "Bearer a key" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"key":%q}`, secret)
	}))
	defer s.Close()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e := replicate.New(replicate.Options{BaseURL: s.URL, Key: "a key", HTTP: s.Client(), Now: func() time.Time { return now }})
	check := func(what string, c engine.Callback, want error, fetches int) {
		t.Helper()
		before := requests
		if _, err := e.Receive(t.Context(), c); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if n := requests - before; n != fetches {
			t.Errorf("%s: the secret was fetched %d times, want %d", what, n, fetches)
		}
	}
	good := signed(t, secret, `{"id":"p1"}`, now)
	check("first webhook", good, nil, 1)
	check("second webhook", good, nil, 0)
	check("six minutes old", signed(t, secret, `{}`, now.Add(-6*time.Minute)), engine.ErrBadSignature, 0)
	check("another body", engine.Callback{Header: good.Header, Body: []byte(`{}`)}, engine.ErrBadSignature, 0)
	check("the secret of another account", signed(t, "whsec_YW5vdGhlcidz", `{}`, now), engine.ErrBadSignature, 0)
	check("no signature", engine.Callback{Header: http.Header{}}, engine.ErrBadSignature, 0)

	secret = "whsec_c2VjcmV0IHR3bw=="
	now = now.Add(10 * time.Minute)
	check("a new secret", signed(t, secret, `{}`, now), nil, 1)

	secret = "invalid, but still secret"
	now = now.Add(10 * time.Minute)
	_, err := e.Receive(t.Context(), signed(t, "whsec_YW5vdGhlcidz", `{}`, now))
	if err == nil || errors.Is(err, engine.ErrBadSignature) || strings.Contains(err.Error(), secret) {
		t.Errorf("an invalid secret: %v", err)
	}
}
