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

func open(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return kling.New(kling.Options{AccessKey: "access", SecretKey: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

// keyed is open with "access key:secret key"; without a colon it is the secret alone.
func keyed(key, base string, hc *http.Client, now func() time.Time) engine.Engine {
	access, secret, ok := strings.Cut(key, ":")
	if !ok {
		access, secret = "access", key
	}
	return kling.New(kling.Options{AccessKey: access, SecretKey: secret, BaseURL: base, HTTP: hc, Now: now})
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "kling", New: open, NewWithKey: keyed})
}

// apiKey is the engine with an API key of the kind that is sent as it is.
func apiKey(base string, hc *http.Client, now func() time.Time) engine.Engine {
	return kling.New(kling.Options{AccessKey: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
}

func TestAPIKey(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{Wire: "kling", New: apiKey, Exchanges: "testdata/api-key"})
}

// clock is a Kling that looks at nothing but the token's times.
func clock(t *testing.T, now time.Time) *httptest.Server {
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
		ahead time.Duration // of our clock
		tries int
	}{
		"the same": {0, 1}, "a little fast": {4 * time.Second, 1}, "a little slow": {-20 * time.Minute, 1},
		"an hour fast": {time.Hour, 2}, "a day slow": {-24 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := clock(t, ours.Add(-c.ahead))
			e := open(s.URL, s.Client(), func() time.Time { return ours })
			for try := 1; ; try++ {
				_, err := e.Poll(t.Context(), "text2video/1")
				if err == nil && try != c.tries {
					t.Errorf("it took %d tries, want %d", try, c.tries)
				}
				if err == nil || try == 3 {
					break
				}
				if got := engine.AsError(err).Class; got != engine.Unreachable {
					t.Fatalf("class %s: a clock that differs is worth another try", got)
				}
			}
		})
	}
}
