package kling_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/kling"
)

func newEngine(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return kling.New(kling.Options{AccessKey: "access", SecretKey: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

// newEngineWithKey returns an engine for "access key:secret key"; a key without a colon is the secret key.
func newEngineWithKey(key, base string, hc *http.Client, now func() time.Time) engine.Engine {
	access, secret, ok := strings.Cut(key, ":")
	if !ok {
		access, secret = "access", key
	}
	return kling.New(kling.Options{AccessKey: access, SecretKey: secret, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "kling", New: newEngine, NewWithKey: newEngineWithKey})
}

// newEngineWithAPIKey returns an engine with an API key, which is sent as it is.
func newEngineWithAPIKey(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return kling.New(kling.Options{AccessKey: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestAPIKey(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "kling", New: newEngineWithAPIKey, Exchanges: "testdata/api-key"})
}

// tokenServer is a Kling that checks only the token, by its own clock.
func tokenServer(t *testing.T, now time.Time) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return []byte(enginetest.Key), nil },
			jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithExpirationRequired(), jwt.WithIssuer("access"))
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"code":1003,"message":"`+err.Error()+`","request_id":"r"}`)
			return
		}
		_, _ = io.WriteString(w, `{"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"1","task_status":"processing"}}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestTokensFollowKlingsClock(t *testing.T) {
	ours := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		ahead time.Duration // how far our clock is ahead of Kling's
		tries int
	}{
		"same time": {0, 1}, "4 seconds fast": {4 * time.Second, 1}, "20 minutes slow": {-20 * time.Minute, 1},
		"an hour fast": {time.Hour, 2}, "a day slow": {-24 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := tokenServer(t, ours.Add(-c.ahead))
			e := newEngine(s.URL, s.Client(), func() time.Time { return ours })
			for try := 1; ; try++ {
				_, err := e.Poll(t.Context(), "text2video/1")
				if err == nil && try != c.tries {
					t.Errorf("it took %d tries, want %d", try, c.tries)
				}
				if err == nil || try == 3 {
					break
				}
				if got := engine.AsError(err).Class; got != engine.Unreachable {
					t.Fatalf("class %s, want one that is retried", got)
				}
			}
		})
	}
}
