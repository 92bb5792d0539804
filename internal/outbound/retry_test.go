package outbound_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/outbound"
)

func TestBusyServerIsAskedAgain(t *testing.T) {
	const never = time.Duration(-1)
	for name, c := range map[string]struct {
		status, times int
		after         string
		waits         time.Duration
		good          bool
	}{
		"429 once":                {429, 1, "", time.Second, true},
		"503 once":                {503, 1, "", time.Second, true},
		"Retry-After in seconds":  {503, 1, "7", 7 * time.Second, true},
		"Retry-After 0":           {429, 1, "0", 0, true},
		"Retry-After in the past": {503, 1, "Wed, 21 Oct 2015 07:28:00 GMT", 0, true},
		"Retry-After is invalid":  {503, 1, "soon", time.Second, true},
		"it stays busy":           {429, 2, "", time.Second, false},
		"Retry-After is too long": {429, 1, "11", never, false},
		"Retry-After overflows":   {503, 1, "99999999999", never, false},
		"another error":           {500, 1, "", never, false},
		"not found":               {404, 1, "", never, false},
	} {
		t.Run(name, func(t *testing.T) {
			left := c.times
			base, asked := startServer(t, func(w http.ResponseWriter, r *http.Request) {
				if left--; left < 0 {
					hello(w, r)
					return
				}
				if c.after != "" {
					w.Header().Set("Retry-After", c.after)
				}
				w.WriteHeader(c.status)
			})
			client, waited := outbound.New(outbound.Options{Allow: loopback()}), never
			outbound.SetWait(client, func(_ context.Context, d time.Duration) error { waited = d; return nil })
			res, err := client.Get(t.Context(), base, 100)
			if good := err == nil && string(res.Bytes) == "hello"; good != c.good {
				t.Errorf("%q, %v", res.Bytes, err)
			}
			if !c.good && !errors.Is(err, outbound.ErrStatus) {
				t.Errorf("%v, want an ErrStatus", err)
			}
			want := int32(1)
			if c.waits != never {
				want = 2
			}
			if waited != c.waits || asked.Load() != want {
				t.Errorf("waited %v and asked %d times; want %v and %d", waited, asked.Load(), c.waits, want)
			}
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base, asked := startServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		cancel()
	})
	_, err := outbound.New(outbound.Options{Allow: loopback()}).Get(ctx, base, 100)
	if !errors.Is(err, context.Canceled) || asked.Load() != 1 {
		t.Errorf("%v, after %d calls", err, asked.Load())
	}
}
